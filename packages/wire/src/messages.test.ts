import assert from 'node:assert/strict';
import test from 'node:test';
import { Drop, dropName } from './drop.ts';
import {
  COOKIE_REPLY_BYTES,
  INITIATION_BYTES,
  messageType,
  RESPONSE_BYTES,
  readCounter,
  readReceiverIndex,
  readSenderIndex,
  TRANSPORT_BYTES_MIN,
  writeTransportHeader,
} from './messages.ts';

const AT = 5;

function viewWith(...bytes: number[]): DataView {
  const view = new DataView(new ArrayBuffer(256));
  for (const [i, byte] of bytes.entries()) view.setUint8(AT + i, byte);
  return view;
}

test('[MSG-6] each handshake message has exactly its length', () => {
  for (const [type, exact] of [
    [1, INITIATION_BYTES],
    [2, RESPONSE_BYTES],
    [3, COOKIE_REPLY_BYTES],
  ] as const) {
    for (let length = 0; length <= 200; length++) {
      const verdict = messageType(viewWith(type), AT, length);
      if (length === exact) assert.equal(verdict, type);
      else assert.equal(verdict, length < exact ? -Drop.tooShort : -Drop.badLength);
    }
  }
});

test('[MSG-1] [MSG-2] [MSG-3] the lengths are those of the paper', () => {
  assert.deepEqual([INITIATION_BYTES, RESPONSE_BYTES, COOKIE_REPLY_BYTES], [148, 92, 64]);
});

test('[MSG-4] a transport message has at least a header and a tag', () => {
  assert.equal(TRANSPORT_BYTES_MIN, 32);
  assert.equal(messageType(viewWith(4), AT, 31), -Drop.tooShort);
  assert.equal(messageType(viewWith(4), AT, 32), 4);
  assert.equal(messageType(viewWith(4), AT, 33), 4);
  assert.equal(messageType(viewWith(4), AT, 1500), 4);
});

test('[MSG-5] each reserved byte is zero, or the message is dropped', () => {
  for (let type = 1; type <= 4; type++) {
    for (let reserved = 1; reserved <= 3; reserved++) {
      for (let bit = 0; bit < 8; bit++) {
        const view = viewWith(type);
        view.setUint8(AT + reserved, 1 << bit);
        assert.equal(messageType(view, AT, 148), -Drop.reservedNotZero);
      }
    }
  }
});

test('a type other than 1 to 4 is dropped', () => {
  for (let type = 0; type < 256; type++) {
    if (type >= 1 && type <= 4) continue;
    assert.equal(messageType(viewWith(type), AT, 148), -Drop.badType);
  }
});

test('[MSG-4] a transport header has the bytes of the drawing', () => {
  const view = viewWith();
  writeTransportHeader(view, AT, 0xa1b2c3d4, 0x0012_3456_789a_bcde);
  const written = new Uint8Array(view.buffer, AT, 16);
  const drawn = [4, 0, 0, 0, 0xd4, 0xc3, 0xb2, 0xa1];
  const counter = [0xde, 0xbc, 0x9a, 0x78, 0x56, 0x34, 0x12, 0];
  assert.deepEqual([...written], [...drawn, ...counter]);
  assert.equal(readReceiverIndex(view, AT), 0xa1b2c3d4);
  assert.equal(readCounter(view, AT), 0x0012_3456_789a_bcde);
});

test('[MSG-7] a counter up to 2^53 - 1 is read exactly, a higher one is invalid', () => {
  const view = viewWith();
  for (const counter of [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 48 + 7, 2 ** 53 - 1]) {
    writeTransportHeader(view, AT, 1, counter);
    assert.equal(readCounter(view, AT), counter);
  }
  for (const counter of [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]) {
    view.setBigUint64(AT + 8, counter, true);
    assert.equal(readCounter(view, AT), -1);
  }
});

test('the index of a message is read where its type has it', () => {
  const view = viewWith(1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0);
  assert.equal(readSenderIndex(view, AT), 1);
  assert.equal(readReceiverIndex(view, AT), -1);
  view.setUint8(AT, 2);
  assert.equal(readSenderIndex(view, AT), 1);
  assert.equal(readReceiverIndex(view, AT), 2);
  view.setUint8(AT, 3);
  assert.equal(readReceiverIndex(view, AT), 1);
  view.setUint8(AT, 4);
  assert.equal(readReceiverIndex(view, AT), 1);
});

test('drop reasons are different small numbers from 1, each with its name', () => {
  const reasons = Object.entries(Drop);
  assert.equal(new Set(Object.values(Drop)).size, reasons.length);
  for (const [name, reason] of reasons) {
    assert.ok(reason >= 1 && reason < 256);
    assert.equal(dropName(reason), name);
  }
  assert.equal(dropName(0), 'unknown');
});
