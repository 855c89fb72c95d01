import assert from 'node:assert/strict';
import test from 'node:test';
import { FrameKind, isBareIp, stampTransmission, writeFrameHeader } from './frames.ts';
import {
  REPAIR_COUNT_MAX,
  REPAIR_HEADER_BYTES,
  REPAIR_PARITY_BYTES_MAX,
  repairIsSound,
  writeRepairHeader,
} from './repair.ts';

const SYMBOL_BYTES = REPAIR_HEADER_BYTES + 3;

function symbol(): DataView {
  const view = new DataView(new ArrayBuffer(SYMBOL_BYTES));
  writeFrameHeader(view, 0, FrameKind.symbol, 2, 0x41, 0);
  stampTransmission(view, 0, 0x01020304, 0xa1b2c3d4);
  writeRepairHeader(view, 0, 0xfffffffe, 8, 3, 0x053c);
  view.setUint8(20, 0xaa);
  view.setUint8(21, 0xbb);
  view.setUint8(22, 0xcc);
  return view;
}

test('[FR-18] a symbol has these bytes, written by hand from the drawing', () => {
  const hex = Buffer.from(symbol().buffer).toString('hex');
  assert.equal(
    hex,
    ['14024100', '04030201', 'd4c3b2a1', 'feffffff', '08033c05', 'aabbcc'].join(''),
  );
  assert.ok(repairIsSound(symbol(), 0, SYMBOL_BYTES));
  assert.equal(isBareIp(FrameKind.symbol), false);
});

test('[FR-18] a symbol without parity, or with more than any packet has, is none', () => {
  const view = new DataView(new ArrayBuffer(2048));
  writeRepairHeader(view, 0, 0, 2, 0, 0);
  const most = REPAIR_HEADER_BYTES + REPAIR_PARITY_BYTES_MAX;
  for (const [length, sound] of [
    [REPAIR_HEADER_BYTES, false],
    [REPAIR_HEADER_BYTES + 1, true],
    [most, true],
    [most + 1, false],
  ] as const) {
    assert.equal(repairIsSound(view, 0, length), sound, `${length} bytes`);
  }
});

test('[FR-18] count is 2 to 32, flags are those of a packet, lengths those of packets', () => {
  for (let byte = 0; byte < 256; byte++) {
    const view = symbol();
    view.setUint8(16, byte);
    assert.equal(repairIsSound(view, 0, SYMBOL_BYTES), byte >= 2 && byte <= REPAIR_COUNT_MAX);
    view.setUint8(16, 2);
    view.setUint8(17, byte);
    assert.equal(repairIsSound(view, 0, SYMBOL_BYTES), byte < 4, `flags ${byte}`);
  }
  const view = symbol();
  view.setUint16(18, 2047, true);
  assert.ok(repairIsSound(view, 0, SYMBOL_BYTES));
  view.setUint16(18, 2048, true);
  assert.ok(!repairIsSound(view, 0, SYMBOL_BYTES));
});
