// `./rmh foresight`: is it worth something to know from other passes where carriers fail?
import { evaluateForesight } from './foresight/evaluate.ts';
import { FORESIGHT_EXIT, FORESIGHT_USAGE, parseForesightOptions } from './foresight/options.ts';
import { foresightText } from './foresight/report.ts';
import { hintedRoads } from './foresight/roads.ts';
import { roadsIn, tellReport } from './sim/command.ts';
import { ReplayProgress } from './sim/replay/progress.ts';

export async function run(argv: string[]): Promise<number> {
  const options = parseForesightOptions(argv);
  if (options === null) {
    process.stdout.write(FORESIGHT_USAGE);
    return 0;
  }
  const { drives } = options;
  const roads = await roadsIn('foresight', drives, (paths) => hintedRoads(paths, options));
  const progress = new ReplayProgress(process.stderr);
  const outcome = await evaluateForesight(roads, options, (state) => progress.show(state));
  progress.end();
  if (outcome.kind === 'failed') {
    process.stderr.write(`${outcome.timeline.join('\n')}\nrmh foresight: ${outcome.message}\n`);
    return FORESIGHT_EXIT.failed;
  }
  tellReport(outcome.report, foresightText, options.json);
  const { verdict } = outcome.report;
  if (verdict === 'undecided') return FORESIGHT_EXIT.undecided;
  return verdict === 'helps' ? FORESIGHT_EXIT.helps : FORESIGHT_EXIT.useless;
}
