import assert from 'node:assert/strict';
import test from 'node:test';
import { compareTai64n, tai64nFromUnixUs } from './tai64n.ts';

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

test('[HS-3] a label is 2^62 + 10 + Unix seconds and nanoseconds, big endian', () => {
  // cr.yp.to/libtai/tai64.html: 1970-01-01 00:00:00 UTC is 2^62 + 10.
  assert.equal(hex(tai64nFromUnixUs(0)), '400000000000000a00000000');
  assert.equal(hex(tai64nFromUnixUs(1_700_000_000_123_456)), '400000006553f10a075bca00');
  // Seconds beyond 32 bits carry over: 2^32 - 10 + 10.
  assert.equal(hex(tai64nFromUnixUs((2 ** 32 - 10) * 1e6)), '400000010000000000000000');
});

test('[HS-3] labels are ordered as their moments, to the microsecond', () => {
  const moments = [0, 1, 999_999, 1_000_000, 1.7e15, 1.7e15 + 1, 4.3e15];
  for (const [i, a] of moments.entries()) {
    for (const [j, b] of moments.entries()) {
      const order = compareTai64n(tai64nFromUnixUs(a), tai64nFromUnixUs(b));
      assert.equal(Math.sign(order), Math.sign(i - j));
    }
  }
});

test('a moment before 1970 or not whole is our mistake', () => {
  assert.throws(() => tai64nFromUnixUs(-1));
  assert.throws(() => tai64nFromUnixUs(0.5));
  assert.throws(() => tai64nFromUnixUs(Number.NaN));
});
