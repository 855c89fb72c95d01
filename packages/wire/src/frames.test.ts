import assert from 'node:assert/strict';
import test from 'node:test';
import {
  DATA_HEADER_BYTES,
  distance32,
  FLAG_CHECKSUM_PARTIAL,
  FLAG_JOINS_PREVIOUS,
  FRAGMENT_HEADER_BYTES,
  FRAME_HEADER_BYTES,
  FrameKind,
  frameKind,
  isBareIp,
  PATHS_MAX,
  STREAM_NUMBER_AT,
  stampTransmission,
  writeFrameHeader,
} from './index.ts';

function viewOf(...bytes: number[]): DataView {
  return new DataView(Uint8Array.from(bytes).buffer);
}

function hex(view: DataView): string {
  return Buffer.from(view.buffer).toString('hex');
}

test('[FR-1] a data header has these bytes, written by hand from the drawing', () => {
  const view = new DataView(new ArrayBuffer(DATA_HEADER_BYTES));
  const flags = FLAG_JOINS_PREVIOUS | FLAG_CHECKSUM_PARTIAL;
  writeFrameHeader(view, 0, FrameKind.data, 5, 0x9c, flags);
  stampTransmission(view, 0, 0x01020304, 0xa1b2c3d4);
  view.setUint32(STREAM_NUMBER_AT, 0x0a0b0c0d, true);
  assert.equal(hex(view), ['11059c03', '04030201', 'd4c3b2a1', '0d0c0b0a'].join(''));
});

test('[FR-3] number and stamp are written modulo 2^32, whatever their full value', () => {
  const view = new DataView(new ArrayBuffer(FRAME_HEADER_BYTES));
  stampTransmission(view, 0, 2 ** 32 + 7, 2 ** 40 + 9);
  assert.equal(hex(view), '000000000700000009000000');
});

test('[FR-1] no kind can be taken for an IP packet, and IP packets for no frame', () => {
  for (const kind of Object.values(FrameKind)) assert.equal(isBareIp(kind), false);
  for (let first = 0; first < 256; first++) {
    const view = viewOf(first, ...new Array<number>(40).fill(0));
    const known = Object.values(FrameKind).includes(first as FrameKind);
    assert.equal(frameKind(view, 0, 41), known ? first : 0, `first byte ${first}`);
    assert.equal(isBareIp(first), first >> 4 === 4 || first >> 4 === 6);
  }
});

test('[FR-2] a frame needs its whole header, and data and fragments something behind it', () => {
  const least = new Map<number, number>([
    [FrameKind.data, DATA_HEADER_BYTES + 1],
    [FrameKind.fragment, FRAGMENT_HEADER_BYTES + 1],
    [FrameKind.control, FRAME_HEADER_BYTES],
  ]);
  for (const [kind, bytes] of least) {
    const view = viewOf(kind, ...new Array<number>(63).fill(0));
    for (let length = 0; length <= 64; length++) {
      assert.equal(frameKind(view, 0, length), length >= bytes ? kind : 0, `${kind}/${length}`);
    }
  }
});

test('[FR-2] a path above the last, or an unknown flag, makes the frame malformed', () => {
  for (let byte = 0; byte < 256; byte++) {
    const path = viewOf(FrameKind.data, byte, 0, 0, ...new Array<number>(20).fill(0));
    assert.equal(frameKind(path, 0, 24) !== 0, byte < PATHS_MAX, `path ${byte}`);
    const flags = viewOf(FrameKind.data, 0, 0, byte, ...new Array<number>(20).fill(0));
    assert.equal(frameKind(flags, 0, 24) !== 0, byte < 16, `flags ${byte}`);
  }
});

test('[FR-3] distance32 is the shorter way round the circle of 2^32', () => {
  assert.equal(distance32(5, 3), 2);
  assert.equal(distance32(3, 5), -2);
  assert.equal(distance32(1, 0xffff_ffff), 2);
  assert.equal(distance32(0xffff_ffff, 1), -2);
  assert.equal(distance32(0x8000_0000, 0), -(2 ** 31));
});
