import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { parsePaths } from '../carriers/paths-syntax.ts';
import { parseFaults } from '../runner/faults.ts';
import { aliveAtStart, bestPath, PLAIN_SHARE, rateMbit, TUNNEL_SHARE } from './capacity.ts';
import type { CarrierFault } from './words.ts';

const WINDOW = { fromSeconds: 10, toSeconds: 20 };

test('a full segment carries 1,288 of 1,416 bytes inside, and 1,448 of 1,500 straight', () => {
  assert.equal(TUNNEL_SHARE, 1288 / 1416);
  assert.equal(PLAIN_SHARE, 1448 / 1500);
});

test('rates add up, and loss is not subtracted', () => {
  const paths = parsePaths('50mbit/20ms/1%,30mbit/35ms');
  assert.equal(rateMbit(paths, [], WINDOW), 80);
});

test('a path counts for the part of the window in which nothing silences it', () => {
  const paths = parsePaths('50mbit/15ms,30mbit/35ms');
  const rate = (faults: string) => rateMbit(paths, faultsOf(faults), WINDOW);
  assert.equal(rate('1:blackhole@0s+8s'), 80);
  assert.equal(rate('1:blackhole@0s+999s'), 30);
  assert.equal(rate('1:blackhole@15s+999s'), 55);
  assert.equal(rate('2:delay@12s+2s, 2:blackhole@13s+2s'), 71);
  assert.equal(rate('1:rebind@12s'), 80);
});

test('a path that is silent from the start is not waited for', () => {
  assert.equal(aliveAtStart(2, faultsOf('1:blackhole@0s+8s,1:delay@0s+9s')), 1);
  assert.equal(aliveAtStart(2, faultsOf('1:blackhole@1s+8s,2:rebind@0s')), 2);
});

test('the best path has no faults, the highest rate after loss, then the least delay', () => {
  assert.equal(bestPath(parsePaths('30mbit/5ms,50mbit/40ms,50mbit/20ms'), []), 2);
  assert.equal(bestPath(parsePaths('50mbit/5ms/50%,40mbit/40ms'), []), 1);
  assert.equal(bestPath(parsePaths('50mbit/5ms,40mbit/40ms'), faultsOf('1:rebind@3s')), 1);
  assert.equal(bestPath(parsePaths('50mbit/5ms'), faultsOf('1:rebind@3s')), null);
});

function faultsOf(text: string): CarrierFault[] {
  const verdict = parseFaults(text, ['carrier1', 'carrier2']);
  assert.equal(verdict.kind, 'faults');
  if (verdict.kind !== 'faults') return [];
  return verdict.faults.filter((fault) => fault.target === 'carrier');
}
