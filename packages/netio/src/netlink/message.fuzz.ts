/** RMH_FUZZ_RUNS sets the number of runs, RMH_FUZZ_SEED repeats one. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import { MessageWriter, readMessages } from './message.ts';
import { readAddress, readLink, readRoute, readRule } from './records.ts';

const RUNS = Number(process.env['RMH_FUZZ_RUNS'] ?? 5000);
const SEED = Number(process.env['RMH_FUZZ_SEED'] ?? Date.now());

test('netlink readers take any bytes without throwing or leaving the buffer', (context) => {
  context.diagnostic(`seed ${SEED}, ${RUNS} runs`);
  const random = new Random(SEED);
  let records = 0;
  for (let run = 0; run < RUNS; run++) {
    const bytes = random.below(3) === 0 ? noise(random) : damaged(random);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const message of readMessages(view, bytes.length)) {
      assert.ok(message.from <= message.to && message.to <= bytes.length);
      const read = [
        readLink(view, message.from, message.to),
        readAddress(view, message.from, message.to, () => null),
        readRoute(view, message.from, message.to, () => null),
        readRule(view, message.from, message.to),
      ];
      records += read.filter((record) => record !== null).length;
    }
  }
  assert.ok(RUNS < 100 || records > 0, 'some damaged messages still say something');
});

function noise(random: Random): Uint8Array {
  return noiseOf(random, random.below(300));
}

/** Several well-formed messages, then a few bytes changed, then cut. */
function damaged(random: Random): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let i = random.below(4); i >= 0; i--) {
    const family = [0, 2, 10][random.below(3)] ?? 0;
    const writer = new MessageWriter(16 + random.below(20), 0);
    writer.fields([1, family], [1, random.below(129)], [2, 0], [4, random.below(9)], [4, 0]);
    if (random.below(2) === 0) writer.fields([4, 1]);
    for (let j = random.below(5); j > 0; j--) writeSome(writer, random);
    parts.push(writer.finish(i).slice());
  }
  const bytes = new Uint8Array(Buffer.concat(parts));
  for (let i = random.below(4); i > 0; i--) bytes[random.below(bytes.length)] = random.u32();
  return bytes.subarray(0, bytes.length - random.below(20));
}

function writeSome(writer: MessageWriter, random: Random): void {
  const type = random.below(20);
  const choice = random.below(4);
  if (choice === 0) writer.text(type, 'wwan0');
  else if (choice === 1) writer.u32(type, random.u32());
  else if (choice === 2) writer.bytes(type, noise(random));
  else writer.nest(type, () => writer.bytes(1, noiseOf(random, 16)));
}

function noiseOf(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}
