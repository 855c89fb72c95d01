import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainArena } from '@rmh/base';
import { arenaOf, type Craft, craft } from './crafted.ts';
import { InnerFault } from './fault.ts';
import { PIECES_MAX, TrainBuilder } from './train-builder.ts';

const FIRST: Craft = {
  version: 4,
  protocol: 'tcp',
  payload: new Uint8Array(100).fill(1),
  seq: 1000,
  flags: 0x10,
};
const NEXT: Craft = { ...FIRST, seq: 1100 };

function joins(first: Craft, next: Craft, udpTrains = true): boolean {
  const arena = plainArena(4096);
  arena.bytes.set(craft(first), 10);
  arena.bytes.set(craft(next), 2048);
  const builder = new TrainBuilder(udpTrains);
  assert.equal(builder.begin(arena, 10, craft(first).length, true), 0);
  return builder.append(2048, craft(next).length, true);
}

test('[IN-11] the control: the next segment of the same stream joins', () => {
  assert.equal(joins(FIRST, NEXT), true);
  assert.equal(joins({ ...FIRST, version: 6 }, { ...NEXT, version: 6 }), true);
  assert.equal(joins({ ...FIRST, protocol: 'udp' }, { ...NEXT, protocol: 'udp' }), true);
});

const REFUSED: [string, Craft, Craft][] = [
  ['a gap in the sequence', FIRST, { ...NEXT, seq: 1101 }],
  ['the same segment twice', FIRST, FIRST],
  ['more payload than the first', FIRST, { ...NEXT, payload: new Uint8Array(101) }],
  ['no payload', FIRST, { ...NEXT, payload: new Uint8Array(0) }],
  ['after an empty first', { ...FIRST, payload: new Uint8Array(0) }, { ...NEXT, seq: 1000 }],
  ['another port', FIRST, { ...NEXT, ports: [40_000, 444] }],
  ['another source', FIRST, { ...NEXT, source: [10, 1, 2, 4] }],
  ['another destination', FIRST, { ...NEXT, destination: [10, 1, 2, 4] }],
  ['another protocol', FIRST, { ...NEXT, protocol: 'udp' }],
  ['another IP version', FIRST, { ...NEXT, version: 6 }],
  ['congestion marked on the second', FIRST, { ...NEXT, trafficClass: 3 }],
  ['IP options on the second', FIRST, { ...NEXT, longHeader: true }],
  ['TCP options on the second', FIRST, { ...NEXT, options: new Uint8Array(4).fill(1) }],
  [
    'other TCP options',
    { ...FIRST, options: new Uint8Array(4).fill(1) },
    { ...NEXT, options: Uint8Array.of(1, 1, 1, 0) },
  ],
  ['CWR on the second', FIRST, { ...NEXT, flags: 0x90 }],
  ['ECE on the second', FIRST, { ...NEXT, flags: 0x50 }],
  ['SYN on both', { ...FIRST, flags: 0x12 }, { ...NEXT, flags: 0x12 }],
  ['RST on both', { ...FIRST, flags: 0x14 }, { ...NEXT, flags: 0x14 }],
  ['after PSH', { ...FIRST, flags: 0x18 }, NEXT],
  ['after FIN', { ...FIRST, flags: 0x11 }, { ...NEXT, flags: 0x11 }],
];

for (const [what, first, next] of REFUSED) {
  test(`[IN-11] TrainBuilder does not join ${what}`, () => {
    assert.equal(joins(first, next), false);
    if (first.version === next.version && next.version === 4 && first.source === next.source) {
      const six = (spec: Craft): Craft => ({ ...spec, version: 6 });
      if (next.destination === undefined) assert.equal(joins(six(first), six(next)), false);
    }
  });
}

test('[IN-11] a packet that is cut off does not join', () => {
  const arena = plainArena(4096);
  arena.bytes.set(craft(FIRST));
  arena.bytes.set(craft(NEXT), 2048);
  const builder = new TrainBuilder(true);
  assert.equal(builder.begin(arena, 0, 140, true), 0);
  assert.equal(builder.append(2048, 139, true), false);
});

test('[IN-11] nothing follows PSH, which ends up on the whole', () => {
  const arena = plainArena(8192);
  for (const [i, flags] of [0x10, 0x18, 0x10].entries()) {
    arena.bytes.set(craft({ ...FIRST, flags, seq: 1000 + i * 100 }), i * 2048);
  }
  const builder = new TrainBuilder(true);
  assert.equal(builder.begin(arena, 0, 140, true), 0);
  assert.equal(builder.append(2048, 140, true), true);
  assert.equal(builder.append(4096, 140, true), false);
  builder.finish(8000);
  assert.equal(arena.bytes[33], 0x18);
});

test('[IN-11] nothing follows a shorter segment', () => {
  const arena = plainArena(8192);
  const shorter: Craft = { ...NEXT, payload: new Uint8Array(99) };
  for (const [i, spec] of [FIRST, shorter, { ...FIRST, seq: 1199 }].entries()) {
    arena.bytes.set(craft(spec), i * 2048);
  }
  const builder = new TrainBuilder(true);
  assert.equal(builder.begin(arena, 0, 140, true), 0);
  assert.equal(builder.append(2048, 139, true), true);
  assert.equal(builder.append(4096, 140, true), false);
  assert.equal(builder.pieceCount, 2);
});

test('[IN-11] datagrams join only for a kernel that takes such trains', () => {
  const datagram: Craft = { ...FIRST, protocol: 'udp' };
  assert.equal(joins(datagram, datagram, true), true);
  assert.equal(joins(datagram, datagram, false), false);
});

test('[IN-11] a packet with a whole checksum goes alone, unchanged, header all zero', () => {
  const bytes = craft(FIRST);
  const arena = arenaOf([...new Uint8Array(10).fill(0xee), ...bytes]);
  const builder = new TrainBuilder(true);
  assert.equal(builder.begin(arena, 10, bytes.length, false), 0);
  assert.equal(builder.append(10, bytes.length, true), false);
  builder.finish(0);
  assert.deepEqual(arena.bytes.slice(0, 10), new Uint8Array(10));
  assert.deepEqual(arena.bytes.slice(10), bytes);
  assert.deepEqual([builder.pieceCount, builder.pieceAt[0], builder.pieceBytes[0]], [1, 10, 140]);
});

test('[IN-11] a train ends at 65,535 bytes and at PIECES_MAX pieces', () => {
  for (const payloadBytes of [1000, 20]) {
    const arena = plainArena(200_000);
    const builder = new TrainBuilder(true);
    const slot = payloadBytes + 40;
    let count = 0;
    for (; count * slot < 180_000; count++) {
      const payload = new Uint8Array(payloadBytes);
      const bytes = craft({ ...FIRST, payload, seq: 1000 + count * payloadBytes });
      arena.bytes.set(bytes, count * slot);
      if (count === 0) assert.equal(builder.begin(arena, 0, slot, true), 0);
      else if (!builder.append(count * slot, slot, true)) break;
    }
    assert.equal(count, payloadBytes === 20 ? PIECES_MAX : Math.floor((65_535 - 40) / 1000));
    assert.equal(builder.pieceCount, count);
  }
});

test('[IN-8] a partial checksum is refused where there can be none', () => {
  const builder = new TrainBuilder(true);
  const icmp = craft(FIRST).fill(1, 9, 10);
  assert.equal(builder.begin(arenaOf(icmp), 0, icmp.length, true), InnerFault.badTransport);
  assert.equal(builder.begin(arenaOf(icmp), 0, icmp.length, false), 0);
  const fragment = craft(FIRST).fill(0x20, 6, 7);
  assert.equal(builder.begin(arenaOf(fragment), 0, fragment.length, true), InnerFault.badTransport);
  const datagram = craft({ ...FIRST, protocol: 'udp' }).fill(1, 25, 26);
  assert.equal(builder.begin(arenaOf(datagram), 0, datagram.length, true), InnerFault.badTransport);
});
