import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  finishChecksum,
  internetChecksum,
  pseudoSum,
  sumBytes,
  updateChecksum,
} from './checksum.ts';
import { arenaOf, type Craft, craft, slowSum } from './crafted.ts';

test('sumBytes gives the example of RFC 1071, section 3', () => {
  const arena = arenaOf([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]);
  assert.equal(sumBytes(arena, 0, 8), 0xddf2);
});

test('internetChecksum gives b861 for the IPv4 header that the textbooks show', () => {
  const header = Uint8Array.fromHex('45000073000040004011b861c0a80001c0a800c7');
  const arena = arenaOf(header);
  assert.equal(internetChecksum(arena, 0, 20), 0);
  arena.view.setUint16(10, 0);
  assert.equal(internetChecksum(arena, 0, 20), 0xb861);
  assert.equal(pseudoSum(arena, 0, 17, 95), slowSum([...header.subarray(12), 0, 17, 0, 95]));
});

test('sumBytes equals its slow twin at every offset and length', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(65_535).map((length) => new Uint8Array(length).fill(0xff)),
  );
  fc.assert(
    fc.property(bytes, fc.nat(17), (bytes, at) => {
      const from = Math.min(at, bytes.length);
      const arena = arenaOf(bytes);
      assert.equal(sumBytes(arena, from, bytes.length - from), slowSum(bytes.subarray(from)));
    }),
    { numRuns: 500 },
  );
});

test('updateChecksum equals summing anew, and a wrong checksum stays wrong', () => {
  const word = fc.nat(0xffff);
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 4, maxLength: 60 }),
      word,
      word,
      (bytes, after, error) => {
        bytes[2] = 1; // Only a sum over zeros alone has two representations.
        const arena = arenaOf(bytes);
        const right = internetChecksum(arena, 0, bytes.length);
        const before = arena.view.getUint16(0);
        arena.view.setUint16(0, after);
        const updated = updateChecksum(right, before, after);
        assert.equal(updated, internetChecksum(arena, 0, bytes.length));
        const damaged = updateChecksum((right + error) % 0xffff, before, after);
        assert.equal(damaged % 0xffff === updated % 0xffff, error % 0xffff === 0);
      },
    ),
  );
});

test('[IN-10] a UDP checksum that comes out as zero is sent as 0xffff', () => {
  for (const version of [4, 6] as const) {
    const at = version === 4 ? 26 : 46;
    const zero = craft({ version, protocol: 'udp', payload: new Uint8Array(2) });
    const spec: Craft = { version, protocol: 'udp', payload: zero.slice(at, at + 2) };
    const arena = arenaOf(craft(spec).fill(0, at, at + 2));
    assert.equal(finishChecksum(arena, 0, arena.bytes.length), true);
    assert.equal(arena.view.getUint16(at), 0xffff);
  }
});

test('[IN-10] finishChecksum leaves alone what has no such checksum', () => {
  const spec: Craft = { version: 4, protocol: 'udp', payload: new Uint8Array(8) };
  for (const [at, value] of [
    [9, 1],
    [6, 0x20],
    [25, 1],
    [0, 0x55],
  ] as const) {
    const bytes = craft(spec).fill(value, at, at + 1);
    const arena = arenaOf(bytes);
    assert.equal(finishChecksum(arena, 0, bytes.length), false);
    assert.deepEqual(arena.bytes, bytes);
  }
});
