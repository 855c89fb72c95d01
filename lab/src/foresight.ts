// `./rmh foresight`: is it worth something to know from other passes where carriers fail?
import { writeFileSync } from 'node:fs';
import { lineOf } from '@rmh/contract';
import { evaluateForesight } from './foresight/evaluate.ts';
import {
  FORESIGHT_EXIT,
  FORESIGHT_USAGE,
  type ForesightOptions,
  parseForesightOptions,
  usage,
} from './foresight/options.ts';
import { type ForesightReport, foresightText } from './foresight/report.ts';
import { type HintedRoads, hintedRoads } from './foresight/roads.ts';
import { ReplayProgress } from './sim/replay/progress.ts';
import { drivePaths } from './sim/replay/selection.ts';

export async function run(argv: string[]): Promise<number> {
  const options = parseForesightOptions(argv);
  if (options === null) {
    process.stdout.write(FORESIGHT_USAGE);
    return 0;
  }
  const roads = await roadsOf(options);
  const progress = new ReplayProgress(process.stderr);
  const outcome = await evaluateForesight(roads, options, (state) => progress.show(state));
  progress.end();
  if (outcome.kind === 'failed') {
    process.stderr.write(`${outcome.timeline.join('\n')}\nrmh foresight: ${outcome.message}\n`);
    return FORESIGHT_EXIT.failed;
  }
  tell(outcome.report, options.json);
  const { verdict } = outcome.report;
  if (verdict === 'undecided') return FORESIGHT_EXIT.undecided;
  return verdict === 'helps' ? FORESIGHT_EXIT.helps : FORESIGHT_EXIT.useless;
}

async function roadsOf(options: ForesightOptions): Promise<HintedRoads> {
  const { drives } = options;
  let roads: HintedRoads;
  try {
    roads = await hintedRoads(drivePaths(drives), options);
  } catch (error) {
    throw usage(`--drives ${drives}: ${lineOf(error)}`);
  }
  if (roads.windows.length > 0) return roads;
  throw usage(`--drives ${drives}: no stretch in which two carriers are measured at once`);
}

function tell(report: ForesightReport, json: string | null): void {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (json === '-') process.stdout.write(text);
  else process.stdout.write(foresightText(report));
  if (json !== null && json !== '-') writeFileSync(json, text);
}
