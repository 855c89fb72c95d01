// docs/results.md from a report of the simulator: tables that a person reviews, line by line
// comparable with those of before. Nothing in it depends on the machine or the time of the run.
import { TRAFFIC_CLASS_NAMES } from '@rmh/base';
import type { TrafficClassName } from '@rmh/contract';
import type { BaselineReport, DriveReport, SimReport, Summary } from '../report.ts';

/** What the tunnel is to reach of the bound (issue "The brain"); bulk has no aim of its own. */
const AIMS: readonly (readonly [TrafficClassName, number])[] = [
  ['critical', 0.999],
  ['realtime', 0.98],
  ['interactive', 0.85],
];
/** Share of the bytes on the carriers. */
const COPIES_AIM = 0.2;

const HEAD = `# Results

<!-- Written by the command below; do not edit. A change of these tables is a change of the brain,
     and is reviewed as one. -->

What arrives in time in the simulator ([simulator.md](simulator.md)): the real tunnel, both ends,
against what a sender that knows the future and may use every carrier could have delivered
([bound.md](bound.md)), and against simpler ways to use the same carriers. In time is 500 ms for
critical and 150 ms for realtime (shares of packets), 2 s for interactive and 10 s for bulk (shares
of bytes). Shares are of what was sent, rounded down; "of bound" is the tunnel against the bound.
`;

export function resultsPage(command: string, report: SimReport): string {
  const { policy, mix, seeds, drives, total } = report;
  const facts = `Policy \`${policy}\`, mix \`${mix}\`, ${seeds.count} seed(s) a window, no faults.`;
  return [
    HEAD,
    '```sh',
    command,
    '```',
    '',
    facts,
    '',
    `## All drives: ${length(total)}\n`,
    ...table(total),
    '',
    ...aims(total, drives),
    '',
    ...drives.flatMap((drive) => [`## ${drive.drive}: ${length(drive)}\n`, ...table(drive), '']),
  ].join('\n');
}

function length({ hours, runs }: Summary): string {
  return `${hours.toFixed(2)} h in ${runs} runs`;
}

function table(summary: Summary): string[] {
  const { baselines, bytesSent, bytesDuplicated } = summary;
  const names = TRAFFIC_CLASS_NAMES.filter((name) => summary.classes[name].sent > 0);
  const line = (title: string, cell: (name: TrafficClassName) => string, bytes: string[]) =>
    row([title, ...names.map(cell), ...bytes]);
  const share = (name: TrafficClassName, inTime: number) =>
    percent(inTime, summary.classes[name].sent);
  const bytesOf = (one: Pick<BaselineReport, 'bytesSent' | 'bytesDuplicated'>) => [
    (one.bytesSent / 1e6).toFixed(1),
    percent(one.bytesDuplicated, one.bytesSent),
  ];
  return [
    row(['', ...names, 'MB', 'copies']),
    `|---|${'---:|'.repeat(names.length + 2)}`,
    line('bound', (name) => share(name, summary.classes[name].boundInTime), ['', '']),
    line(
      '**tunnel**',
      (name) => `**${share(name, summary.classes[name].inTime)}**`,
      bytesOf({ bytesSent, bytesDuplicated }),
    ),
    line('of bound', (name) => percent(...reached(summary, name)), ['', '']),
    line('best carrier alone', (name) => share(name, bestAlone(summary, name)), ['', '']),
    ...baselines.map((one) =>
      line(title(one.name), (name) => share(name, one.classes[name].inTime), bytesOf(one)),
    ),
  ];
}

function bestAlone({ classes }: Summary, name: TrafficClassName): number {
  return classes[name].bestAloneInTime;
}

/** "alone:o2-de" → "o2-de alone", "fail-over:5s" → "fail-over 5 s" */
function title(name: string): string {
  const [kind = '', detail = ''] = name.split(':');
  if (kind === 'alone') return `${detail} alone`;
  if (detail === '') return kind.replace('-', ' ');
  return `${kind} ${detail.replace(/s$/, ' s')}`;
}

/** Each aim in a line: reached or missed, by how much, and where the most. */
function aims(total: Summary, drives: readonly DriveReport[]): string[] {
  const lines = AIMS.filter(([name]) => total.classes[name].boundInTime > 0).map(([name, aim]) => {
    const [inTime, boundInTime] = reached(total, name);
    const missed = aim - inTime / boundInTime;
    const verdict = missed <= 0 ? 'reached' : `**missed by ${percent(missed, 1)}**`;
    return `- ${name} ≥ ${percent(aim, 1)} of the bound: ${verdict}; ${least(drives, name)}`;
  });
  const copies = total.bytesDuplicated / total.bytesSent;
  const over = copies - COPIES_AIM;
  const verdict = over <= 0 ? 'reached' : `**missed by ${percent(over, 1)}**`;
  return [...lines, `- copies ≤ ${percent(COPIES_AIM, 1)} of the bytes: ${verdict}`];
}

function least(drives: readonly DriveReport[], name: TrafficClassName): string {
  const carrying = drives.filter(({ classes }) => classes[name].boundInTime > 0);
  const ratio = (drive: DriveReport) => {
    const [inTime, boundInTime] = reached(drive, name);
    return inTime / boundInTime;
  };
  const [worst] = carrying.toSorted((a, b) => ratio(a) - ratio(b));
  if (worst === undefined) return 'nothing could arrive';
  return `least on ${worst.drive}, ${percent(...reached(worst, name))}`;
}

function reached({ classes }: Summary, name: TrafficClassName): [number, number] {
  return [classes[name].inTime, classes[name].boundInTime];
}

/** Rounded down, so that only all is 100 %; the crumb is what binary fractions lose. */
function percent(part: number, whole: number): string {
  if (whole === 0) return '–';
  return `${(Math.floor((part / whole) * 100_000 + 1e-6) / 1000).toFixed(3)} %`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
