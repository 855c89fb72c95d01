import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lossesOf, type Measured, outageOf, tally, type Vehicle } from './losses.ts';

const ZONE = new Set(['a', 'b']);
const sample = (atS: number, downMs: number, change: Partial<Measured> = {}): Measured => ({
  atMs: atS * 1_000,
  spanMs: 10_000,
  cell: 'a',
  upMs: 10_000 - downMs,
  downMs,
  rsrpDbm: -90,
  serviceDownMs: 0,
  held: ['telenor'],
  ...change,
});
const vehicle = (samples: readonly Measured[]): Vehicle => ({
  organisationId: 1,
  ...lossesOf(samples, ZONE),
});

test('A loss begins at the end of its first sample and ends at the beginning of its last', () => {
  const { losses, hadMs } = lossesOf(
    [sample(0, 0), sample(10, 3_000), sample(20, 10_000), sample(30, 4_000), sample(40, 0)],
    ZONE,
  );
  assert.deepEqual(
    losses.map(({ fromMs, toMs, rsrpDbm }) => [fromMs, toMs, rsrpDbm]),
    [[17_000, 34_000, -90]],
  );
  assert.deepEqual(hadMs, [0, 10_000, 30_000, 40_000]);
});

test('What is lost with everything, outside the area or without a place is not the carrier', () => {
  const samples = [
    sample(0, 10_000, { held: [] }),
    sample(10, 10_000, { cell: 'z' }),
    sample(20, 10_000, { cell: null }),
  ];
  assert.deepEqual(lossesOf(samples, ZONE), { losses: [], hadMs: [] });
});

test('A vehicle that moves on without the carrier is counted in each cell it was in', () => {
  const driving = [sample(0, 10_000), sample(10, 10_000, { cell: 'b' })];
  const found = tally([driving, driving, driving].map(vehicle), false);
  assert.equal(found?.lostMs, 60_000);
  assert.deepEqual(found?.cells, [
    { cell: 'a', vehicles: 3, lostMs: 30_000 },
    { cell: 'b', vehicles: 3, lostMs: 30_000 },
  ]);
  assert.equal(found?.vehicles[0]?.cell, 'a');
});

test('The outage is the time of three at once; a straggler does not stretch it', () => {
  const full = Array.from({ length: 6 }, (_, i) => sample(10 * i, 10_000));
  const straggler = Array.from({ length: 60 }, (_, i) => sample(10 * i, 10_000));
  const brief = [sample(0, 5_000), sample(10, 0)];
  const had = [sample(20, 0)];
  const all = [full, full, full, straggler, brief, had].map(vehicle);
  assert.deepEqual(outageOf(all), { fromMs: 0, toMs: 60_000 });
  const found = tally(all, false);
  assert.equal(found?.vehicles.length, 4);
  assert.equal(found?.lostMs, 4 * 60_000);
  assert.equal(found?.vehiclesFine, 2, 'who lost it for five seconds and who never did');
  // The control: two are nobody's outage.
  assert.equal(tally([full, full].map(vehicle), false), null);
});

test('While it lasts, those still without the carrier have no end', () => {
  const full = Array.from({ length: 6 }, (_, i) => sample(10 * i, 10_000));
  const back = [...full.slice(0, 3), sample(30, 0)];
  const found = tally([full, full, full, back].map(vehicle), true);
  assert.deepEqual(
    found?.vehicles.map(({ to }) => to),
    [null, null, null, '1970-01-01T00:00:30.000Z'],
  );
});
