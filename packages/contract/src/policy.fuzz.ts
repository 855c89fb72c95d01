/** RMH_FUZZ_RUNS sets the number of runs, RMH_FUZZ_SEED repeats one. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Random, TRAFFIC_CLASS_NAMES, TrafficClass } from '@rmh/base';
import { RmhError } from './error.ts';
import type { Policy } from './policy.ts';
import { NATIONAL_FILE, parsePolicy } from './policy-file.ts';

const RUNS = Number(process.env['RMH_FUZZ_RUNS'] ?? 300);
const SEED = Number(process.env['RMH_FUZZ_SEED'] ?? Date.now());
const NATIONAL = readFileSync(NATIONAL_FILE, 'utf8');
const PIECES = [
  ...['{', '}', '[', ']', ': ', '- ', '\n', '  ', '"', '&a ', '*a', '!!set ', '|', 'null', 'true'],
  ...['-1', '0', '1e99', '.nan', '.inf', '-.inf', '0x7f', '1_000', '2.5', '__proto__: ', '#'],
  ...['constructor: ', '<<: *a', '\0', 'æ', 'copiesMost: ', 'classes: ', 'realtime: ', '---\n'],
];

test('any damaged policy is within its limits or has faults with a line', (context) => {
  context.diagnostic(`seed ${SEED}, ${RUNS} runs`);
  const random = new Random(SEED);
  let [refused, accepted] = [0, 0];
  for (let run = 0; run < RUNS; run++) {
    const text = damaged(random);
    try {
      const policy = parsePolicy(text, 'p');
      assert.ok(withinLimits(policy), text);
      accepted++;
    } catch (error) {
      if (!(error instanceof RmhError)) throw error;
      for (const line of error.message.split('\n')) {
        assert.match(line, /^(p:\d+: .+; |… and \d+ more$)/, text);
      }
      refused++;
    }
  }
  assert.equal(({} as Record<string, unknown>)['name'], undefined, 'no prototype was changed');
  assert.ok(RUNS < 100 || (refused > 0 && accepted > 0), 'both outcomes were met');
});

function withinLimits(policy: Policy): boolean {
  const shares = [policy.duplicateShareMost, policy.sharedFate];
  const classes = TRAFFIC_CLASS_NAMES.map((name) => policy.classes[TrafficClass[name]]);
  return (
    shares.every((share) => share >= 0 && share <= 1) &&
    policy.queueTargetUs >= 1000 &&
    classes.every(
      (of) =>
        Object.values(of).every((value) => Number.isFinite(value) && value >= 0) &&
        Number.isInteger(of.copiesMost) &&
        of.copiesMost >= 1 &&
        of.copiesMost <= 8 &&
        of.holdMostUs <= of.deadlineUs &&
        of.backlogMostUs <= of.queueMostUs &&
        (of.protectEvery === 0 || (of.protectEvery >= 2 && of.protectEvery <= 32)),
    )
  );
}

function damaged(random: Random): string {
  let result = NATIONAL;
  for (let i = random.below(3); i >= 0; i--) {
    const at = random.below(result.length + 1);
    const cut = random.below(4) === 0 ? random.below(40) : random.below(3);
    const piece = random.below(3) === 0 ? '' : (PIECES[random.below(PIECES.length)] ?? '');
    result = result.slice(0, at) + piece + result.slice(at + cut);
  }
  return result;
}
