import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ARROWS, arrowViolations, LAB_DOOR } from './arrows.ts';
import { assertNone, loadWorkspaces, toSourceFile } from './workspaces.ts';

const workspaces = loadWorkspaces();

test('every import in the checkout follows an arrow', () => {
  const broken = workspaces.flatMap(({ folder, sources }) =>
    sources.flatMap((source) => arrowViolations(folder, source)),
  );
  assertNone(broken);
});

test('every workspace but lab has a row in the table of arrows', () => {
  const names = workspaces.map(({ folder }) => folder.split('/').at(-1) ?? '');
  assert.deepEqual(
    names.filter((name) => name !== 'lab' && !(name in ARROWS)),
    [],
  );
});

test('no arrow leads round in a circle', () => {
  const reaches = (from: string, goal: string): boolean => {
    const next = [...(ARROWS[from]?.values ?? []), ...(ARROWS[from]?.types ?? [])];
    return next.some((name) => name === goal || reaches(name, goal));
  };
  assert.deepEqual(
    Object.keys(ARROWS).filter((name) => reaches(name, name)),
    [],
  );
});

type Control = { folder: string; file?: string; source: string; rule: string | null };

function ruleFor({ folder, file = 'x.ts', source }: Control): string | null {
  const path = file.includes('/') ? file : `${folder}/src/${file}`;
  return arrowViolations(folder, toSourceFile(path, source))[0]?.rule ?? null;
}

function controls(title: string, rows: readonly Control[]): void {
  describe(title, () => {
    for (const row of rows) {
      const verdict = row.rule === null ? 'allows' : 'refuses';
      test(`${verdict} ${row.folder}/${row.file ?? 'x.ts'}: ${row.source}`, () => {
        assert.equal(ruleFor(row), row.rule);
      });
    }
  });
}

const [WIRE, SESSION, NETIO] = ['packages/wire', 'packages/session', 'packages/netio'];
const [DATAPLANE, UNIT, CLI] = ['packages/dataplane', 'apps/unit', 'apps/cli'];
const noLab = `nothing imports lab (only ${LAB_DOOR}, by dynamic import)`;

controls('arrows between workspaces', [
  { folder: WIRE, source: "import { a } from '@rmh/base';", rule: null },
  { folder: WIRE, source: "import '@rmh/paths';", rule: 'wire may not import paths' },
  { folder: WIRE, source: "export * from '@rmh/paths';", rule: 'wire may not import paths' },
  { folder: WIRE, source: "export { a } from '@rmh/paths';", rule: 'wire may not import paths' },
  {
    folder: WIRE,
    source: "import type { A } from '@rmh/paths';",
    rule: 'wire may not import paths',
  },
  { folder: WIRE, source: "type A = import('@rmh/paths').A;", rule: 'wire may not import paths' },
  { folder: NETIO, source: "import '@rmh/session';", rule: 'netio may not import session' },
  { folder: UNIT, source: "await import('@rmh/gateway');", rule: 'unit may not import gateway' },
  { folder: 'apps/console', source: "import '@rmh/aead';", rule: 'console may not import aead' },
  {
    folder: 'apps/new',
    source: "import '@rmh/base';",
    rule: 'new has no row in the table of arrows',
  },
  {
    folder: WIRE,
    source: "import { a } from '../../base/src/a.ts';",
    rule: '"../../base/src/a.ts" leaves the workspace; import it as @rmh/...',
  },
]);

controls('dataplane sees only types of handshake', [
  { folder: DATAPLANE, source: "import type { A } from '@rmh/handshake';", rule: null },
  { folder: DATAPLANE, source: "import { type A } from '@rmh/handshake';", rule: null },
  {
    folder: DATAPLANE,
    source: "import { type A, b } from '@rmh/handshake';",
    rule: 'dataplane may not import handshake',
  },
]);

controls('nothing imports lab', [
  { folder: CLI, file: LAB_DOOR, source: "await import('@rmh/lab/up');", rule: null },
  { folder: CLI, file: LAB_DOOR, source: "import { run } from '@rmh/lab/up';", rule: noLab },
  { folder: CLI, source: "await import('@rmh/lab/up');", rule: noLab },
  { folder: UNIT, source: "import '@rmh/lab/up';", rule: noLab },
  { folder: 'lab', source: "import '@rmh/gateway';", rule: null },
]);

controls('the browser of the tests', [
  { folder: UNIT, file: 'x.test.ts', source: "import '@rmh/tools/browser';", rule: null },
  { folder: UNIT, source: "import '@rmh/tools/browser';", rule: 'unit may not import tools' },
  {
    folder: WIRE,
    file: 'x.test.ts',
    source: "import '@rmh/tools/browser';",
    rule: 'wire may not import tools',
  },
]);

controls('native calls only in netio and aead', [
  { folder: NETIO, source: "import koffi from 'koffi';", rule: null },
  {
    folder: DATAPLANE,
    source: "import koffi from 'koffi';",
    rule: 'dataplane imports koffi: native calls are made in netio and aead only',
  },
  {
    folder: 'lab',
    source: "import 'node:ffi';",
    rule: 'lab imports node:ffi: native calls are made in netio and aead only',
  },
]);

controls('a pure package stays pure', [
  { folder: SESSION, source: "import 'node:fs';", rule: 'session is pure and imports node:fs' },
  { folder: SESSION, source: "import 'zod';", rule: 'session is pure and imports zod' },
  {
    folder: SESSION,
    source: 'await import(name);',
    rule: 'session is pure and imports a name that is computed',
  },
  { folder: SESSION, source: 'f(Date.now());', rule: 'session is pure and uses Date' },
  {
    folder: SESSION,
    source: 'f(`${performance.now()}`);',
    rule: 'session is pure and uses performance',
  },
  { folder: SESSION, source: 'f(Math.random());', rule: 'session is pure and uses Math.random' },
  { folder: SESSION, source: "f(Math['random']());", rule: 'session is pure and uses Math.random' },
  { folder: SESSION, source: 'setTimeout(f);', rule: 'session is pure and uses setTimeout' },
  { folder: SESSION, source: 'setInterval(f);', rule: 'session is pure and uses setInterval' },
  { folder: SESSION, source: 'setImmediate(f);', rule: 'session is pure and uses setImmediate' },
  {
    folder: SESSION,
    source: 'queueMicrotask(f);',
    rule: 'session is pure and uses queueMicrotask',
  },
  { folder: SESSION, source: 'console.log(1);', rule: 'session is pure and uses console' },
  { folder: SESSION, source: 'const { env } = process;', rule: 'session is pure and uses process' },
  {
    folder: SESSION,
    source: '// Date, console\nconst s = "Date"; f(s.Date, Math.min(1));',
    rule: null,
  },
  { folder: SESSION, source: 'function process(console: A) { console.b(); }', rule: null },
]);

controls('tests of a pure package', [
  { folder: WIRE, file: 'x.test.ts', source: "import 'node:test'; f(Date.now());", rule: null },
  {
    folder: WIRE,
    file: 'x.fuzz.ts',
    source: "import 'fast-check'; import '@rmh/aead';",
    rule: null,
  },
  { folder: WIRE, file: 'x.bench.ts', source: "import 'node:perf_hooks';", rule: null },
  { folder: WIRE, source: "import '@rmh/aead';", rule: 'wire may not import aead' },
  { folder: WIRE, source: "import 'fast-check';", rule: 'wire is pure and imports fast-check' },
  {
    folder: WIRE,
    file: 'x.test.ts',
    source: "import 'node:net';",
    rule: 'wire is pure and imports node:net',
  },
]);
