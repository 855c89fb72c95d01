import assert from 'node:assert/strict';
import test from 'node:test';
import { RttEstimator } from './index.ts';

test('the first sample is the average, and half of it the variance (RFC 6298, 2.2)', () => {
  const rtt = new RttEstimator();
  assert.equal(rtt.leastUs, 0);
  rtt.sample(40_000, 0);
  assert.deepEqual([rtt.smoothedUs, rtt.varianceUs, rtt.leastUs], [40_000, 20_000, 40_000]);
});

test('later samples move the average by an eighth, the variance by a quarter (2.3)', () => {
  const rtt = new RttEstimator();
  rtt.sample(40_000, 0);
  rtt.sample(80_000, 1);
  assert.equal(rtt.varianceUs, 20_000 + (40_000 - 20_000) / 4);
  assert.equal(rtt.smoothedUs, 45_000);
  assert.equal(rtt.latestUs, 80_000);
});

test('one answer out of an outage moves the average by little, a lasting rise by all', () => {
  const rtt = new RttEstimator();
  for (let i = 0; i < 50; i++) rtt.sample(40_000, i);
  rtt.sample(15_000_000, 51);
  assert.ok(rtt.smoothedUs < 70_000, `${rtt.smoothedUs}`);
  for (let i = 0; i < 100; i++) rtt.sample(600_000, 100 + i);
  assert.ok(Math.abs(rtt.smoothedUs - 600_000) < 6000, `${rtt.smoothedUs}`);
});

test('a sample below a microsecond counts as one: no path answers before it is asked', () => {
  const rtt = new RttEstimator();
  rtt.sample(-5000, 0);
  assert.equal(rtt.smoothedUs, 1);
});

test('the least is forgotten after 30 s, and everything with a new address', () => {
  const rtt = new RttEstimator();
  rtt.sample(20_000, 0);
  rtt.sample(50_000, 29_000_000);
  assert.equal(rtt.leastUs, 20_000);
  rtt.sample(50_000, 31_000_000);
  assert.equal(rtt.leastUs, 50_000);
  rtt.forget();
  assert.deepEqual([rtt.samples, rtt.smoothedUs, rtt.varianceUs, rtt.leastUs], [0, 0, 0, 0]);
  rtt.sample(70_000, 32_000_000);
  assert.equal(rtt.leastUs, 70_000);
});
