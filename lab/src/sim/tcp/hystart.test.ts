import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HyStart } from './hystart.ts';

const LEAST_US = 40_000;

/** Answers of one round, `everyUs` apart: the number of the one that ended slow start, or −1. */
function round(rttUs: number, everyUs: number, answers: number): number {
  const hystart = new HyStart();
  for (let i = 0; i < answers; i++) {
    if (hystart.ends(1 + i, 1000, rttUs, LEAST_US, i * everyUs)) return i;
  }
  return -1;
}

test('Slow start goes on while answers come as quickly as ever, in a short train', () => {
  assert.equal(round(LEAST_US, 500, 40), -1);
});

test('A train of answers longer than half a round trip ends slow start', () => {
  assert.equal(round(LEAST_US, 500, 60), 41);
});

test('Answers far apart are no train', () => {
  assert.equal(round(LEAST_US, 3000, 60), -1);
});

test('Eight answers of a round that all took an eighth longer end slow start', () => {
  assert.equal(round(LEAST_US + 5001, 3000, 20), 8);
  assert.equal(round(LEAST_US + 4999, 3000, 20), -1);
});
