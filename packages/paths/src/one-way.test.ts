import assert from 'node:assert/strict';
import test from 'node:test';
import { OneWayBase } from './one-way.ts';

test('the least is forgotten after 10 to 20 s, unless it is held', () => {
  for (const held of [false, true]) {
    const base = new OneWayBase();
    base.take(5000, 0);
    for (let nowUs = 100_000; nowUs <= 21_000_000; nowUs += 100_000) {
      base.take(9000, nowUs);
      if (held) base.hold(nowUs);
      if (nowUs <= 10_000_000) assert.equal(base.aboveUs, 4000);
    }
    assert.equal(base.aboveUs, held ? 4000 : 0);
  }
});

test('[FR-14] differences go on past 2^32, both ways', () => {
  const base = new OneWayBase();
  base.take(2 ** 32 - 10, 0);
  base.take(30, 1);
  assert.equal(base.aboveUs, 40);
  base.take(2 ** 32 - 20, 2);
  assert.equal(base.aboveUs, 0);
  base.restart(base.latestUs + 500, 3);
  assert.equal(base.aboveUs, 0);
});
