// What `./rmh sim`, `replay` and `foresight` have in common: options as they were given, roads that
// are there, and the report as a person or a program wants it.
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { lineOf, RmhError } from '@rmh/contract';
import { parseOptions } from '@rmh/contract/daemon';
import { isMixName, MIX_NAMES, type MixName } from './mix.ts';
import { drivePaths } from './replay/selection.ts';

// More threads than any machine that this runs on has cores.
const JOBS_MOST = 256;

export function usage(command: string, message: string): RmhError {
  return new RmhError('RMH_USAGE', message, { hint: `"rmh ${command} --help" shows the options` });
}

/** The options of one command line, by name. Throws RMH_USAGE with what is wrong. */
export class Given {
  readonly #command: string;
  readonly #values: Readonly<Record<string, unknown>>;

  /** @param texts options with a value; `flags`: those without. Every command has `--help`. */
  constructor(
    command: string,
    argv: string[],
    texts: readonly string[],
    flags: readonly string[] = [],
  ) {
    this.#command = command;
    this.#values = parseOptions(argv, {
      ...Object.fromEntries(texts.map((name) => [name, { type: 'string' }])),
      ...Object.fromEntries(flags.map((name) => [name, { type: 'boolean' }])),
      help: { type: 'boolean', short: 'h' },
    }).values;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | null {
    const value = this.#values[name];
    return typeof value === 'string' ? value : null;
  }

  number(name: string, least: number, most: number): number | null {
    return this.#numberOf(name, least, most, 'a number', () => true);
  }

  count(name: string, least: number, most: number): number | null {
    return this.#numberOf(name, least, most, 'a whole number', Number.isInteger);
  }

  /** Threads; as many as cores where nothing is said. */
  jobs(): number {
    return this.count('jobs', 1, JOBS_MOST) ?? availableParallelism();
  }

  mix(): MixName {
    const mix = this.text('mix') ?? 'standard';
    if (isMixName(mix)) return mix;
    throw this.wrong(`--mix is ${MIX_NAMES.join(', ')}, not "${mix}"`);
  }

  wrong(message: string): RmhError {
    return usage(this.#command, message);
  }

  #numberOf(
    name: string,
    least: number,
    most: number,
    words: string,
    isOne: (value: number) => boolean,
  ): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const value = Number(text);
    if (text.trim() !== '' && value >= least && value <= most && isOne(value)) return value;
    throw this.wrong(`--${name} is ${words} from ${least} to ${most}`);
  }
}

/** What `read` makes of the drives of a list. Throws RMH_USAGE where they give no window. */
export async function roadsIn<Roads extends { readonly windows: readonly unknown[] }>(
  command: string,
  drives: string,
  read: (paths: readonly string[]) => Promise<Roads>,
): Promise<Roads> {
  let roads: Roads;
  try {
    roads = await read(drivePaths(drives));
  } catch (error) {
    throw usage(command, `--drives ${drives}: ${lineOf(error)}`);
  }
  if (roads.windows.length > 0) return roads;
  const message = `--drives ${drives}: no stretch in which two carriers are measured at once`;
  throw usage(command, message);
}

/** As words and, where a file is named, as JSON in it too; with `-` as JSON alone. */
export function tellReport<Report>(
  report: Report,
  words: (report: Report) => string,
  json: string | null,
): void {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  process.stdout.write(json === '-' ? text : words(report));
  if (json !== null && json !== '-') writeFileSync(json, text);
}
