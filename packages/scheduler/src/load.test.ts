import assert from 'node:assert/strict';
import test from 'node:test';
import { TrafficClass } from '@rmh/base';
import fc from 'fast-check';
import { Load } from './load.ts';

test('a class has what the more urgent ones leave, and half a second ago is forgotten', () => {
  const load = new Load();
  for (let nowUs = 0; nowUs < 2e6; nowUs += 10_000) load.note(TrafficClass.realtime, 2_500, nowUs);
  for (let nowUs = 0; nowUs < 2e6; nowUs += 10_000) load.note(TrafficClass.bulk, 9_000, nowUs);
  const taken = load.before(TrafficClass.bulk, 2e6);
  assert.ok(Math.abs(taken - 250_000) < 15_000, `${taken}`);
  assert.equal(load.before(TrafficClass.realtime, 2e6), 0);
  assert.equal(load.before(TrafficClass.bulk, 2.6e6), 0);
});

test('whatever leaves and whenever: no more than it was, never below nothing', () => {
  const step = fc.record({ afterUs: fc.nat(400_000), bytes: fc.nat(1_500), of: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const load = new Load();
      const left: { atUs: number; bytes: number }[] = [];
      let nowUs = 0;
      for (const { afterUs, bytes, of } of steps) {
        nowUs += afterUs;
        load.note(of as TrafficClass, bytes, nowUs);
        if (of < TrafficClass.bulk) left.push({ atUs: nowUs, bytes });
        const recent = left.filter(({ atUs }) => nowUs - atUs <= 500_000);
        const most = recent.reduce((sum, each) => sum + each.bytes, 0) / 0.25;
        const taken = load.before(TrafficClass.bulk, nowUs);
        assert.ok(taken >= 0 && taken <= most + 1e-6, `${taken} of ${most}`);
      }
    }),
  );
});
