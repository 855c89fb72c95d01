import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bytesText,
  kroneText,
  minutesPerDay,
  shareText,
  spanText,
  timeText,
  whenText,
} from './format.ts';

const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ');

test('Times are those of Oslo, in summer and in winter, wherever the reader sits', () => {
  assert.equal(timeText('nb', 'clock', '2026-07-01T12:00:00.000Z'), '14:00');
  assert.equal(timeText('nb', 'clock', '2026-12-01T12:00:00.000Z'), '13:00');
  // The hour that comes twice on 25 October 2026, and midnight as 00 and not 24.
  assert.equal(timeText('nb', 'seconds', '2026-10-25T00:30:00.000Z'), '02:30:00');
  assert.equal(timeText('nb', 'seconds', '2026-10-25T01:30:00.000Z'), '02:30:00');
  assert.equal(timeText('en', 'clock', '2026-06-30T22:00:00.000Z'), '00:00');
});

test('Today needs no date; yesterday in Oslo has one, though UTC says today', () => {
  const nowMs = Date.parse('2026-06-30T22:30:00.000Z');
  assert.equal(whenText('nb', '2026-06-30T22:10:00.000Z', nowMs), '00:10');
  assert.match(whenText('nb', '2026-06-30T21:50:00.000Z', nowMs), /30\. juni.* 23:50/);
});

test('A span has two units at most', () => {
  const told = [60, 2_300, 9_940, 61_000, 119_400, 119_600, 3_600_000, 7_500_000, 100 * 3_600_000];
  assert.deepEqual(
    told.map((ms) => spanText('nb', ms)),
    ['60 ms', '2,3 s', '9,9 s', '61 s', '119 s', '2 min', '1 t', '2 t 5 min', '4 d 4 t'],
  );
  assert.equal(spanText('en', 7_500_000), '2 h 5 min');
});

test('A share is cut and never rounded up: what is not whole is never shown as 100 %', () => {
  const told = [0, 0.5, 0.98766, 0.99993, 0.9999996, 1, null];
  assert.deepEqual(
    told.map((share) => plain(shareText('nb', share))),
    ['0 %', '50,0 %', '98,7 %', '99,993 %', '99,999 %', '100 %', '–'],
  );
});

test('Bytes and minutes a day read as people say them', () => {
  assert.deepEqual(
    [0, 999, 1_500, 12_345_678, 8.4e12].map((bytes) => bytesText('nb', bytes)),
    ['0 B', '999 B', '1,5 kB', '12 MB', '8,4 TB'],
  );
  assert.equal(Math.round(minutesPerDay(0.99) ?? 0), 14);
  assert.equal(minutesPerDay(null), null);
});

test('Øre are kroner with both decimals, never rounded', () => {
  assert.equal(plain(kroneText('nb', 4_870_033)), '48 700,33 kr');
  assert.equal(plain(kroneText('en', 100)), 'NOK 1.00');
});
