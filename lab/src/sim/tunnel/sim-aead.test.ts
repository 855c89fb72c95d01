import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainArena, Random } from '@rmh/base';
import { FrameKind, TAG_BYTES } from '@rmh/wire';
import { SimAead } from './sim-aead.ts';

const TO = 2048;

function ends() {
  const arena = plainArena(4096);
  const aead = new SimAead(arena, new Set());
  const key = new Random(1).fill(new Uint8Array(32));
  const seal = aead.importKey(key, 'seal');
  const open = aead.importKey(key, 'open');
  return { arena, aead, seal, open };
}

test('What is sealed opens, under its own counter and length only', () => {
  const { arena, aead, seal, open } = ends();
  arena.bytes.set([FrameKind.data, 1, 2, 3, 4, 5], 0);
  aead.seal(seal, 7, 0, 1300, TO);
  assert.equal(aead.open(open, 8, TO, 1300), false);
  assert.equal(aead.open(open, 7, TO, 1299), false);
  assert.equal(aead.open(open, 7, TO, 1300), true);
  assert.deepEqual(arena.bytes.slice(TO, TO + 48), arena.bytes.slice(0, 48));
});

test('Any changed bit of what is covered is refused', () => {
  for (const [kind, covered] of [
    [FrameKind.data, 48],
    [FrameKind.control, 150],
  ] as const) {
    const { arena, aead, seal, open } = ends();
    new Random(2).fill(arena.bytes.subarray(0, 200));
    arena.bytes[0] = kind;
    aead.seal(seal, 1, 0, 150, TO);
    const bits = [
      ...Array(covered * 8).keys(),
      ...Array(64)
        .keys()
        .map((i) => 150 * 8 + i),
    ];
    for (const bit of bits) {
      const at = TO + (bit >> 3);
      const before = arena.bytes[at] ?? 0;
      arena.bytes[at] = before ^ (1 << (bit & 7));
      assert.equal(aead.open(open, 1, TO, 150), false, `bit ${bit} of kind ${kind}`);
      arena.bytes[at] = before;
    }
    assert.equal(aead.open(open, 1, TO, 150), true);
    assert.equal(TAG_BYTES, 16);
  }
});

test('A counter that seals twice, and a key that comes twice, are caught', () => {
  const { aead, seal } = ends();
  aead.seal(seal, 5, 0, 100, TO);
  assert.throws(() => aead.seal(seal, 5, 0, 100, TO), /sealed counter 5 twice/);
  const key = new Random(1).fill(new Uint8Array(32));
  assert.throws(() => aead.importKey(key, 'seal'), /one came twice/);
});
