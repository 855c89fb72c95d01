import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { DataplaneCommand } from '@rmh/contract';
import { BUILT_IN, CARRIER_SAMPLE, NOW_CARRIER } from '@rmh/contract/api';
import type { LinkFact } from '@rmh/contract/daemon';
import { keepLog } from '@rmh/contract/fakes';
import { ClockFloor } from './clock-floor.ts';
import { type Budgets, DataUse } from './data-use.ts';
import { loadedUnit } from './load.fake.ts';
import { FactsWatch } from './platform/facts.ts';
import { overlay } from './platform/overlay.ts';
import { Sampler } from './platform/sampler.ts';
import { FakeCar } from './record.fake.ts';
import { Unit } from './unit.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-data-'));
after(() => rmSync(folder, { recursive: true }));
let made = 0;
/** A quarter to midnight in Norway, the last day of October: in UTC the month has an hour more. */
const LAST_OF_OCTOBER_MS = Date.parse('2026-10-31T22:45:00Z');
/** What FakeCar carries in a look: 20 packets each way, 1,000 bytes inside, headers of IPv4. */
const LOOK_BYTES = 20 * (1_032 + 28) + 20 * (1_000 + 60);

function setup(nowMs = LAST_OF_OCTOBER_MS, directory = join(folder, String(made++))) {
  mkdirSync(directory, { recursive: true });
  const log = keepLog();
  const car = new FakeCar(['telenor', 'telia'], nowMs);
  const use = new DataUse(directory, log, nowMs);
  const drive = (seconds: number, ...links: string[]) => {
    for (let i = 0; i < seconds * 5; i++) {
      car.nowMs += 200;
      for (const link of links) car.carry(link, 40);
      use.look(car.status(), car.nowMs);
    }
  };
  // The first look only learns where the counters stand.
  use.look(car.status(), car.nowMs);
  const bytes = (link: string) => use.of(link, new Map([[link, 1e12]]))?.monthBytes;
  return { directory, log, car, use, drive, bytes };
}

test('Both directions of a link count, with the headers around each packet', () => {
  const { drive, bytes } = setup();
  drive(10, 'telenor');
  assert.equal(bytes('telenor'), 50 * LOOK_BYTES);
  assert.equal(bytes('telia'), 0);
});

test('The month ends at midnight in Norway, and the new one begins with nothing', () => {
  const { drive, bytes, use } = setup();
  drive(899, 'telenor');
  assert.equal(bytes('telenor'), 899 * 5 * LOOK_BYTES);
  drive(2, 'telenor');
  const since = bytes('telenor') ?? 0;
  assert.ok(since > 0 && since <= 10 * LOOK_BYTES, `${since} B in the first second of November`);
  assert.equal(use.of('telenor', new Map([['telenor', since]]))?.spent, true);
});

test('A clock that is wrong for a while costs this month nothing of what it counted', () => {
  const { car, drive, bytes } = setup();
  drive(10, 'telenor');
  const rightMs = car.nowMs;
  car.nowMs = 0;
  drive(10, 'telenor');
  car.nowMs = rightMs;
  drive(1, 'telenor');
  assert.equal(bytes('telenor'), 55 * LOOK_BYTES);
});

test('A restart goes on where the run before ended; SIGKILL forgets a minute at most', () => {
  const first = setup();
  first.drive(200, 'telenor');
  const killed = setup(first.car.nowMs, first.directory);
  const kept = killed.bytes('telenor') ?? 0;
  const lost = (first.bytes('telenor') ?? 0) - kept;
  assert.ok(kept > 0 && lost > 0 && lost <= 60 * 5 * LOOK_BYTES, `${kept} B kept, ${lost} B lost`);
  killed.drive(10, 'telenor');
  killed.use.close(killed.car.nowMs);
  const stopped = setup(killed.car.nowMs, first.directory);
  assert.equal(stopped.bytes('telenor'), kept + 50 * LOOK_BYTES);
});

test('At most once a minute is written', () => {
  const { directory, drive } = setup();
  let writes = 0;
  let before = '';
  for (let second = 0; second < 300; second++) {
    drive(1, 'telenor');
    const text = readFileSync(join(directory, 'data-use.json'), 'utf8');
    if (text !== before) writes++;
    before = text;
  }
  assert.equal(writes, 5);
});

test('Three months are kept, and a file that is no such file is none', () => {
  const { directory, car, drive, use } = setup(Date.parse('2026-01-15T00:00:00Z'));
  for (let month = 0; month < 6; month++) {
    drive(1, 'telenor');
    car.nowMs += 31 * 86_400_000;
  }
  use.close(car.nowMs);
  const path = join(directory, 'data-use.json');
  assert.equal(Object.keys(JSON.parse(readFileSync(path, 'utf8')).months).length, 3);
  for (const text of ['', '{"months":{"2026-10":{"telenor":-1}}}', 'null']) {
    writeFileSync(path, text);
    assert.equal(setup(LAST_OF_OCTOBER_MS, directory).bytes('telenor'), 0);
  }
});

test('A disk that refuses is said once, and the counting goes on', () => {
  const { directory, drive, bytes, log } = setup();
  rmSync(directory, { recursive: true });
  drive(200, 'telenor');
  assert.equal(bytes('telenor'), 1_000 * LOOK_BYTES);
  assert.deepEqual(
    log.lines.map(({ event }) => event),
    ['data.unwritable'],
  );
});

test('A link over its budget is spared, once, and again after it was set anew', () => {
  const { drive, use, log } = setup();
  const budgets: Budgets = new Map([['telenor', 50 * LOOK_BYTES]]);
  const spare = (name: string, from: 'interactive' | 'bulk' | null) => {
    return { kind: 'link.spare', name, from };
  };
  const both = ['telenor', 'telia'];
  drive(9, 'telenor', 'telia');
  assert.deepEqual(use.orders(both, [], budgets), []);
  drive(1, 'telenor', 'telia');
  assert.deepEqual(use.orders(both, [], budgets), [spare('telenor', 'interactive')]);
  assert.deepEqual(use.orders(both, [], budgets), []);
  assert.deepEqual(use.orders(['telia'], [], budgets), [], 'it is gone: nothing to be told of it');
  const set: DataplaneCommand = { kind: 'link.set', name: 'telenor', device: 'wwan0' };
  assert.deepEqual(use.orders(both, [set], budgets), [spare('telenor', 'interactive')]);
  const more: Budgets = new Map([['telenor', 60 * LOOK_BYTES]]);
  assert.deepEqual(use.orders(both, [], more), [spare('telenor', null)], 'a larger budget');
  assert.deepEqual(use.orders(both, [], new Map([['telenor', 0]])), [
    spare('telenor', 'interactive'),
  ]);
  drive(900, 'telia');
  assert.deepEqual(use.orders(both, [], budgets), [spare('telenor', null)], 'another month');
  assert.deepEqual(
    log.lines.map(({ event }) => event).filter((event) => event !== 'data.unwritable'),
    ['data.spent', 'data.within', 'data.spent', 'data.within'],
  );
});

const BASE = loadedUnit();
const FACTS = [0, 1].map((i): LinkFact => {
  return { index: i + 5, name: `wwan${i}`, up: true, carrier: true, addresses: [`10.9.${i}.2/30`] };
});

/** A unit with a budget from the platform for one of its two links. */
function unitWith(monthlyMb: number) {
  const { use, log, car, directory } = setup();
  const links = [{ link: 'telenor', enabled: true, monthlyMb }];
  const values = { ...BUILT_IN, links };
  const configuration = { version: 1, values, confirmWithinS: 30 };
  const reload = () => overlay(BASE, { tunnel: null, configuration, ahead: new Set() });
  const clock = new ClockFloor(directory, log);
  const nowMs = () => car.nowMs;
  const unit = new Unit(reload(), { log, clock, reload, nowMs, dataUse: use });
  const drive = (looks: number) => {
    for (let i = 0; i < looks; i++) {
      car.nowMs += 200;
      car.carry('telenor', 40);
      car.carry('telia', 40);
      unit.look(car.status());
    }
  };
  return { unit, drive, car };
}

test('A budget of the platform: the data plane is told, the status says so', () => {
  const { unit, drive } = unitWith(1);
  const kinds = () => unit.observe(FACTS).map(({ kind }) => kind);
  assert.deepEqual(kinds(), ['link.set', 'link.set']);
  drive(20);
  assert.deepEqual(kinds(), []);
  assert.deepEqual(unit.links()[0]?.data, {
    monthBytes: 20 * LOOK_BYTES,
    monthlyBytes: 1_000_000,
    spent: false,
  });
  drive(20);
  assert.deepEqual(unit.observe(FACTS), [
    { kind: 'link.spare', name: 'telenor', from: 'interactive' },
  ]);
  assert.equal(unit.links()[0]?.data?.spent, true);
  assert.equal(unit.links()[1]?.data, undefined, 'no budget, no figure');
  const [gone, back] = [FACTS.slice(1), FACTS];
  unit.observe(gone);
  assert.deepEqual(
    unit.observe(back).map(({ kind }) => kind),
    ['link.set', 'link.spare'],
    'a modem that was away is spared again, after it was set',
  );
});

test('Samples and the picture of now tell it, in the words of the contract', () => {
  const { unit, drive, car } = unitWith(0);
  unit.observe(FACTS);
  drive(5);
  unit.observe(FACTS);
  const watch = new FactsWatch();
  const sampler = new Sampler('unknown');
  const around = () => ({ health: null, place: null });
  for (let i = 0; i < 10; i++) {
    car.nowMs += 200;
    sampler.look(watch.look(car.status(), unit.links(), car.nowMs), car.nowMs, around);
  }
  const data = { monthBytes: 5 * LOOK_BYTES, monthlyBytes: 0, spent: true };
  const [telenor, telia] = sampler.close(around)?.carriers ?? [];
  assert.deepEqual(CARRIER_SAMPLE.parse(telenor).data, data);
  assert.equal(CARRIER_SAMPLE.parse(telia).data, undefined);
  const [fact] = watch.look(car.status(), unit.links(), car.nowMs).carriers;
  const { link, state, sinceMs, rttMs, lossShare, data: told } = fact ?? {};
  const now = { link, state, sinceMs, rttMs, lossShare, radio: null, data: told };
  assert.deepEqual(NOW_CARRIER.parse(now).data, data);
});
