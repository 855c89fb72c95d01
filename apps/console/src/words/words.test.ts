import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { en } from './en.ts';
import { nb } from './nb.ts';
import { say, type Word } from './say.ts';

const SRC = join(import.meta.dirname, '..');

function sources(): string {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.startsWith('words/'))
    .map((path) => readFileSync(join(SRC, path), 'utf8'))
    .join('\n');
}

/** Used as it stands, or as `group.${…}` somewhere. */
function unused(words: readonly string[], code: string): string[] {
  return words.filter((word) => {
    const group = word.slice(0, word.indexOf('.') + 1);
    return !code.includes(`'${word}'`) && !code.includes(`\`${group}\${`);
  });
}

test('Both languages have the same words, and none of them is empty', () => {
  assert.deepEqual(Object.keys(en), Object.keys(nb));
  for (const text of [...Object.values(nb), ...Object.values(en)]) assert.notEqual(text.trim(), '');
});

test('Each word is used somewhere, and one that is not is found', () => {
  assert.deepEqual(unused(Object.keys(nb), sources()), []);
  assert.deepEqual(unused(['page.map', 'nobody.says'], sources()), ['nobody.says']);
});

test('A word takes the same values in both languages', () => {
  const names = (text: string) => [...new Set(text.match(/\{\w+\}/g))].toSorted();
  for (const word of Object.keys(nb) as Word[]) {
    assert.deepEqual(names(en[word]), names(nb[word]), word);
  }
});

test('One has its own form, and a value that is missing stays visible', () => {
  assert.equal(say('nb', 'verdict.grave', { n: 1 }), '1 alvorlig feil nå');
  assert.equal(say('nb', 'verdict.grave', { n: 2 }), '2 alvorlige feil nå');
  assert.equal(say('en', 'verdict.grave', { n: 0 }), '0 grave faults now');
  assert.equal(say('nb', 'alarm.title'), 'Varsel {n}');
});
