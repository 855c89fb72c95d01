// `./rmh results`: docs/results.md anew, from recorded drives where they lie beside the project,
// and from the generated ones that come with it.
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseOptions } from '@rmh/contract/daemon';
import { NATIONAL_POLICY } from '@rmh/scheduler';
import { parseSimOptions, type SimOptions } from './sim/options.ts';
import { evaluateAll } from './sim/pool.ts';
import { ReplayProgress } from './sim/replay/progress.ts';
import { drivePaths } from './sim/replay/selection.ts';
import { simReport } from './sim/report.ts';
import { resultsPage } from './sim/results/results-page.ts';
import { tasksOf, windowsOfPaths } from './sim/tasks.ts';

const PROJECT = join(import.meta.dirname, '../..');
const TRACES = join(PROJECT, '../shared/traces');

// Sets in which two or more networks were measured at once, with round trips or rates. The others
// hold one network, signal strength only, or traces of different days under one clock.
const RECORDED = [
  'db_train',
  'imc23_wheels',
  'leo_cell_tcp',
  'leo_cell_udp',
  'mtu_cork_uplink',
  'pam25_ping',
  'pam25_tput',
];

const USAGE = `usage: rmh results [--hours H] [--jobs N] [--out FILE|-]

Simulates the national policy over the recorded drives in ../shared/traces, if they are there, and
over the generated ones, and writes docs/results.md.

  --hours H    so many hours of them, spread evenly (default: all, 60 h with the recorded ones)
  --jobs N     threads (default: as many as cores)
  --out FILE   another file; with -, standard output

Exit: 0 written, 1 a run broke an invariant (nothing is written), 2 wrong usage.
`;

export async function run(argv: string[]): Promise<number> {
  const { values } = parseOptions(argv, {
    hours: { type: 'string' },
    jobs: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  const { hours, jobs, out } = values;
  if (values['help'] === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  // Its values are checked as those of `rmh sim`, and its report is the same.
  const hoursGiven = typeof hours === 'string' ? ['--hours', hours, '--seeds', '1'] : [];
  const jobsGiven = ['--jobs', typeof jobs === 'string' ? jobs : String(availableParallelism())];
  const options = parseSimOptions([...hoursGiven, ...jobsGiven]) as SimOptions;
  const page = await pageOf(options, typeof hours === 'string' ? ` --hours ${hours}` : '');
  if (page === null) return 1;
  if (out === '-') process.stdout.write(page);
  else writeFileSync(typeof out === 'string' ? out : join(PROJECT, 'docs/results.md'), page);
  return 0;
}

/** Null: a run broke, and was told. */
async function pageOf(options: SimOptions, words: string): Promise<string | null> {
  const windows = await windowsOfPaths([...recordedPaths(), ...drivePaths('shipped')], null);
  const tasks = tasksOf(windows, options, NATIONAL_POLICY);
  const progress = new ReplayProgress(process.stderr);
  let [done, doneMs] = [0, 0];
  const outcome = await evaluateAll(tasks, options.jobs, ({ run: { window } }) => {
    done++;
    doneMs += window.lengthMs;
    progress.show({ done, of: tasks.length, hoursDone: doneMs / 3_600_000 });
  });
  progress.end();
  if (outcome.kind === 'failed') {
    process.stderr.write(`${outcome.timeline.join('\n')}\nrmh results: ${outcome.message}\n`);
    return null;
  }
  const report = simReport(options, NATIONAL_POLICY.name, tasks, outcome.evaluations);
  return resultsPage(`./rmh results${words}`, report);
}

function recordedPaths(): string[] {
  return RECORDED.map((name) => join(TRACES, `${name}.csv.gz`)).filter((path) => existsSync(path));
}
