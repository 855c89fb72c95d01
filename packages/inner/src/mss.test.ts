import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arenaOf, type Craft, craft } from './crafted.ts';
import { clampMss } from './mss.ts';

const MSS_1460 = [2, 4, 5, 0xb4];
const MSS_1320 = [2, 4, 5, 0x28];
const SACK_AND_SCALE = [4, 2, 1, 3, 3, 7];

function syn(version: 4 | 6, options: readonly number[], flags = 2): Craft {
  const payload = new Uint8Array(0);
  const padded = new Uint8Array((options.length + 3) & ~3);
  padded.set(options);
  return { version, protocol: 'tcp', payload, flags, options: padded };
}

/** What the packet is after clampMss to 1,320; null when it says that nothing changed. */
function clamped(bytes: Uint8Array, partial = false): Uint8Array | null {
  const arena = arenaOf(bytes, 8);
  const changed = clampMss(arena, 0, bytes.length, 1320, 1320, partial);
  const after = arena.bytes.slice(0, bytes.length);
  assert.equal(changed, !after.every((byte, i) => byte === bytes[i]));
  return changed ? after : null;
}

test('[IN-12] the MSS of SYN and SYN-ACK is lowered, the checksum right, at any offset', () => {
  for (const version of [4, 6] as const) {
    for (const flags of [0x02, 0x12, 0xc2]) {
      for (const before of [[], [1], [1, 1], SACK_AND_SCALE, [...SACK_AND_SCALE, 1]]) {
        const from = craft(syn(version, [...before, ...MSS_1460], flags));
        assert.deepEqual(clamped(from), craft(syn(version, [...before, ...MSS_1320], flags)));
      }
    }
  }
});

test('[IN-12] an unfinished checksum stays as it is', () => {
  const partial = { ...syn(4, MSS_1460), partial: true };
  assert.deepEqual(clamped(craft(partial), true), craft({ ...partial, ...syn(4, MSS_1320) }));
});

test('[IN-12] IPv4 and IPv6 have bounds of their own', () => {
  const four = arenaOf(craft(syn(4, MSS_1460)));
  const six = arenaOf(craft(syn(6, MSS_1460)));
  assert.equal(clampMss(four, 0, four.bytes.length, 1460, 1320), false);
  assert.equal(clampMss(six, 0, six.bytes.length, 1460, 1320), true);
});

test('[IN-12] everything else passes unchanged', () => {
  // Its TCP header claims four bytes that lie behind the packet's end.
  const optionless = craft(syn(4, [])).fill(0x60, 32, 33);
  const cases: [string, Uint8Array][] = [
    ['a lower MSS', craft(syn(4, MSS_1320))],
    ['no SYN', craft(syn(4, MSS_1460, 0x10))],
    ['no options', craft(syn(6, []))],
    ['an end before', craft(syn(4, [0, 0, 0, 0, ...MSS_1460]))],
    ['an option of length 0', craft(syn(4, [9, 0, 0, 0, ...MSS_1460]))],
    ['an option of length 1', craft(syn(4, [9, 1, ...MSS_1460]))],
    ['an option beyond the header', craft(syn(4, [9, 40, 0, 0, ...MSS_1460]))],
    ['an MSS option of length 3', craft(syn(4, [2, 3, 5, 0xb4]))],
    ['an MSS cut off', craft(syn(4, [1, 2, 4, 5]))],
    ['options in the padding', Uint8Array.of(...optionless, ...MSS_1460)],
    ['UDP', craft({ ...syn(4, MSS_1460), protocol: 'udp', payload: new Uint8Array(40).fill(2) })],
    ['a later fragment', craft(syn(4, MSS_1460)).fill(1, 7, 8)],
    ['a packet cut off', craft(syn(4, MSS_1460)).subarray(0, 43)],
    ['IPv6 cut off', craft(syn(6, MSS_1460)).subarray(0, 63)],
  ];
  for (const [name, bytes] of cases) assert.equal(clamped(bytes), null, name);
});
