import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { dataLeftOf } from './data-budget.ts';

test('A budget is nearly used from four fifths on, and spent when the unit says so', () => {
  const of = (monthBytes: number, monthlyBytes = 1_000) => {
    const spent = monthBytes >= monthlyBytes;
    const { stage, share, leftBytes } = dataLeftOf({ monthBytes, monthlyBytes, spent });
    return [stage, share, leftBytes];
  };
  assert.deepEqual(of(799), ['within', 0.799, 201]);
  assert.deepEqual(of(800), ['nearly', 0.8, 200]);
  assert.deepEqual(of(1_000), ['spent', 1, 0]);
  assert.deepEqual(of(1_200), ['spent', 1.2, 0]);
  assert.deepEqual(of(0, 0), ['spent', 1, 0]);
});
