import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  arenaOf,
  type Craft,
  craft,
  DESTINATION_4,
  DESTINATION_6,
  SOURCE_4,
  SOURCE_6,
  slowSum,
  u16,
} from './crafted.ts';
import { TOO_BIG_BYTES_MAX, writePacketTooBig } from './too-big.ts';

const BIG: Craft = { version: 4, protocol: 'udp', payload: new Uint8Array(1500).fill(7) };

function answer(bytes: Uint8Array, mtu = 1380): Uint8Array {
  const arena = arenaOf(bytes, TOO_BIG_BYTES_MAX);
  const length = writePacketTooBig(arena, 0, bytes.length, mtu, bytes.length);
  assert.deepEqual(arena.bytes.slice(0, bytes.length), bytes);
  return arena.bytes.slice(bytes.length, bytes.length + length);
}

test('[IN-13] IPv4 is answered with fragmentation needed, 576 bytes, checksums right', () => {
  const bytes = craft(BIG);
  const said = answer(bytes);
  assert.equal(said.length, 576);
  const head = [0x45, 0xc0, 2, 0x40, 0, 0, 0, 0, 64, 1];
  assert.deepEqual([...said.subarray(0, 10)], head);
  assert.deepEqual([...said.subarray(12, 22)], [...DESTINATION_4, ...SOURCE_4, 3, 4]);
  assert.deepEqual([...said.subarray(24, 28)], [0, 0, ...u16(1380)]);
  assert.deepEqual(said.subarray(28), bytes.subarray(0, 548));
  assert.equal(slowSum(said.subarray(0, 20)), 0xffff);
  assert.equal(slowSum(said.subarray(20)), 0xffff);
});

test('[IN-13] IPv6 is answered with packet too big, 1,280 bytes, checksum right', () => {
  const bytes = craft({ ...BIG, version: 6 });
  const said = answer(bytes);
  assert.equal(said.length, 1280);
  assert.deepEqual([...said.subarray(0, 8)], [0x60, 0, 0, 0, ...u16(1240), 58, 64]);
  assert.deepEqual([...said.subarray(8, 40)], [...DESTINATION_6, ...SOURCE_6]);
  assert.deepEqual(
    [...said.subarray(40, 42), ...said.subarray(44, 48)],
    [2, 0, 0, 0, ...u16(1380)],
  );
  assert.deepEqual(said.subarray(48), bytes.subarray(0, 1232));
  const pseudo = [...said.subarray(8, 40), 0, 0, ...u16(1240), 0, 0, 0, 58];
  assert.equal(slowSum([...pseudo, ...said.subarray(40)]), 0xffff);
});

test('[IN-13] what must not be answered is not', () => {
  const six: Craft = { ...BIG, version: 6 };
  const icmp4 = (type: number) => craft(BIG).fill(1, 9, 10).fill(type, 20, 21);
  const icmp6 = (type: number) => craft(six).fill(58, 6, 7).fill(type, 40, 41);
  const cases: [string, Uint8Array, boolean][] = [
    ['an echo request', icmp4(8), true],
    ['an ICMP error', icmp4(3), false],
    ['an ICMPv6 echo request', icmp6(128), true],
    ['an ICMPv6 error', icmp6(1), false],
    ['a first fragment', craft(BIG).fill(0x20, 6, 7), true],
    ['a later fragment', craft(BIG).fill(1, 7, 8), false],
    ['to multicast', craft({ ...BIG, destination: [224, 0, 0, 1] }), false],
    ['from nobody', craft({ ...BIG, source: [0, 0, 0, 0] }), false],
    ['to IPv6 multicast', craft({ ...six, destination: [0xff, ...DESTINATION_6.slice(1)] }), false],
    ['from nobody, IPv6', craft({ ...six, source: Array.from({ length: 16 }, () => 0) }), false],
    ['no IP packet', new Uint8Array(40), false],
  ];
  for (const [name, bytes, answered] of cases)
    assert.equal(answer(bytes).length > 0, answered, name);
});
