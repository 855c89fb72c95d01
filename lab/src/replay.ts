// `./rmh replay`: two policies over the same roads; is the candidate fit for a vehicle?
import { readPolicy } from '@rmh/contract/daemon';
import { NATIONAL_POLICY, type Policy } from '@rmh/scheduler';
import { roadsIn, tellReport } from './sim/command.ts';
import { WINDOWS_LEAST } from './sim/replay/compare.ts';
import { parseReplayOptions, REPLAY_EXIT, REPLAY_USAGE } from './sim/replay/options.ts';
import { ReplayProgress } from './sim/replay/progress.ts';
import { replay } from './sim/replay/replay.ts';
import { replayText } from './sim/replay/report.ts';
import { windowsOfDrives } from './sim/replay/selection.ts';

export async function run(argv: string[]): Promise<number> {
  const options = parseReplayOptions(argv);
  if (options === null) {
    process.stdout.write(REPLAY_USAGE);
    return 0;
  }
  const [baseline, candidate] = [policyOf(options.baseline), policyOf(options.candidate)];
  const { drives, hours, mix, seeds, jobs, json } = options;
  const { windows } = await roadsIn('replay', drives, async (paths) => {
    return { windows: await windowsOfDrives(paths, hours) };
  });
  const progress = new ReplayProgress(process.stderr);
  const order = { baseline, candidate, windows, mix, seeds, jobs };
  const outcome = await replay(order, (state) => progress.show(state));
  progress.end();
  if (outcome.kind === 'failed') {
    process.stderr.write(`${outcome.timeline.join('\n')}\nrmh replay: ${outcome.message}\n`);
    return REPLAY_EXIT.failed;
  }
  const { report } = outcome;
  tellReport(report, replayText, json);
  if (report.worsened.length > 0) return REPLAY_EXIT.worse;
  return report.windows < WINDOWS_LEAST ? REPLAY_EXIT.undecided : REPLAY_EXIT.fine;
}

function policyOf(word: string): Policy {
  return word === 'national' ? NATIONAL_POLICY : readPolicy(word);
}
