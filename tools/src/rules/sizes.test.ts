import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COLUMNS_MAX, LINES_MAX, sizeViolations } from './sizes.ts';
import { assertNone, loadWorkspaces, readText, toSourceFile } from './workspaces.ts';

test('every source file is small, and whole', () => {
  const sources = loadWorkspaces().flatMap((workspace) => workspace.sources);
  assertNone(sources.flatMap((source) => sizeViolations(source, readText(source.path))));
});

function rulesFor(text: string, path = 'packages/x/src/a.ts'): string[] {
  return sizeViolations(toSourceFile(path, text), text).map(({ rule }) => rule);
}

test('a file at the limits passes', () => {
  assert.deepEqual(rulesFor('f();\n'.repeat(LINES_MAX)), []);
  assert.deepEqual(rulesFor(`// ${'ø'.repeat(COLUMNS_MAX - 3)}\n`), []);
});

test('a file one line too long is refused', () => {
  assert.deepEqual(rulesFor('f();\n'.repeat(LINES_MAX + 1)), ['longer than 400 lines']);
});

test('a line one column too long is refused', () => {
  assert.deepEqual(rulesFor(`// ${'x'.repeat(COLUMNS_MAX - 2)}\n`), ['longer than 100 columns']);
});

test('a mark of unfinished work is refused', () => {
  // Taken apart, so that this file does not hold the mark.
  const mark = ['TO', 'DO'].join('');
  assert.deepEqual(rulesFor(`// ${mark} later\n`), [`holds the mark ${mark}`]);
});

test('a default export is refused in each of its forms', () => {
  const rule = 'exports a default; name what is exported';
  assert.deepEqual(rulesFor('export default 1;\n'), [rule]);
  assert.deepEqual(rulesFor('const a = 1;\nexport { a as default };\n'), [rule]);
});
