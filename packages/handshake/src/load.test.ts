import assert from 'node:assert/strict';
import test from 'node:test';
import { Drop } from '@rmh/wire';
import { HandshakeLoad, SOURCES_MAX, SourceLimiter, sourceKey } from './load.ts';

const SECOND_US = 1_000_000;

test('[CK-5] HandshakeLoad asks for cookies above its limit, and for a second after', () => {
  const load = new HandshakeLoad(100);
  const verdicts = Array.from({ length: 101 }, () => load.note(5 * SECOND_US));
  assert.ok(verdicts.slice(0, 100).every((asked) => !asked));
  assert.equal(verdicts[100], true);
  assert.equal(load.underLoad(6 * SECOND_US - 1), true);
  assert.equal(load.underLoad(6 * SECOND_US), false);
  assert.equal(load.note(6 * SECOND_US), false);
});

test('[CK-5] HandshakeLoad never asks for cookies at exactly its limit', () => {
  const load = new HandshakeLoad(100);
  for (let i = 0; i < 1000; i++) assert.equal(load.note(i * 10_000), false);
});

test('[CK-6] SourceLimiter lets five through at once, then twenty a second', () => {
  const limiter = new SourceLimiter();
  const verdicts = Array.from({ length: 6 }, () => limiter.check('a', 0));
  assert.deepEqual(verdicts, [0, 0, 0, 0, 0, Drop.rateLimited]);
  assert.equal(limiter.check('a', 49_999), Drop.rateLimited);
  assert.equal(limiter.check('a', 50_000), 0);
  let passed = 0;
  for (let i = 1; i <= 1000; i++) {
    if (limiter.check('a', 50_000 + i * 1000) === 0) passed++;
  }
  assert.equal(passed, 20);
  assert.equal(limiter.check('b', 50_000), 0);
});

test('[CK-7] SourceLimiter refuses new sources when its table is full, and keeps the known', () => {
  const limiter = new SourceLimiter();
  for (let i = 0; i < SOURCES_MAX; i++) assert.equal(limiter.check(i, 0), 0);
  assert.equal(limiter.check('late', 0), Drop.rateLimited);
  assert.equal(limiter.sources, SOURCES_MAX);
  assert.equal(limiter.check(0, 0), 0);
  assert.equal(limiter.check('late', SECOND_US), 0);
  assert.equal(limiter.sources, 1);
});

test('[CK-7] forgetting a source gives it nothing', () => {
  const limiter = new SourceLimiter();
  for (let i = 0; i < 5; i++) limiter.check('a', 0);
  for (let i = 1; i < SOURCES_MAX; i++) limiter.check(i, 0);
  // A sweep is due, but "a" is not yet full again: it stays, and stays empty.
  assert.equal(limiter.check('late', 100_000), Drop.rateLimited);
  assert.equal(limiter.sources, SOURCES_MAX);
});

test('[CK-7] a clock that steps back gives no allowance', () => {
  const limiter = new SourceLimiter();
  for (let i = 0; i < 5; i++) limiter.check('a', SECOND_US);
  assert.equal(limiter.check('a', 0), Drop.rateLimited);
  assert.equal(limiter.check('a', SECOND_US), Drop.rateLimited);
});

test('[CK-6] a source is an IPv4 address or an IPv6 /64', () => {
  const v6 = (last: number) => Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? last : i));
  const mapped = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1);
  assert.equal(sourceKey(v6(1)), sourceKey(v6(2)));
  assert.equal(sourceKey(mapped), '192.0.2.1');
  assert.equal(sourceKey(Uint8Array.of(192, 0, 2, 1)), '192.0.2.1');
  assert.notEqual(sourceKey(v6(1).map((byte, i) => (i === 7 ? 99 : byte))), sourceKey(v6(1)));
});
