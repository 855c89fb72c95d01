// `./rmh replay`: two policies over the same roads; is the candidate fit for a vehicle?
import { writeFileSync } from 'node:fs';
import { lineOf } from '@rmh/contract';
import { readPolicy } from '@rmh/contract/daemon';
import { NATIONAL_POLICY, type Policy } from '@rmh/scheduler';
import { WINDOWS_LEAST } from './sim/replay/compare.ts';
import {
  parseReplayOptions,
  REPLAY_EXIT,
  REPLAY_USAGE,
  type ReplayOptions,
  usage,
} from './sim/replay/options.ts';
import { ReplayProgress } from './sim/replay/progress.ts';
import { replay } from './sim/replay/replay.ts';
import { type ReplayReport, replayText } from './sim/replay/report.ts';
import { drivePaths, windowsOfDrives } from './sim/replay/selection.ts';
import type { DriveWindow } from './sim/types.ts';

export async function run(argv: string[]): Promise<number> {
  const options = parseReplayOptions(argv);
  if (options === null) {
    process.stdout.write(REPLAY_USAGE);
    return 0;
  }
  const [baseline, candidate] = [policyOf(options.baseline), policyOf(options.candidate)];
  const windows = await windowsIn(options);
  const progress = new ReplayProgress(process.stderr);
  const { mix, seeds, jobs, json } = options;
  const order = { baseline, candidate, windows, mix, seeds, jobs };
  const outcome = await replay(order, (state) => progress.show(state));
  progress.end();
  if (outcome.kind === 'failed') {
    process.stderr.write(`${outcome.timeline.join('\n')}\nrmh replay: ${outcome.message}\n`);
    return REPLAY_EXIT.failed;
  }
  const { report } = outcome;
  tell(report, json);
  if (report.worsened.length > 0) return REPLAY_EXIT.worse;
  return report.windows < WINDOWS_LEAST ? REPLAY_EXIT.undecided : REPLAY_EXIT.fine;
}

function policyOf(word: string): Policy {
  return word === 'national' ? NATIONAL_POLICY : readPolicy(word);
}

async function windowsIn({ drives, hours }: ReplayOptions): Promise<DriveWindow[]> {
  let windows: DriveWindow[];
  try {
    windows = await windowsOfDrives(drivePaths(drives), hours);
  } catch (error) {
    throw usage(`--drives ${drives}: ${lineOf(error)}`);
  }
  if (windows.length > 0) return windows;
  throw usage(`--drives ${drives}: no stretch in which two carriers are measured at once`);
}

function tell(report: ReplayReport, json: string | null): void {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (json === '-') process.stdout.write(text);
  else process.stdout.write(replayText(report));
  if (json !== null && json !== '-') writeFileSync(json, text);
}
