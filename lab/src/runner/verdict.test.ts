import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from './faults.ts';
import type { FlowReport, VehicleReport } from './report.ts';
import { decideVerdict } from './verdict.ts';

const DISPATCH: FlowReport = {
  name: 'dispatch-up',
  class: 'critical',
  direction: 'up',
  transport: 'udp',
  sent: 200,
  delivered: 200,
  late: 0,
  duplicatesDelivered: 0,
  p50Ms: 15,
  p99Ms: 36,
  longestGapMs: 71,
  nominalGapMs: 50,
};
const GOOD: VehicleReport = {
  flows: [DISPATCH, { ...DISPATCH, name: 'dispatch-down', direction: 'down' }],
  alone: {
    one: { sent: 400, delivered: 200, late: 0, p50Ms: 15, longestGapMs: 8000 },
    two: { sent: 400, delivered: 400, late: 0, p50Ms: 35, longestGapMs: 55 },
  },
  reachable: { sent: 400, delivered: 400 },
  paths: [],
  tcp: { established: true, survived: true },
  gatewaySwitches: 0,
  handshakes: 2,
  machineStallMs: 0,
};
const KILL: Fault = { target: 'gateway', gateway: 1, kind: 'kill', atMs: 5000, forMs: null };

function withUp(change: Partial<FlowReport>): VehicleReport {
  const [up = DISPATCH, ...others] = GOOD.flows;
  return { ...GOOD, flows: [{ ...up, ...change }, ...others] };
}

function reasons(report: VehicleReport, faults: Fault[] = [], steady = true): string {
  const verdict = decideVerdict(report, faults, steady);
  assert.equal(verdict.good, verdict.reasons.length === 0);
  return verdict.reasons.join('; ');
}

test('a run that kept everything is good', () => {
  assert.deepEqual(decideVerdict(GOOD, [], true), { good: true, reasons: [], doubts: [] });
});

test('one lost critical packet is bad while some carrier always worked', () => {
  assert.equal(reasons(withUp({ delivered: 199 })), 'dispatch-up (critical) lost 1');
  const hole = { ...withUp({ delivered: 199 }), reachable: { sent: 400, delivered: 399 } };
  assert.equal(reasons(hole), '');
});

test('silence is judged against the slowest carrier', () => {
  assert.equal(reasons(withUp({ longestGapMs: 135 })), '');
  assert.match(reasons(withUp({ longestGapMs: 136 })), /silent for 136 ms \(at most 135\)/);
  const web = { class: 'interactive', longestGapMs: 191 } as const; // 2 × 70 + 50 = 190
  assert.match(reasons(withUp(web)), /at most 190/);
});

test('a silence that the machine itself may have made is a doubt, not a fault', () => {
  const verdict = decideVerdict({ ...withUp({ longestGapMs: 180 }), machineStallMs: 60 }, [], true);
  assert.equal(verdict.good, true);
  assert.match(verdict.doubts.join(), /silent for 180 ms/);
});

test('on a drive, the share of the reachable decides', () => {
  const missed = { ...withUp({ delivered: 197 }), reachable: { sent: 400, delivered: 400 } };
  assert.match(reasons(missed, [], false), /99.25 % of reachable/);
  assert.equal(reasons(withUp({ delivered: 198 }), [], false), '');
});

test('a killed gateway may cost packets, but no more than a second', () => {
  assert.equal(reasons(withUp({ delivered: 190, longestGapMs: 800 }), [KILL]), '');
  assert.match(reasons(withUp({ delivered: 170, longestGapMs: 1400 }), [KILL]), /at most 1035/);
});

test('the connection that is held must have been made, and must live', () => {
  assert.match(reasons({ ...GOOD, tcp: { established: false, survived: false } }), /never made/);
  assert.match(reasons({ ...GOOD, tcp: { established: true, survived: false } }), /survive/);
});

test('nothing sent, nothing delivered and copies delivered are bad', () => {
  assert.equal(reasons({ ...GOOD, reachable: { sent: 0, delivered: 0 } }), 'nothing was sent');
  assert.match(reasons(withUp({ delivered: 0 })), /delivered nothing/);
  assert.match(reasons(withUp({ duplicatesDelivered: 3 })), /3 packets twice/);
});
