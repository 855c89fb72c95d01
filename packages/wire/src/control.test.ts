import assert from 'node:assert/strict';
import test from 'node:test';
import {
  CONTROL_HEADER_BYTES,
  ControlReader,
  ControlType,
  PATHS_MAX,
  REPORT_BITMAP_AT,
  REPORT_BITS_AT,
  REPORT_BITS_MAX,
  writeControlHeader,
} from './index.ts';

/** The exact body length of each type; a ping may be longer. */
const BODY_BYTES: Readonly<Record<Exclude<keyof typeof ControlType, 'report'>, number>> = {
  hello: 8,
  helloReply: 8,
  ping: 4,
  pong: 4,
  challenge: 8,
  response: 8,
  closePath: 4,
  drain: 0,
  activate: 8,
  activated: 4,
};

function frame(type: number, body: readonly number[], length = body.length): number[] {
  return [type, 0, length & 0xff, length >> 8, ...body];
}

function read(bytes: readonly number[], from = 0): { verdict: number; types: number[] } {
  const reader = new ControlReader(new DataView(Uint8Array.from(bytes).buffer));
  reader.begin(from, bytes.length);
  const types: number[] = [];
  for (;;) {
    const verdict = reader.next();
    if (verdict !== 1) return { verdict, types };
    types.push(reader.type);
  }
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}

test('[FR-10] a control header has these bytes, written by hand from the drawing', () => {
  const view = new DataView(new ArrayBuffer(CONTROL_HEADER_BYTES));
  assert.equal(writeControlHeader(view, 0, ControlType.report, 0x0102), 4);
  assert.equal(Buffer.from(view.buffer).toString('hex'), '07000201');
});

test('[FR-10] frames lie one behind the other, and an empty message holds none', () => {
  assert.deepEqual(read([]), { verdict: 0, types: [] });
  const two = [...frame(ControlType.drain, []), ...frame(ControlType.activated, zeros(4))];
  assert.deepEqual(read([0xee, ...two], 1), { verdict: 0, types: [9, 11] });
});

test('[FR-10] an unknown type is skipped by its length, whatever that is', () => {
  const known = Object.values(ControlType) as number[];
  for (let type = 0; type < 256; type++) {
    if (known.includes(type)) continue;
    for (const length of [0, 1, 300]) {
      const bytes = [...frame(type, zeros(length)), ...frame(ControlType.drain, [])];
      assert.deepEqual(read(bytes), { verdict: 0, types: [type, ControlType.drain] });
    }
  }
});

test('[FR-10] every known type has an exact length; only a ping may be padded', () => {
  for (const [name, exact] of Object.entries(BODY_BYTES)) {
    const type = ControlType[name as keyof typeof ControlType];
    const padded = type === ControlType.ping || type === ControlType.pong;
    for (let length = 0; length < 20; length++) {
      const fits = padded ? length >= exact : length === exact;
      const { verdict } = read(frame(type, zeros(length)));
      assert.equal(verdict, fits ? 0 : -1, `${name} of ${length}`);
    }
  }
});

test('[FR-10] a length that leaves the message, or a cut header, is damage and ends it', () => {
  const good = frame(ControlType.drain, []);
  assert.deepEqual(read([...good, ...frame(99, zeros(5), 6)]), { verdict: -1, types: [9] });
  assert.deepEqual(read([...good, 9, 0, 0]), { verdict: -1, types: [9] });
  assert.deepEqual(read([...good, 9, 1, 0, 0]), { verdict: -1, types: [9] });
});

test('[FR-15] a path is given up by its number, which must be one', () => {
  for (let path = 0; path < 256; path++) {
    const { verdict } = read(frame(ControlType.closePath, [path, 0, 0, 0]));
    assert.equal(verdict, path < PATHS_MAX ? 0 : -1);
  }
});

test('[FR-14] a report is as long as its count of bits says, and counts 1,024 at most', () => {
  for (const bits of [0, 1, 7, 8, 9, 1023, 1024, 1025, 65_535]) {
    const bytes = REPORT_BITMAP_AT + Math.ceil(bits / 8);
    for (const length of [bytes - 1, bytes, bytes + 1]) {
      const body = zeros(length);
      body[REPORT_BITS_AT] = bits & 0xff;
      body[REPORT_BITS_AT + 1] = bits >> 8;
      const fits = length === bytes && bits <= REPORT_BITS_MAX;
      assert.equal(read(frame(ControlType.report, body)).verdict, fits ? 0 : -1, `${bits}`);
    }
  }
});

test('[FR-14] a report of a path that can not be is damage', () => {
  for (let path = 0; path < 256; path++) {
    const body = [path, ...zeros(REPORT_BITMAP_AT - 1)];
    assert.equal(read(frame(ControlType.report, body)).verdict, path < PATHS_MAX ? 0 : -1);
  }
});
