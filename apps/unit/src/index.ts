// `rmh unit --config FILE [--check] [--record DIR]` and `rmh unit prefer GATEWAY [--socket PATH]`.
import { resolve } from 'node:path';
import { runProgram, tellCommand } from '@rmh/contract/daemon';
import { unitProgram } from './program.ts';

export async function runUnit(argv: string[]): Promise<number> {
  const [verb, ...rest] = argv;
  if (verb !== 'prefer') {
    const { directory, others } = takeRecord(argv);
    return await runProgram(others, unitProgram(directory));
  }
  return await tellCommand(rest, {
    usage: 'rmh unit prefer GATEWAY [--socket PATH]',
    socket: '/run/rmh-unit/status.sock',
    words: 1,
    path: ([gateway = '']) => `/prefer?gateway=${encodeURIComponent(gateway)}`,
    done: ([gateway = '']) => `asked the unit to move to ${gateway}; "rmh status" shows when`,
  });
}

/** The one option that a unit has beyond those of every daemon. */
export function takeRecord(argv: readonly string[]): {
  directory: string | null;
  others: string[];
} {
  const at = argv.findIndex((word) => word === '--record' || word.startsWith('--record='));
  if (at < 0) return { directory: null, others: [...argv] };
  const joined = argv[at]?.startsWith('--record=') === true;
  const named = joined ? argv[at]?.slice('--record='.length) : argv[at + 1];
  // Without a directory it stays, and the daemon's own reading of options complains of it.
  if (!named || (!joined && named.startsWith('-'))) return { directory: null, others: [...argv] };
  return { directory: resolve(named), others: argv.toSpliced(at, joined ? 1 : 2) };
}
