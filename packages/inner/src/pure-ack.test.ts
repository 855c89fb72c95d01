import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { isPureAck } from './index.ts';

/** IPv4 or IPv6 with TCP: header fields that matter, the rest zero. */
function packet(told: {
  version?: 4 | 6;
  flags?: number;
  options?: number;
  payload?: number;
  protocol?: number;
  fragment?: number;
}): DataView {
  const ip = told.version === 6 ? 40 : 20;
  const tcp = 20 + (told.options ?? 12);
  const view = new DataView(new ArrayBuffer(ip + tcp + (told.payload ?? 0)));
  if (ip === 40) {
    view.setUint8(0, 0x60);
    view.setUint16(4, view.byteLength - 40);
    view.setUint8(6, told.protocol ?? 6);
  } else {
    view.setUint8(0, 0x45);
    view.setUint16(2, view.byteLength);
    view.setUint16(6, told.fragment ?? 0x4000);
    view.setUint8(9, told.protocol ?? 6);
  }
  view.setUint8(ip + 12, (tcp / 4) << 4);
  view.setUint8(ip + 13, told.flags ?? 0x10);
  return view;
}

const CASES: readonly [string, Parameters<typeof packet>[0], boolean][] = [
  ['an acknowledgement is one, over IPv4', {}, true],
  ['and over IPv6', { version: 6 }, true],
  ['with all options that fit', { options: 40 }, true],
  ['with PSH or ECN bits', { flags: 0xd8 }, true],
  ['one byte of payload keeps its place', { payload: 1 }, false],
  ['SYN and ACK keep their place', { flags: 0x12 }, false],
  ['FIN and ACK keep their place', { flags: 0x11 }, false],
  ['RST keeps its place', { flags: 0x14 }, false],
  ['without ACK it is none', { flags: 0 }, false],
  ['UDP is none', { protocol: 17 }, false],
  ['a fragment is none', { fragment: 0x2000 }, false],
];

for (const [claim, told, expected] of CASES) {
  test(`isPureAck: ${claim}`, () => {
    const view = packet(told);
    assert.equal(isPureAck(view, 0, view.byteLength), expected);
  });
}

test('isPureAck reads no byte outside the packet, whatever the bytes say', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 120 }), (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      isPureAck(view, 0, bytes.length);
    }),
    { seed: 5, numRuns: 5000 },
  );
});
