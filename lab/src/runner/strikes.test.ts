import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { readStrikes } from './strikes.ts';

const CARRIERS = [['telenor', 'telia'], ['ice']];

test('A fault without a time happens now, to the carrier of the vehicle that is named', () => {
  assert.deepEqual(readStrikes('1 telia:blackhole+20s', CARRIERS, false), [
    {
      kind: 'fault',
      vehicle: 1,
      fault: { target: 'carrier', carrier: 1, kind: 'blackhole', atMs: 0, forMs: 20_000 },
    },
  ]);
});

test('The platform is killed where there is one', () => {
  assert.deepEqual(readStrikes('1 platform:kill+120s', CARRIERS, true), [
    { kind: 'platform', forMs: 120_000 },
  ]);
  assert.equal(readStrikes('1 platform:kill+120s', CARRIERS, false), 'this run has no platform');
});

test('What is no fault is answered with what is wrong', () => {
  for (const [line, why] of [
    ['3 telia:blackhole+20s', /vehicles 1 to 2/],
    ['1 ice:blackhole+20s', /no path "ice"/],
    ['1 platform:kill', /duration/],
    ['1 platform:kill+0s', /duration/],
    ['1 platform:drain+3s', /duration/],
    ['', /vehicles 1 to 2/],
  ] as const) {
    const read = readStrikes(line, CARRIERS, true);
    assert.match(typeof read === 'string' ? read : '', why, line);
  }
});
