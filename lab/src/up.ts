// `./rmh up`: the whole system live, until Ctrl-C or --seconds.
import { resolve } from 'node:path';
import { lineOf } from '@rmh/contract';
import { Country } from './country/country.ts';
import type { FleetWord } from './fleet/main.ts';
import { type ConductOptions, conduct } from './runner/conduct.ts';
import type { RunOrder } from './runner/protocol.ts';
import { Screen } from './runner/screen.ts';
import { vehicleFigures } from './runner/up-figures.ts';
import { type PlatformWish, parseUpOptions, UP_USAGE } from './runner/up-options.ts';
import { summaryLines } from './runner/up-view.ts';
import { WORDS, type Words } from './runner/words.ts';
import { makeWorkspace, removeLeftovers, removeWorkspace } from './topology/workspace.ts';

export async function run(argv: string[]): Promise<number> {
  const request = await parseUpOptions(argv);
  if (request.kind === 'help') {
    process.stdout.write(UP_USAGE);
    return 0;
  }
  const { order, language, keepIn, platform } = request;
  const words = WORDS[language];
  const screen = new Screen(words, order.seconds, process.stdout);
  const drive = (whole: Order, country: Country | null) =>
    runLab(whole, screen, words, { keepIn, ...strikable(country) });
  return platform === null
    ? await drive(order, null)
    : await withPlatform(order, platform, screen, words, drive);
}

type Order = Omit<RunOrder, 'workspace'>;

async function runLab(
  order: Order,
  screen: Screen,
  words: Words,
  options: ConductOptions,
): Promise<number> {
  const outcome = await conduct(order, screen, options);
  // Ctrl-C is the way to end it, so it is no failure; asked for twice it ends without summary.
  if (outcome.kind === 'broken off') return 0;
  const { last, vehicles, mishaps } = outcome.result;
  const kept = vehicles.filter(({ tcp }) => tcp.survived).length;
  const summary = summaryLines(last.vehicles.map(vehicleFigures), kept, words);
  process.stdout.write(`\n${[...summary, ...mishaps.map((text) => `! ${text}`)].join('\n')}\n`);
  return mishaps.length === 0 ? 0 : 1;
}

function strikable(country: Country | null): Pick<ConductOptions, 'onPlatformStrike'> {
  if (country === null) return {};
  return {
    onPlatformStrike: (forMs) => {
      country.interrupt(forMs).catch((error: unknown) => {
        process.stderr.write(`rmh up: ${lineOf(error)}\n`);
      });
    },
  };
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Platform and fleet live around the run, and what they wrote goes with them unless it is kept. */
async function withPlatform(
  order: Order,
  { port, fleet, data }: PlatformWish,
  screen: Screen,
  words: Words,
  drive: (order: Order, country: Country) => Promise<number>,
): Promise<number> {
  removeLeftovers();
  const directory = data === null ? makeWorkspace() : resolve(data);
  const remove = () => {
    if (data === null) removeWorkspace(directory);
  };
  // Until the run takes the signals over. The platform and the fleet end with this process.
  const breakOff = () => {
    remove();
    process.exit(130);
  };
  for (const signal of STOP_SIGNALS) process.once(signal, breakOff);
  let country: Country | null = null;
  try {
    const head = new Head(words, screen);
    country = await Country.found({
      directory,
      port,
      fleet,
      seed: order.seed,
      carriers: order.vehicles.map(({ carriers }) => carriers),
      onPhase: (phase) => process.stdout.write(`${words.countryPhases[phase]}\n`),
      onFleet: (word) => head.hear(word),
    });
    head.show(country);
    for (const signal of STOP_SIGNALS) process.off(signal, breakOff);
    return await drive({ ...order, enrolled: country.enrolled }, country);
  } finally {
    await country?.stop();
    remove();
  }
}

/** Where to look, and how the fleet comes along: above the view as long as it is there. */
class Head {
  readonly #words: Words;
  readonly #screen: Screen;
  #lines: readonly string[] = [];
  #vehicles = 0;
  #told = 0;

  constructor(words: Words, screen: Screen) {
    this.#words = words;
    this.#screen = screen;
  }

  show({ consoleUrl, link }: Country): void {
    const { console: name, signIn } = this.#words;
    this.#lines = [`${name}: ${consoleUrl}`, `${signIn}: ${link}`];
    process.stdout.write(`${this.#lines.join('\n')}\n`);
    this.#keep();
  }

  hear(word: FleetWord): void {
    if (word.kind === 'made') this.#vehicles = word.vehicles;
    if (word.kind === 'history') this.#told = word.vehicles;
    this.#keep();
  }

  #keep(): void {
    const fleet = this.#vehicles === 0 ? [] : [this.#words.fleet(this.#vehicles, this.#told)];
    this.#screen.keepAbove([...this.#lines, ...fleet]);
  }
}
