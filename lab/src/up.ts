// `./rmh up`: the whole lab live, until Ctrl-C or --seconds.
import { conduct } from './runner/conduct.ts';
import { Screen } from './runner/screen.ts';
import { vehicleFigures } from './runner/up-figures.ts';
import { parseUpOptions, UP_USAGE } from './runner/up-options.ts';
import { summaryLines } from './runner/up-view.ts';
import { WORDS } from './runner/words.ts';

export async function run(argv: string[]): Promise<number> {
  const request = await parseUpOptions(argv);
  if (request.kind === 'help') {
    process.stdout.write(UP_USAGE);
    return 0;
  }
  const { order, language, keepIn } = request;
  const words = WORDS[language];
  const screen = new Screen(words, order.seconds, process.stdout);
  const outcome = await conduct(order, screen, { keepIn });
  // Ctrl-C is the way to end it, so it is no failure; asked for twice it ends without summary.
  if (outcome.kind === 'broken off') return 0;
  const { last, vehicles, mishaps } = outcome.result;
  const kept = vehicles.filter(({ tcp }) => tcp.survived).length;
  const summary = summaryLines(last.vehicles.map(vehicleFigures), kept, words);
  process.stdout.write(`\n${[...summary, ...mishaps.map((text) => `! ${text}`)].join('\n')}\n`);
  return mishaps.length === 0 ? 0 : 1;
}
