import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { keepLog } from '@rmh/contract/daemon';
import { ClockFloor } from './clock-floor.ts';

const NOW_US = 1_800_000_000_000_000;
const MINUTE_US = 60_000_000;
const DAY_US = 86_400_000_000;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rmh-clock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const stored = () => Number(readFileSync(join(folder, 'handshake-clock'), 'utf8'));

test('a new unit has no floor and says nothing of it', () => {
  const log = keepLog();
  assert.equal(new ClockFloor(folder, log).read(NOW_US), 0);
  assert.deepEqual(log.lines, []);
});

test('the value on disk is above every timestamp that was used', () => {
  const floor = new ClockFloor(folder, keepLog());
  for (let us = NOW_US; us < NOW_US + 10 * MINUTE_US; us += 5_000_000) {
    floor.used(us);
    assert.ok(stored() > us);
  }
});

test('it is written about once a minute, not at each handshake', () => {
  const floor = new ClockFloor(folder, keepLog());
  const values = new Set<number>();
  for (let us = NOW_US; us < NOW_US + 10 * MINUTE_US; us += 1_000_000) {
    floor.used(us);
    values.add(stored());
  }
  assert.ok(values.size <= 11, `${values.size} writes in ten minutes`);
});

test('a clock that was set back a day starts at the floor, and the log says so', () => {
  new ClockFloor(folder, keepLog()).used(NOW_US);
  const log = keepLog();
  assert.ok(new ClockFloor(folder, log).read(NOW_US - DAY_US) > NOW_US);
  assert.equal(log.lines[0]?.event, 'clock.behind');
});

test('a restart within the minute is no clock that is behind', () => {
  new ClockFloor(folder, keepLog()).used(NOW_US);
  const log = keepLog();
  new ClockFloor(folder, log).read(NOW_US + 1_000_000);
  assert.deepEqual(log.lines, []);
});

for (const content of ['', 'garbage', '-5', '99999999999999999999', '1e9']) {
  test(`a damaged file ("${content}") is said in the log, and the unit starts`, () => {
    writeFileSync(join(folder, 'handshake-clock'), content);
    const log = keepLog();
    assert.equal(new ClockFloor(folder, log).read(NOW_US), 0);
    assert.equal(log.lines[0]?.event, 'clock.floor_unreadable');
  });
}

test('a directory that cannot be written is said once', () => {
  const log = keepLog();
  const floor = new ClockFloor(join(folder, 'none'), log);
  floor.used(NOW_US);
  floor.used(NOW_US + 1);
  assert.deepEqual(
    log.lines.map(({ event }) => event),
    ['clock.floor_unwritable'],
  );
});
