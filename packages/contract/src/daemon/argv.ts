import { parseArgs } from 'node:util';
import { RmhError } from '../error.ts';

export type DaemonArgs =
  | { kind: 'help' }
  | { kind: 'check'; config: string }
  | { kind: 'run'; config: string };

/** `--config FILE [--check]`; throws RMH_USAGE. */
export function parseDaemonArgs(argv: string[]): DaemonArgs {
  const { values } = parseOptions(argv, {
    config: { type: 'string' },
    check: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values['help'] === true) return { kind: 'help' };
  const config = values['config'];
  if (typeof config !== 'string') throw new RmhError('RMH_USAGE', '--config FILE is missing');
  return { kind: values['check'] === true ? 'check' : 'run', config };
}

type OptionKinds = Record<string, { type: 'string' | 'boolean'; short?: string }>;

export interface ParsedOptions {
  readonly values: Record<string, string | boolean | undefined>;
  readonly words: string[];
}

/** node:util parseArgs, with its complaint as RMH_USAGE. */
export function parseOptions(argv: string[], options: OptionKinds, wordsMax = 0): ParsedOptions {
  try {
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
    const extra = positionals[wordsMax];
    if (extra !== undefined) throw new Error(`unexpected "${extra}"`);
    return { values, words: positionals };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new RmhError('RMH_USAGE', message.split('. ', 1)[0] ?? message, { cause: error });
  }
}
