import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '@rmh/base';
import { dayOf, dayStart, nextDay, periodOf, weekStart } from './period.ts';

const NOW_MS = Date.UTC(2026, 10, 25, 12, 7);
const HOUR_MS = 3_600_000;

test('Parts of a short period meet end to end and are whole buckets', () => {
  const random = new Random(5);
  for (let i = 0; i < 500; i++) {
    const fromMs = NOW_MS - random.below(72 * HOUR_MS);
    const toMs = fromMs + 1 + random.below(NOW_MS - fromMs);
    const { parts, ...period } = periodOf(fromMs, toMs, NOW_MS);
    assert.ok(period.fromMs <= fromMs && period.toMs >= toMs);
    assert.ok(fromMs - period.fromMs < 60_000 && period.toMs - toMs < 60_000);
    let atMs = period.fromMs;
    for (const part of parts) {
      assert.equal(part.fromMs, atMs);
      assert.equal(part.fromMs % (part.stepS * 1_000), 0);
      assert.equal(part.toMs % (part.stepS * 1_000), 0);
      if (part.stepS === 900) assert.ok(part.toMs <= NOW_MS - 300_000, 'not before it is rebuilt');
      atMs = part.toMs;
    }
    assert.equal(atMs, period.toMs);
  }
});

test('More than three days are whole days of Norway, also where the clock changes', () => {
  const { fromMs, toMs, parts } = periodOf(
    Date.UTC(2026, 9, 23, 9),
    Date.UTC(2026, 9, 27, 9),
    NOW_MS,
  );
  // Summer time until the 25th of October: midnight is 22:00 before it and 23:00 after.
  assert.equal(fromMs, Date.UTC(2026, 9, 22, 22));
  assert.equal(toMs, Date.UTC(2026, 9, 27, 23));
  assert.deepEqual(parts, [{ stepS: 86_400, fromMs, toMs }]);
});

test('Weeks that are over stand for their days: from Monday to Monday, end to end', () => {
  const random = new Random(6);
  const nowMs = Date.UTC(2026, 10, 25, 12, 7); // a Wednesday; the clock changed in its fifth week
  let weeks = 0;
  for (let i = 0; i < 500; i++) {
    const toMs = nowMs - random.below(20 * 24 * HOUR_MS);
    const fromMs = toMs - 73 * HOUR_MS - random.below(60 * 24 * HOUR_MS);
    const { parts, ...period } = periodOf(fromMs, toMs, nowMs);
    assert.ok(parts.length <= 3 && parts.filter(({ stepS }) => stepS === 604_800).length <= 1);
    let atMs = period.fromMs;
    for (const part of parts) {
      assert.equal(part.fromMs, atMs);
      atMs = part.toMs;
      if (part.stepS === 86_400) {
        const startsInside = nextMonday(part.fromMs) + 7.5 * 24 * HOUR_MS < part.toMs;
        assert.ok(!startsInside, 'no whole week is read from its days');
        continue;
      }
      weeks++;
      assert.equal(weekStart(part.fromMs), part.fromMs);
      assert.equal(weekStart(part.toMs), part.toMs);
      assert.equal(new Date(part.fromMs + 12 * HOUR_MS).getUTCDay(), 1);
      assert.ok(part.toMs <= weekStart(nowMs));
    }
    assert.equal(atMs, period.toMs);
  }
  assert.ok(weeks > 400);
});

function nextMonday(ms: number): number {
  const monday = weekStart(ms);
  return monday === ms ? ms : weekStart(monday + 7.5 * 24 * HOUR_MS);
}

test('A week is read from its days until an hour after it is over', () => {
  const monday = weekStart(NOW_MS);
  const stepsAt = (nowMs: number) =>
    periodOf(monday - 7 * 24 * HOUR_MS, monday, nowMs).parts.map(({ stepS }) => stepS);
  assert.deepEqual(stepsAt(monday + 3_599_000), [86_400]);
  assert.deepEqual(stepsAt(monday + 3_600_000), [604_800]);
});

test('Days of Norway have 23, 24 or 25 hours, and every hour has one day', () => {
  const lengths = new Set<number>();
  let day = dayStart(Date.UTC(2026, 0, 1, 12));
  while (day < Date.UTC(2027, 0, 1)) {
    const next = nextDay(day);
    for (let ms = day; ms < next; ms += HOUR_MS) assert.equal(dayStart(ms + 1_234), day);
    assert.notEqual(dayOf(day), dayOf(next));
    lengths.add((next - day) / HOUR_MS);
    day = next;
  }
  assert.deepEqual(
    [...lengths].toSorted((a, b) => a - b),
    [23, 24, 25],
  );
});
