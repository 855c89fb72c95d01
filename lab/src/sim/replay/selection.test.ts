import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { SHIPPED_DRIVES } from '../../drives/shipped.ts';
import { driveName, drivePaths, lengthMsOf, spread, windowsOfDrives } from './selection.ts';

test('names, files and the word for all shipped drives lead to paths', () => {
  const shipped = SHIPPED_DRIVES.map(({ path }) => path);
  assert.deepEqual(drivePaths('shipped'), shipped);
  const folder = shipped[0]?.replace(/[^/]+$/, '') ?? '';
  assert.deepEqual(drivePaths(folder).toSorted(), shipped.toSorted(), 'probes are no drives');
  assert.deepEqual(drivePaths('oslo, valley').map(driveName), ['oslo', 'valley']);
  assert.throws(() => drivePaths('nowhere.csv'), /ENOENT/);
});

test('a share of a list is spread over all of it, and is never nothing', () => {
  const list = Array.from({ length: 100 }, (_, i) => i);
  for (const share of [0.01, 0.1, 0.33, 0.5, 0.99, 1, 7]) {
    const found = spread(list, share);
    assert.equal(found.length, Math.min(100, Math.floor(100 * share)));
    const gaps = found.slice(1).map((value, i) => value - (found[i] ?? 0));
    assert.ok(Math.max(0, ...gaps) <= Math.ceil(1 / share) + 1, `${share}`);
  }
  assert.deepEqual(spread(list, 0.0001).length, 1);
});

test('the windows of a drive are short, and fewer when hours are few', async () => {
  const all = await windowsOfDrives(drivePaths('oslo'), 10);
  assert.ok(all.length >= 5 && all.every(({ lengthMs }) => lengthMs <= 180_000));
  const few = await windowsOfDrives(drivePaths('oslo'), 0.1);
  assert.ok(few.length >= 1 && lengthMsOf(few) <= 360_000);
});
