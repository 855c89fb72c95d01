import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ColumnReader, DriveError } from './columns.ts';
import { RTT_MS_DEFAULT, ratesOf, UP_OF_DOWN } from './defaults.ts';
import { Drive } from './drive.ts';
import { outagesFrom } from './outages.ts';

function driveOf(columns: string, rows: readonly string[]): Drive {
  const reader = new ColumnReader('test.csv');
  for (const line of [`t_ms,carrier,${columns}`, ...rows]) reader.push(line);
  return new Drive(reader.finish());
}

const NONE = Number.NaN;
const every200 = (count: number) => Array.from({ length: count }, (_, i) => i * 200);

test('half a second without answers is an outage that drops; two lost probes are not', () => {
  const rtts = [50, NONE, NONE, 50, NONE, NONE, NONE, 50, 50];
  assert.deepEqual(outagesFrom(every200(9), rtts, 1000, 1800), [
    { fromMs: 800, toMs: 1400, state: 'drops' },
  ]);
});

test('answers let go together are an outage that delays, until their release', () => {
  // The link stands still from 400 to 1,400 ms: RTT is 50 ms and the rest of the wait.
  const rtts = [50, 50, 1050, 850, 650, 450, 250, 50, 50];
  assert.deepEqual(outagesFrom(every200(9), rtts, 1000, 1800), [
    { fromMs: 400, toMs: 1400, state: 'delays' },
  ]);
});

test('an outage may drop first and delay at its end', () => {
  const rtts = [50, NONE, NONE, NONE, NONE, 850, 650, 450, 250, 50];
  assert.deepEqual(outagesFrom(every200(10), rtts, 1000, 2000), [
    { fromMs: 200, toMs: 1000, state: 'drops' },
    { fromMs: 1000, toMs: 1800, state: 'delays' },
  ]);
});

test('a slow rise and fall of RTT is a queue, not an outage', () => {
  const rtts = [50, 300, 600, 900, 1100, 1020, 940, 860, 780, 700];
  assert.deepEqual(outagesFrom(every200(10), rtts, 1000, 2000), []);
});

test('missing columns get the documented defaults', () => {
  const drive = driveOf('rsrp_dbm', ['0,a,', '1000,a,-90', '2000,a,-130']);
  const nothing = drive.sample('a', 0);
  assert.equal(nothing.oneWayUs, RTT_MS_DEFAULT * 500);
  assert.deepEqual([nothing.downKbps, nothing.upKbps, nothing.loss], [20_000, 9_000, 0]);
  const good = drive.sample('a', 1000);
  assert.ok(good.upKbps > 26_000 && good.upKbps < 31_000, String(good.upKbps));
  assert.equal(drive.sample('a', 2000).state, 'drops');
  assert.deepEqual(ratesOf(8000, NONE, NONE), { downKbps: 8000, upKbps: 8000 * UP_OF_DOWN });
  assert.deepEqual(ratesOf(NONE, 0, NONE), { downKbps: 0, upKbps: 0 });
});

test('a gap of one carrier lets nothing pass; a gap of all holds the last condition', () => {
  const times = [0, 1000, 2000, 20_000, 21_000];
  const own = driveOf('rtt_ms', [
    ...times.map((t) => `${t},a,40`),
    ...Array.from({ length: 22 }, (_, i) => `${i * 1000},b,40`),
  ]);
  assert.deepEqual(
    [own.sample('a', 10_000).state, own.sample('a', 10_000).measured],
    ['drops', false],
  );
  assert.equal(own.isMeasured('a', 1500), true);
  assert.equal(own.isMeasured('a', 10_000), false);
  const both = driveOf('rtt_ms', [
    ...times.map((t) => `${t},a,40`),
    ...times.map((t) => `${t},b,40`),
  ]);
  assert.deepEqual(
    [both.sample('a', 10_000).state, both.sample('a', 10_000).measured],
    ['up', false],
  );
});

test('the next change is after now, and walking them visits every condition', () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${i * 1000},a,${40 + (i % 3)}`);
  const drive = driveOf('rtt_ms', rows);
  let steps = 0;
  for (let t = -1; Number.isFinite(t); t = drive.nextChangeMs('a', t)) {
    assert.ok(drive.nextChangeMs('a', t) > t);
    steps++;
  }
  assert.equal(steps, 31);
});

test('a window is given in Unix time or from the start of the drive', () => {
  const t0 = 1_660_188_600_000;
  const drive = driveOf('rtt_ms', [`${t0},a,40`, `${t0 + 1000},a,40`, `${t0 + 2000},a,40`]);
  assert.deepEqual(drive.window(undefined, undefined), { fromMs: t0, toMs: t0 + 3000 });
  assert.deepEqual(drive.window(500, 1500), { fromMs: t0 + 500, toMs: t0 + 1500 });
  assert.deepEqual(drive.window(t0 + 1000, 9999), { fromMs: t0 + 1000, toMs: t0 + 3000 });
  assert.throws(() => drive.window(9000, 10_000), DriveError);
  assert.throws(() => drive.timeline('b'), /no carrier "b".*it has a/);
});

test('the position lies on the line between two fixes', () => {
  const drive = driveOf('lat,lon', ['0,a,60,10', '1000,a,,', '2000,a,61,12']);
  assert.deepEqual(drive.position(1000), { lat: 60.5, lon: 11 });
  assert.deepEqual(drive.position(-5), { lat: 60, lon: 10 });
  assert.equal(driveOf('rtt_ms', ['0,a,40']).position(0), null);
});
