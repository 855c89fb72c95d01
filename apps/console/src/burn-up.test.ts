import assert from 'node:assert/strict';
import { test } from 'node:test';
import { burnUp, nextMonth } from './burn-up.ts';

const month = (at: string, count: number) => ({
  month: at,
  ordered: count,
  delivered: count,
  installed: count,
  accepted: count,
  inOperation: count,
});

test('Plan and facts share one axis without holes; what is not known is no nought', () => {
  const { months, lines } = burnUp({
    plan: [month('2026-11-01', 4), month('2027-02-01', 9)],
    facts: [month('2026-12-01', 2)],
  });
  assert.deepEqual(months, ['2026-11-01', '2026-12-01', '2027-01-01', '2027-02-01']);
  assert.deepEqual(lines[0]?.values, [4, null, null, 9]);
  assert.deepEqual(lines.at(-1)?.values, [null, 2, null, null]);
  assert.equal(lines.length, 6);
});

test('Nothing planned and nothing done is an empty picture', () => {
  assert.deepEqual(burnUp({ plan: [], facts: [] }).months, []);
});

test('December is followed by January', () => {
  assert.equal(nextMonth('2026-12-01'), '2027-01-01');
});
