// `./rmh sim`: the tunnel in the simulator, against the bound and the baselines.
import { readPolicy } from '@rmh/contract/daemon';
import { NATIONAL_POLICY } from '@rmh/scheduler';
import { roadsIn, tellReport } from './sim/command.ts';
import type { Task } from './sim/evaluate.ts';
import { parseSimOptions, SIM_USAGE, type SimOptions } from './sim/options.ts';
import { evaluateAll } from './sim/pool.ts';
import { ReplayProgress } from './sim/replay/progress.ts';
import { driveName } from './sim/replay/selection.ts';
import { simReport } from './sim/report.ts';
import { simText } from './sim/report-text.ts';
import { replayCommand, tasksOf, windowsOfPaths } from './sim/tasks.ts';

const EXIT_BROKEN = 1;

export async function run(argv: string[]): Promise<number> {
  const options = parseSimOptions(argv);
  if (options === null) {
    process.stdout.write(SIM_USAGE);
    return 0;
  }
  const policy = options.policy === null ? NATIONAL_POLICY : readPolicy(options.policy);
  const { drives, fromMs, json } = options;
  const { paths, windows } = await roadsIn('sim', drives, async (paths) => {
    return { paths, windows: await windowsOfPaths(paths, fromMs) };
  });
  const tasks = tasksOf(windows, options, policy);
  const progress = new ReplayProgress(process.stderr);
  let done = 0;
  let doneMs = 0;
  const outcome = await evaluateAll(tasks, options.jobs, ({ run: { window } }) => {
    done++;
    doneMs += window.lengthMs;
    progress.show({ done, of: tasks.length, hoursDone: doneMs / 3_600_000 });
  });
  progress.end();
  if (outcome.kind === 'done') {
    tellReport(simReport(options, policy.name, tasks, outcome.evaluations), simText, json);
    return 0;
  }
  const path = paths.find((one) => driveName(one) === outcome.task.run.window.drive) ?? '';
  tellFailure(outcome.message, outcome.timeline, outcome.task, options, path);
  return EXIT_BROKEN;
}

function tellFailure(
  message: string,
  timeline: readonly string[],
  task: Task,
  options: SimOptions,
  path: string,
): void {
  process.stderr.write(
    `the last moments, time from ${LEAD_WORDS}:\n${timeline.join('\n')}\n` +
      `rmh sim: ${message}\nthe same run again:\n  ${replayCommand(task, options, path)}\n`,
  );
}

const LEAD_WORDS = '3 s before the window';
