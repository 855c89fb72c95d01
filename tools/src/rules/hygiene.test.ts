import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listFiles } from '../checkout.ts';
import { assertNone, readText, type Violation } from './workspaces.ts';

// A place that only one machine or one workplace has. The brackets match themselves, so that
// this file does not hold what it looks for.
const LOCAL_PLACE = /:\/\/[r]egistry\.|\/[h]ome\/|\/[r]oot\//;

const TEXT_FILE = /(\.(ts|tsx|json|md|sh|yaml|yml|service|csv)|rmh|\.npmrc|\.ci\/run)$/;

function localPlaces(path: string, text: string): Violation[] {
  return text.split('\n').flatMap((content, index) => {
    const place = LOCAL_PLACE.exec(content)?.[0];
    return place === undefined ? [] : [{ path, line: index + 1, rule: `names ${place}` }];
  });
}

test('no file names a registry or a folder of one machine', () => {
  const paths = listFiles().filter((path) => TEXT_FILE.test(path));
  assertNone(paths.flatMap((path) => localPlaces(path, readText(path))));
});

test('a file that names one is refused', () => {
  assert.equal(localPlaces('a.md', ['fine\nsee ', 'home', 'kari/notes\n'].join('/')).length, 1);
});
