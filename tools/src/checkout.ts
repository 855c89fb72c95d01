// The checkout as the tools see it: where it lies and which files are ours.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

// Not git: a fresh copy without .git must pass the same tests. So what git ignores is
// named here a second time.
const NOT_OURS = new Set(['node_modules', '.git', 'dist', 'coverage']);

// Paths relative to the checkout, with "/", sorted, so that every run has one order.
export function listFiles(under = '', root = ROOT): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(root, under), { withFileTypes: true })) {
    const path = under === '' ? entry.name : `${under}/${entry.name}`;
    if (entry.isDirectory() && !NOT_OURS.has(entry.name)) found.push(...listFiles(path, root));
    if (entry.isFile()) found.push(path);
  }
  return found.toSorted();
}
