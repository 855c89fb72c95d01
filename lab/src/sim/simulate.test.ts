import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NATIONAL_POLICY } from '@rmh/scheduler';
import { InvariantBroken } from './invariants.ts';
import { MIX_NAMES } from './mix.ts';
import { RunFailed, type SimRun, simulate } from './simulate.ts';
import { roughWindow } from './testing.ts';
import { SABOTAGES } from './tunnel/sabotage.ts';

const SECONDS = 30;
const RUN: SimRun = { window: roughWindow(SECONDS), seed: 1, mix: 'standard' };

for (const mix of MIX_NAMES) {
  for (const faults of ['none', 'random'] as const) {
    test(`The same seed gives the same bytes: ${mix} mix, faults ${faults}`, () => {
      const run: SimRun = { ...RUN, mix, faults, window: roughWindow(20) };
      assert.deepEqual(simulate(run), simulate(run));
    });
  }
}

test('Another seed gives other losses on the same road', () => {
  const [one, other] = [simulate(RUN), simulate({ ...RUN, seed: 2 })];
  assert.notDeepEqual(one, other);
  assert.equal(one.tunnel.classes.realtime.sent > 5000, true);
});

test('Over two carriers that lose a little every critical packet comes in time', () => {
  const { classes } = simulate(RUN).tunnel;
  assert.equal(classes.critical.inTime, classes.critical.sent);
  assert.ok(classes.interactive.inTime > 0.9 * classes.interactive.sent);
});

test('A sound build breaks no invariant, with faults and without', () => {
  for (let seed = 1; seed <= 6; seed++) simulate({ ...RUN, seed, faults: 'random' });
});

for (const sabotage of SABOTAGES) {
  test(`A build that is broken on purpose is caught: ${sabotage}`, () => {
    assert.throws(
      () => simulate({ ...RUN, sabotage }),
      (error) => {
        assert.ok(error instanceof RunFailed);
        assert.ok(error.cause instanceof InvariantBroken, String(error.cause));
        assert.match(error.message, /constant from 0 ms, seed 1, after \d/);
        return true;
      },
    );
  });
}

test('A failure comes with its last moments in words', () => {
  assert.throws(
    () => simulate({ ...RUN, sabotage: 'twice', faults: 'random' }),
    ({ timeline }: RunFailed) => {
      assert.ok(timeline.some((line) => / s {2}packet \d+ leaves over (fast|slow)$/.test(line)));
      assert.ok(timeline.some((line) => line.includes('gateway.switched')));
      return true;
    },
  );
});

test('A policy makes a difference: without repair and copies more is lost', () => {
  const classes = Object.fromEntries(
    Object.entries(NATIONAL_POLICY.classes).map(([name, one]) => {
      return [name, { ...one, copiesMost: 1, repairUntilUs: 0, protectEvery: 0 }];
    }),
  ) as unknown as typeof NATIONAL_POLICY.classes;
  const policy = { ...NATIONAL_POLICY, name: 'bare', classes };
  const bare = simulate({ ...RUN, policy }).tunnel.classes.critical;
  assert.ok(bare.inTime < bare.sent, `${bare.inTime} of ${bare.sent}`);
});

test('Simulated time passes faster than real time (figures are printed, not judged)', (t) => {
  for (const mix of MIX_NAMES) {
    const run: SimRun = { ...RUN, mix, window: roughWindow(mix === 'silent' ? 600 : 60) };
    simulate(run);
    const before = process.cpuUsage();
    simulate(run);
    const { user, system } = process.cpuUsage(before);
    const seconds = run.window.lengthMs / 1000;
    t.diagnostic(`${mix}: ${(seconds / ((user + system) / 1e6)).toFixed(0)} × real time`);
  }
});
