// The import arrows of docs/architecture.md. Left may import right, and nothing else.
import { dirname, join } from 'node:path/posix';
import type { Import, SourceFacts } from './source-facts.ts';
import type { SourceFile, Violation } from './workspaces.ts';

type Arrows = { values: readonly string[]; types?: readonly string[] };

export const ARROWS: Readonly<Record<string, Arrows>> = {
  base: { values: [] },
  wire: { values: ['base'] },
  inner: { values: ['base'] },
  handshake: { values: ['base', 'wire'] },
  paths: { values: ['base', 'wire'] },
  scheduler: { values: ['base', 'wire', 'paths'] },
  session: { values: ['base', 'wire', 'inner', 'handshake', 'paths', 'scheduler'] },
  aead: { values: ['base', 'wire', 'handshake'] },
  netio: { values: ['base'] },
  contract: { values: ['base'] },
  dataplane: {
    // The scheduler's tables lie in the data plane's arena; contract gives it plain words.
    values: ['base', 'wire', 'inner', 'scheduler', 'session', 'netio', 'aead', 'contract'],
    types: ['handshake'],
  },
  unit: { values: ['base', 'contract', 'dataplane', 'netio', 'aead'] },
  gateway: { values: ['base', 'contract', 'dataplane', 'netio', 'aead'] },
  // The platform and the console cannot name a traffic key: nothing here leads to one.
  platform: { values: ['base', 'contract'] },
  console: { values: ['base', 'contract'] },
  cli: { values: ['base', 'contract', 'aead', 'unit', 'gateway', 'platform', 'tools'] },
  tools: { values: [] },
};

const PURE: ReadonlySet<string> = new Set([
  'base',
  'wire',
  'inner',
  'handshake',
  'paths',
  'scheduler',
  'session',
]);

// What would let a pure package wait, log, draw random numbers or ask the clock.
const IMPURE_GLOBALS: ReadonlySet<string> = new Set([
  'Date',
  'performance',
  'Math.random',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'console',
  'process',
  'globalThis',
  'crypto',
  'fetch',
  'require',
  'Buffer',
  'Worker',
]);

// Tests of a pure package may use these, and the real cryptography of @rmh/aead.
const PURE_TEST_MODULES: ReadonlySet<string> = new Set([
  'node:test',
  'node:assert',
  'node:assert/strict',
  'node:crypto',
  'node:fs',
  'node:path',
  'node:url',
  'node:util',
  'fast-check',
]);

const NATIVE_MODULES: ReadonlySet<string> = new Set(['koffi', 'node:ffi']);
const NATIVE_ALLOWED: ReadonlySet<string> = new Set(['netio', 'aead']);

// The one file that starts the lab, which it may do by dynamic import only.
export const LAB_DOOR = 'apps/cli/src/lab-commands.ts';

// `folder` is the workspace's, such as "packages/wire"; its last part is the short name.
export function arrowViolations(folder: string, source: SourceFile): Violation[] {
  const own = folder.split('/').at(-1) ?? '';
  const { path, facts } = source;
  const broken: Violation[] = [];
  for (const imported of facts.imports) {
    const rule = importRule(own, folder, source, imported);
    if (rule !== null) broken.push({ path, line: imported.line, rule });
  }
  if (PURE.has(own) && !source.isTest) broken.push(...impureGlobals(path, own, facts));
  return broken;
}

function importRule(
  own: string,
  folder: string,
  source: SourceFile,
  imported: Import,
): string | null {
  const { specifier } = imported;
  if (specifier === null) return computedRule(own);
  if (specifier.startsWith('.')) return relativeRule(folder, source.path, specifier);
  if (NATIVE_MODULES.has(specifier) && !NATIVE_ALLOWED.has(own)) {
    return `${own} imports ${specifier}: native calls are made in netio and aead only`;
  }
  if (specifier.startsWith('@rmh/')) return arrowRule(own, source, imported, specifier);
  return PURE.has(own) ? pureModuleRule(own, source, specifier) : null;
}

function computedRule(own: string): string | null {
  return PURE.has(own) ? `${own} is pure and imports a name that is computed` : null;
}

function relativeRule(folder: string, path: string, specifier: string): string | null {
  const target = join(dirname(path), specifier);
  if (target.startsWith(`${folder}/`)) return null;
  return `"${specifier}" leaves the workspace; import it as @rmh/...`;
}

function arrowRule(
  own: string,
  { path, isTest }: SourceFile,
  { kind }: Import,
  specifier: string,
): string | null {
  const target = specifier.split('/')[1] ?? '';
  if (own === 'lab') return null;
  if (target === 'lab') {
    if (path === LAB_DOOR && kind === 'dynamic') return null;
    return `nothing imports lab (only ${LAB_DOOR}, by dynamic import)`;
  }
  const arrows = ARROWS[own];
  if (arrows === undefined) return `${own} has no row in the table of arrows`;
  if (arrows.values.includes(target)) return null;
  if (kind === 'type' && arrows.types?.includes(target) === true) return null;
  if (isTest && PURE.has(own) && target === 'aead') return null;
  // The browser of the tests.
  if (isTest && !PURE.has(own) && target === 'tools') return null;
  return `${own} may not import ${target}`;
}

function pureModuleRule(own: string, { path, isTest }: SourceFile, module: string): string | null {
  if (isTest && PURE_TEST_MODULES.has(module)) return null;
  // A bench measures, so it needs a clock.
  if (path.endsWith('.bench.ts') && module.startsWith('node:')) return null;
  return `${own} is pure and imports ${module}`;
}

function impureGlobals(path: string, own: string, { globals }: SourceFacts): Violation[] {
  return globals
    .filter(({ text }) => IMPURE_GLOBALS.has(text))
    .map(({ text, line }) => ({ path, line, rule: `${own} is pure and uses ${text}` }));
}
