import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declarationViolations, packageName } from './declarations.ts';
import { assertNone, loadWorkspaces, toSourceFile, type Workspace } from './workspaces.ts';

test('every workspace declares what it imports, and nothing more', () => {
  const broken = loadWorkspaces().flatMap(declarationViolations);
  assertNone(broken);
});

function workspace(files: Readonly<Record<string, string>>, declared: object): Workspace {
  return {
    folder: 'packages/x',
    manifest: { name: '@rmh/x', dependencies: {}, devDependencies: {}, ...declared },
    sources: Object.entries(files).map(([name, text]) =>
      toSourceFile(`packages/x/src/${name}`, text),
    ),
  };
}

test('a declared import passes', () => {
  const files = { 'a.ts': "import 'zod'; import 'node:fs'; import './b.ts';" };
  assert.deepEqual(declarationViolations(workspace(files, { dependencies: { zod: '1.0.0' } })), []);
});

test('a file that is found in a package counts as an import of it', () => {
  const files = { 'a.ts': "read(import.meta.resolve('@scope/font/a.ttf'));" };
  const declared = { dependencies: { '@scope/font': '1.0.0' } };
  assert.deepEqual(declarationViolations(workspace(files, declared)), []);
  assert.equal(declarationViolations(workspace(files, {})).length, 1);
});

test('an undeclared import is refused', () => {
  const [broken] = declarationViolations(workspace({ 'a.ts': "import '@rmh/base';" }, {}));
  assert.match(broken?.rule ?? '', /imports @rmh\/base, .* does not name under dependencies/);
});

test('a source may not lean on a development dependency, a test may', () => {
  const declared = { devDependencies: { 'fast-check': '1.0.0' } };
  const text = "import 'fast-check';";
  assert.equal(declarationViolations(workspace({ 'a.ts': text }, declared)).length, 1);
  assert.equal(declarationViolations(workspace({ 'a.test.ts': text }, declared)).length, 0);
});

test('a declaration that nothing uses is refused', () => {
  const [broken] = declarationViolations(workspace({}, { dependencies: { zod: '1.0.0' } }));
  assert.equal(broken?.rule, 'declares zod and never uses it');
});

test('packageName keeps the scope and drops the path below', () => {
  assert.equal(packageName('@rmh/lab/up'), '@rmh/lab');
  assert.equal(packageName('zod/v4'), 'zod');
  assert.equal(packageName('node:fs'), null);
  assert.equal(packageName('./a.ts'), null);
});
