// Dependencies are guests: pinned, explained in docs/dependencies.md, and locked.
import type { Manifest, Violation } from './workspaces.ts';

export const EXPLANATIONS = 'docs/dependencies.md';
const EXACT = /^\d+\.\d+\.\d+$/;

// `explanations` has a row "| `name` | why it stays | what was considered instead |" for each.
export function dependencyViolations(
  manifests: readonly { path: string; declared: Readonly<Record<string, string>> }[],
  explanations: string,
): Violation[] {
  const explained = readExplanations(explanations);
  const broken: Violation[] = [];
  const used = new Set<string>();
  const versions = new Map<string, string>();
  for (const { path, declared } of manifests) {
    for (const [name, version] of Object.entries(declared)) {
      const refuse = (rule: string): void => void broken.push({ path, line: 1, rule });
      if (name.startsWith('@rmh/')) {
        if (version !== '*') refuse(`${name} is ours: its version is "*", not "${version}"`);
        continue;
      }
      used.add(name);
      if (!EXACT.test(version)) refuse(`${name} is not pinned exactly: "${version}"`);
      const other = versions.get(name) ?? version;
      if (other !== version) refuse(`${name} is ${version} here and ${other} elsewhere`);
      versions.set(name, version);
      if (!explained.has(name)) refuse(`${name} has no row in ${EXPLANATIONS}`);
    }
  }
  for (const [name, line] of explained) {
    if (used.has(name)) continue;
    broken.push({ path: EXPLANATIONS, line, rule: `explains ${name}, which nothing declares` });
  }
  return broken;
}

function readExplanations(text: string): Map<string, number> {
  const explained = new Map<string, number>();
  for (const [index, line] of text.split('\n').entries()) {
    // Name, why, instead of what: a row with an empty cell explains nothing.
    const [, name, why, instead] = /^\| `([^`]+)` *\|([^|]*)\|([^|]*)\|$/.exec(line) ?? [];
    if (name !== undefined && why?.trim() && instead?.trim()) explained.set(name, index + 1);
  }
  return explained;
}

export type Lock = { packages: Readonly<Record<string, Partial<Manifest & { resolved: string }>>> };

// `npm ci` refuses a lock that does not match, and does so on the newcomer's machine.
export function lockViolations(
  folder: string,
  { dependencies, devDependencies }: Pick<Manifest, 'dependencies' | 'devDependencies'>,
  lock: Lock,
): Violation[] {
  const locked = lock.packages[folder];
  const text = (declared: object | undefined): string =>
    JSON.stringify(
      Object.entries(declared ?? {})
        .map(String)
        .toSorted(byCode),
    );
  const same = (a: object, b: object | undefined): boolean => text(a) === text(b);
  if (
    locked !== undefined &&
    same(dependencies, locked.dependencies) &&
    same(devDependencies, locked.devDependencies)
  ) {
    return [];
  }
  const path = folder === '' ? 'package.json' : `${folder}/package.json`;
  const rule = 'differs from package-lock.json; run "npm install --package-lock-only"';
  return [{ path, line: 1, rule }];
}

export function lockOrigins(lock: Lock): Violation[] {
  return Object.entries(lock.packages)
    .filter(([, { resolved }]) => resolved?.includes('://') === true)
    .map(([name]) => ({ path: 'package-lock.json', line: 1, rule: `${name} names its origin` }));
}

// Any fixed order serves: the two sides are only compared.
function byCode(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
