// `./rmh lab`: one vehicle, one run, one verdict.
import { writeFileSync } from 'node:fs';
import { lineOf } from '@rmh/contract';
import { parseOptions } from '@rmh/contract/daemon';
import { conduct } from './runner/conduct.ts';
import { LAB_USAGE, numberOf, parseLabOptions, usage } from './runner/lab-options.ts';
import { type LabReport, labReport } from './runner/lab-report.ts';
import { announcement, reportText } from './runner/lab-text.ts';
import { LabProgress } from './runner/progress.ts';
import { strike } from './runner/strikes.ts';
import { VEHICLES_MAX } from './topology/addresses.ts';

// As a shell reports a program that died of SIGINT.
const EXIT_INTERRUPTED = 130;

export async function run(argv: string[]): Promise<number> {
  if (argv[0] === 'fault') return await runFault(argv.slice(1));
  const request = await parseLabOptions(argv);
  if (request.kind === 'help') {
    process.stdout.write(LAB_USAGE);
    return 0;
  }
  const { order, json, keepIn } = request;
  if (json !== null && json !== '-') requireWritable(json);
  // With --json - standard output is for the program that reads it.
  const forPerson = json === '-' ? process.stderr : process.stdout;
  if (json !== '-') forPerson.write(announcement(order));
  const outcome = await conduct(order, new LabProgress(order, process.stderr), { keepIn });
  if (outcome.kind === 'broken off') return EXIT_INTERRUPTED;
  const report = labReport(order, outcome.result);
  if (json !== '-') forPerson.write(reportText(report));
  if (json !== null) writeJson(json, report);
  return outcome.stopped ? EXIT_INTERRUPTED : 0;
}

const FAULT_USAGE = `usage: rmh lab fault FAULTS [--vehicle N]

Strikes the run of "rmh up" or "rmh lab" that goes on, now:
  rmh lab fault telia:blackhole+20s     rmh lab fault 1:linkdown+5s --vehicle 2
  rmh lab fault gateway1:kill+3s        rmh lab fault 2:rebind
  rmh lab fault platform:kill+120s      ("rmh up": the platform is gone for so long)
  --vehicle N   whose carrier (default 1)
`;

async function runFault(argv: string[]): Promise<number> {
  const options = { vehicle: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
  const { values, words } = parseOptions(argv, options, 1);
  const [text] = words;
  if (values['help'] === true || text === undefined) {
    process.stdout.write(FAULT_USAGE);
    return values['help'] === true ? 0 : 2;
  }
  const vehicle = String(values['vehicle'] ?? '1');
  await strike(numberOf('vehicle', vehicle, 1, VEHICLES_MAX, true), text);
  process.stdout.write(`${text}\n`);
  return 0;
}

function writeJson(target: string, report: LabReport): void {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (target === '-') process.stdout.write(text);
  else writeFileSync(target, text);
}

/** Before a minute's run, not after it. */
function requireWritable(file: string): void {
  try {
    writeFileSync(file, '', { flag: 'a' });
  } catch (error) {
    throw usage(`--json ${file} cannot be written: ${lineOf(error)}`);
  }
}
