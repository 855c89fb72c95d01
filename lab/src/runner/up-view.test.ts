import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArrivalFigures } from '../devices/arrivals.ts';
import { ALONE_ID, FLOWS } from '../devices/flows.ts';
import type { StationReport } from '../devices/plan.ts';
import type { VehicleSnapshot } from './protocol.ts';
import { SentBefore, vehicleFigures } from './up-figures.ts';
import { frameLines, summaryLines } from './up-view.ts';
import { WORDS } from './words.ts';

const CARRIERS = ['telenor', 'telia', 'ice'].map((name) => ({ name, device: `${name}0` }));

function arrivals(delivered: number): ArrivalFigures {
  const none = { late: 0, duplicatesDelivered: 0, p50Us: 20_000, p99Us: 40_000 };
  return { delivered, ...none, longestGapUs: 71_400 };
}

function station(side: 'car' | 'site', sent: number, delivered: number): StationReport {
  const ids = [...FLOWS.map(({ id }) => id), ALONE_ID, ALONE_ID + 1, ALONE_ID + 2];
  return {
    kind: 'figures',
    side,
    vehicle: 1,
    sent: Object.fromEntries(ids.map((id) => [id, sent])),
    arrivals: Object.fromEntries(ids.map((id) => [id, arrivals(delivered)])),
    reached: delivered,
    heldUpUsMax: 0,
    hold: null,
  };
}

function vehicle(name: string, sent: number, delivered: number): VehicleSnapshot {
  const car = station('car', sent, delivered);
  const site = station('site', sent, delivered);
  return { name, carriers: CARRIERS, unit: null, car, site };
}

function frame(sent: number, delivered: number, atMs: number, sentBefore: SentBefore) {
  const names = ['vehicle1', 'vehicle2', 'vehicle3'];
  const vehicles = names.map((name) => vehicleFigures(vehicle(name, sent, delivered)));
  sentBefore.note(atMs, vehicles);
  const gateways = [1, 2].map((i) => ({ name: `gateway${i}`, state: 'running' }) as const);
  return { elapsedMs: atMs, seconds: null, vehicles, gateways, notice: null };
}

for (const language of ['en', 'nb'] as const) {
  test(`three vehicles fit 80 × 24, after a day too (${language})`, () => {
    const sentBefore = new SentBefore();
    const lines = frameLines(frame(9e5, 9e5, 86_400_000, sentBefore), sentBefore, WORDS[language]);
    assert.ok(lines.length <= 23, `${lines.length} lines`);
    for (const line of lines) assert.ok(line.length <= 79, line);
  });
}

test('what was sent just now is under way, later it is lost', () => {
  const sentBefore = new SentBefore();
  const lostOf = (sent: number, delivered: number, atMs: number) => {
    const [first] = frame(sent, delivered, atMs, sentBefore).vehicles;
    const critical = first?.classes.find((one) => one.class === 'critical');
    return critical === undefined ? -1 : sentBefore.lost('vehicle1', critical);
  };
  assert.equal(lostOf(100, 90, 0), 0);
  assert.equal(lostOf(150, 140, 1000), 0);
  const rows = FLOWS.filter((flow) => flow.class === 'critical').length;
  assert.equal(lostOf(150, 95, 2500), 5 * rows); // of the first 100 of each row
  assert.equal(lostOf(150, 140, 3500), 10 * rows);
});

test('a share is of what was due, and never above all', () => {
  const sentBefore = new SentBefore();
  assert.equal(sentBefore.share('vehicle1 probe', 5), null);
  frame(100, 90, 0, sentBefore);
  frame(120, 110, 500, sentBefore);
  assert.equal(sentBefore.share('vehicle1 probe', 100), 0.5); // 2 × 100 were due
  assert.equal(sentBefore.share('vehicle1 probe', 210), 1);
});

test('a carrier without a device is gone, in words and by symbol', () => {
  const sentBefore = new SentBefore();
  const lines = frameLines(frame(10, 10, 0, sentBefore), sentBefore, WORDS.en);
  assert.match(lines.join('\n'), /telenor {2}✕ gone/);
  assert.match(lines.join('\n'), /no tunnel yet/);
});

test('the summary names each class and each carrier alone', () => {
  const vehicles = [vehicleFigures(vehicle('vehicle1', 1000, 990))];
  const text = summaryLines(vehicles, 1, WORDS.en).join('\n');
  assert.match(text, /vehicle1 {2}critical +\d+ +\d+ +40 +0/);
  assert.match(text, /vehicle1 {2}telia +2000 +99.00 %/);
  assert.match(text, /TCP connections held through the whole run: 1 of 1/);
});
