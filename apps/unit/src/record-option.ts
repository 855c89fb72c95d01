import { resolve } from 'node:path';

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
