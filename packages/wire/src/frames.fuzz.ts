/**
 * Random, damaged and cut messages into the readers of frames and control frames: none throws,
 * none reads on for ever, and what they accept lies inside the message.
 * RMH_FUZZ_RUNS=1000000 takes 5 s of CPU; RMH_FUZZ_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '@rmh/base';
import {
  CONTROL_HEADER_BYTES,
  ControlReader,
  ControlType,
  FrameKind,
  frameKind,
  PATHS_MAX,
  REPORT_BITMAP_AT,
  REPORT_BITS_AT,
  REPORT_PATH_AT,
  STREAM_AT,
  writeControlHeader,
} from './index.ts';

const RUNS = Number(process.env['RMH_FUZZ_RUNS'] ?? 2000);
const SEED = Number(process.env['RMH_FUZZ_SEED'] ?? Date.now());
const BYTES = 512;

const KINDS: ReadonlySet<number> = new Set(Object.values(FrameKind));

const random = new Random(SEED);
const bytes = new Uint8Array(BYTES);
const view = new DataView(bytes.buffer);
const reader = new ControlReader(view);

/** Frames with plausible types and lengths; one in four then gets a few bytes changed. */
function plausible(): number {
  let end = 0;
  const frames = random.below(6);
  for (let i = 0; i < frames; i++) {
    const body = random.below(10) === 0 ? random.below(60) : [0, 4, 8, 20, 21][random.below(5)];
    const type = random.below(13) as ControlType;
    const at = writeControlHeader(view, end, type, body ?? 0);
    end = at + (body ?? 0);
    random.fill(bytes.subarray(at, end));
    if (type === ControlType.report && random.below(2) === 0) view.setUint16(at + 2, 0);
    if (random.below(2) === 0) bytes[at] = random.below(PATHS_MAX);
  }
  if (random.below(4) === 0) bytes[random.below(BYTES)] = random.u32();
  return random.below(5) === 0 ? random.below(end + 1) : end;
}

test(`the control reader stays inside any message (seed ${SEED})`, () => {
  let accepted = 0;
  for (let run = 0; run < RUNS; run++) {
    const end = run % 3 === 0 ? random.fill(bytes).length : plausible();
    reader.begin(0, end);
    let last = 0;
    let verdict = reader.next();
    for (let frames = 0; verdict === 1; frames++) {
      assert.ok(frames <= end / CONTROL_HEADER_BYTES, 'as many frames as fit');
      assert.ok(reader.bodyAt >= last + CONTROL_HEADER_BYTES);
      last = reader.bodyAt + reader.bodyBytes;
      assert.ok(last <= end, 'inside the message');
      if (reader.type === ControlType.report) checkReport();
      accepted++;
      verdict = reader.next();
    }
    assert.ok(verdict === 0 ? last === end : verdict === -1);
  }
  assert.ok(accepted > RUNS / 10, 'the control: many messages are accepted');
});

function checkReport(): void {
  assert.ok(view.getUint8(reader.bodyAt + REPORT_PATH_AT) < PATHS_MAX);
  const bits = view.getUint16(reader.bodyAt + REPORT_BITS_AT, true);
  assert.equal(reader.bodyBytes, REPORT_BITMAP_AT + Math.ceil(bits / 8));
}

test(`a frame's kind is known or 0, and known ones hold their header (seed ${SEED})`, () => {
  let known = 0;
  for (let run = 0; run < RUNS; run++) {
    random.fill(bytes.subarray(0, 24));
    if (run % 2 === 0) bytes[0] = 0x10 + random.below(5);
    if (run % 4 !== 3) bytes[1] = random.below(9);
    if (run % 8 !== 7) bytes[3] = random.below(17);
    const length = random.below(25);
    const kind = frameKind(view, 0, length);
    if (kind === 0) continue;
    known++;
    assert.ok(KINDS.has(kind));
    assert.ok(length >= 12 && (kind === FrameKind.control || length > 16));
    assert.ok((bytes[STREAM_AT] ?? 256) < 256);
  }
  assert.ok(known > RUNS / 20, 'the control: some are accepted');
});
