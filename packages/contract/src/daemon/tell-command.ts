// A command that asks a running daemon for one thing: `rmh unit prefer`, `rmh gateway drain`.
import { RmhError } from '../error.ts';
import { parseOptions } from './argv.ts';
import { tell } from './status-client.ts';

export interface TellCommand {
  readonly usage: string;
  /** The default. */
  readonly socket: string;
  /** How many words the command takes. */
  readonly words: number;
  path(words: readonly string[]): string;
  done(words: readonly string[]): string;
}

/** Exit code: 0 accepted, 1 not running, 2 refused or not understood. */
export async function tellCommand(argv: string[], command: TellCommand): Promise<number> {
  try {
    const kinds = { socket: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
    const { values, words } = parseOptions(argv, kinds, command.words);
    if (values['help'] === true) {
      process.stdout.write(`Usage: ${command.usage}\n`);
      return 0;
    }
    if (words.length < command.words) throw new RmhError('RMH_USAGE', `usage: ${command.usage}`);
    const socket = typeof values['socket'] === 'string' ? values['socket'] : command.socket;
    await tell(socket, command.path(words));
    process.stdout.write(`${command.done(words)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof RmhError)) throw error;
    process.stderr.write(`${error.describe()}\n`);
    return error.heals ? 1 : 2;
  }
}
