// docs/results.md from what was measured: tables that a person reviews, line by line comparable
// with those of before. Nothing in it depends on the machine or the time of the run.
import { TRAFFIC_CLASS_NAMES } from '@rmh/base';
import type { TrafficClassName } from '@rmh/contract';
import type { BearerResult, ClassCount } from '../types.ts';

/** One road, or all of them together. */
export interface RoadResult {
  readonly name: string;
  readonly hours: number;
  readonly windows: number;
  readonly tunnel: BearerResult;
  readonly bound: Readonly<Record<TrafficClassName, ClassCount>>;
  readonly baselines: readonly BearerResult[];
}

export interface ResultsFacts {
  readonly command: string;
  readonly policy: string;
  readonly mix: string;
  readonly seeds: number;
}

/** What the tunnel is to reach of the bound (issue "The brain"); bulk has no aim of its own. */
const AIMS: Readonly<Record<TrafficClassName, number | null>> = {
  critical: 0.999,
  realtime: 0.98,
  interactive: 0.85,
  bulk: null,
};
const COPIES_AIM = 0.2;

export function resultsPage(facts: ResultsFacts, roads: readonly RoadResult[]): string {
  const all = together(roads);
  return [
    '# Results\n',
    `<!-- Written by ${facts.command}\n     Do not edit: a change of the tables is a change of the brain. -->\n`,
    'What arrives in time in the simulator ([simulator.md](simulator.md)): the real tunnel, against',
    'what a sender that knows the future and may use every carrier could have delivered',
    '([bound.md](bound.md)), and against simpler ways to use the same carriers.\n',
    `Policy \`${facts.policy}\`, mix \`${facts.mix}\`, ${facts.seeds} seed(s) a window. In time:`,
    'critical 500 ms, realtime 150 ms (shares of packets), interactive 2 s, bulk 10 s (shares of',
    'bytes). "Of bound" is the tunnel against the bound; the others are shares of what was sent.\n',
    ...section(all, roads),
    ...roads.flatMap((road) => section(road, [road])),
  ].join('\n');
}

function section(road: RoadResult, of: readonly RoadResult[]): string[] {
  const isTotal = of.length > 1 || of[0] !== road;
  const hours = `${road.hours.toFixed(1)} h in ${road.windows} windows`;
  const title = isTotal ? `All ${of.length} drives` : road.name;
  return [
    `## ${title}: ${hours}\n`,
    ...table(road, isTotal ? SHARED_BASELINES(road) : road.baselines),
    '',
    ...(isTotal ? aims(road, of) : []),
  ];
}

/** Carriers have other names on each drive: together only the best of them means something. */
const SHARED_BASELINES = (road: RoadResult): BearerResult[] => {
  return road.baselines.filter(({ name }) => !isAlone(name));
};

function table(road: RoadResult, baselines: readonly BearerResult[]): string[] {
  const names = baselines.map(({ name }) => name.replace(':', ' '));
  const rows = TRAFFIC_CLASS_NAMES.filter((name) => road.bound[name].sent > 0).map((name) => {
    const bound = road.bound[name];
    const tunnel = road.tunnel.classes[name];
    return row([
      name,
      shareOf(bound.inTime, bound.sent),
      shareOf(tunnel.inTime, tunnel.sent),
      ratio(tunnel.inTime, bound.inTime),
      shareOf(bestAlone(road.baselines, name), bound.sent),
      ...baselines.map(({ classes }) => shareOf(classes[name].inTime, classes[name].sent)),
    ]);
  });
  const bytes = baselines.map(({ bytesSent }) => megabytes(bytesSent));
  const copies = baselines.map(({ bytesSent, bytesDuplicated }) => {
    return shareOf(bytesDuplicated, bytesSent);
  });
  const { bytesSent, bytesDuplicated } = road.tunnel;
  return [
    row(['class', 'bound', 'tunnel', 'of bound', 'best alone', ...names]),
    `|---|${'---:|'.repeat(4 + names.length)}`,
    ...rows,
    row(['bytes', '', megabytes(bytesSent), '', '', ...bytes]),
    row(['of them copies', '', shareOf(bytesDuplicated, bytesSent), '', '', ...copies]),
  ];
}

/** Each aim in a line: reached, or missed and where the most. */
function aims(all: RoadResult, roads: readonly RoadResult[]): string[] {
  const lines = TRAFFIC_CLASS_NAMES.flatMap((name) => {
    const aim = AIMS[name];
    if (aim === null || all.bound[name].inTime === 0) return [];
    const reached = quotient(all.tunnel.classes[name].inTime, all.bound[name].inTime);
    return [`- ${name} ${percent(aim)} of the bound: ${verdict(reached, aim)}${worst(roads, name)}`];
  });
  const copies = quotient(all.tunnel.bytesDuplicated, all.tunnel.bytesSent);
  const over = copies <= COPIES_AIM ? 'reached' : 'missed';
  return [...lines, `- copies at most ${percent(COPIES_AIM)} of the bytes: ${over}`, ''];
}

function verdict(reached: number, aim: number): string {
  if (reached >= aim) return 'reached';
  return `missed by ${percent(aim - reached)}`;
}

function worst(roads: readonly RoadResult[], name: TrafficClassName): string {
  let least: RoadResult | null = null;
  let leastRatio = Number.POSITIVE_INFINITY;
  for (const road of roads) {
    if (road.bound[name].inTime === 0) continue;
    const reached = quotient(road.tunnel.classes[name].inTime, road.bound[name].inTime);
    if (reached < leastRatio) [least, leastRatio] = [road, reached];
  }
  if (least === null || roads.length < 2) return '';
  return ` (least on ${least.name}, ${percent(leastRatio)})`;
}

/** The roads as one, baselines by name. */
export function together(roads: readonly RoadResult[]): RoadResult {
  const names = [...new Set(roads.flatMap(({ baselines }) => baselines.map(({ name }) => name)))];
  const baselines = names.map((name) => {
    return sumOf(name, roads.flatMap((road) => road.baselines.filter((one) => one.name === name)));
  });
  const sharedNames = baselines.filter(({ name }) => !isAlone(name));
  return {
    name: 'all',
    hours: roads.reduce((sum, { hours }) => sum + hours, 0),
    windows: roads.reduce((sum, { windows }) => sum + windows, 0),
    tunnel: sumOf('tunnel', roads.map(({ tunnel }) => tunnel)),
    bound: sumOfCounts(roads.map(({ bound }) => bound)),
    // Best alone is chosen on each drive, because that is how a carrier is chosen.
    baselines: [...sharedNames, bestAloneOf(roads)],
  };
}

const ALONE = 'alone:';

function isAlone(name: string): boolean {
  return name.startsWith(ALONE);
}

function bestAlone(baselines: readonly BearerResult[], name: TrafficClassName): number {
  const alone = baselines.filter((one) => isAlone(one.name));
  return Math.max(0, ...alone.map(({ classes }) => classes[name].inTime));
}

function bestAloneOf(roads: readonly RoadResult[]): BearerResult {
  const classes = sumOfCounts(
    roads.map((road) => {
      const count = (name: TrafficClassName) => {
        return { sent: road.bound[name].sent, inTime: bestAlone(road.baselines, name) };
      };
      return forEachClass(count);
    }),
  );
  return { name: `${ALONE}best`, delays: {}, classes, bytesSent: 0, bytesDuplicated: 0 };
}

export function sumOf(name: string, results: readonly BearerResult[]): BearerResult {
  return {
    name,
    delays: {},
    classes: sumOfCounts(results.map(({ classes }) => classes)),
    bytesSent: results.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
    bytesDuplicated: results.reduce((sum, { bytesDuplicated }) => sum + bytesDuplicated, 0),
  };
}

type Counts = Record<TrafficClassName, ClassCount>;

export function sumOfCounts(all: readonly Readonly<Counts>[]): Counts {
  return forEachClass((name) => ({
    sent: all.reduce((sum, counts) => sum + counts[name].sent, 0),
    inTime: all.reduce((sum, counts) => sum + counts[name].inTime, 0),
  }));
}

function forEachClass(count: (name: TrafficClassName) => ClassCount): Counts {
  return {
    critical: count('critical'),
    realtime: count('realtime'),
    interactive: count('interactive'),
    bulk: count('bulk'),
  };
}

function quotient(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

function ratio(part: number, whole: number): string {
  return whole === 0 ? '–' : percent(part / whole);
}

function shareOf(part: number, whole: number): string {
  return whole === 0 ? '–' : percent(part / whole);
}

/** Rounded down, so that only all is 100 %. */
function percent(share: number): string {
  return `${(Math.floor(share * 100_000 + 1e-6) / 1000).toFixed(3)} %`;
}

function megabytes(bytes: number): string {
  return bytes === 0 ? '–' : `${(bytes / 1e6).toFixed(1)} MB`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
