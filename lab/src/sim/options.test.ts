import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSimOptions } from './options.ts';

test('Without options: the shipped drives, one seed, with baselines', () => {
  const { drives, mix, seeds, firstSeed, faults, baselines } = parseSimOptions([]) ?? {};
  assert.deepEqual([drives, mix, seeds, firstSeed, faults], ['shipped', 'standard', 1, 1, 'none']);
  assert.equal(baselines, true);
  assert.equal(parseSimOptions(['--help']), null);
});

test('Hours alone ask for the seeds they need; random faults leave the baselines out', () => {
  const options = parseSimOptions(['--hours', '1000', '--faults', 'random', '--mix', 'silent']);
  assert.equal(options?.seeds, null);
  assert.equal(options?.hours, 1000);
  assert.equal(options?.baselines, false);
});

test('One seed is one seed', () => {
  const options = parseSimOptions(['--seed', '77', '--from', '450000']);
  assert.deepEqual([options?.firstSeed, options?.seeds, options?.fromMs], [77, 1, 450_000]);
});

test('What is wrong is named', () => {
  for (const [argv, why] of [
    [['--mix', 'loud'], /--mix is standard, video, silent.*, not "loud"/],
    [['--faults', 'some'], /--faults is none or random/],
    [['--seeds', '0'], /--seeds is a whole number from 1/],
    [['--seed', '1', '--seeds', '2'], /exclude each other/],
    [['--hours', 'x'], /--hours is a number/],
    [['--roads'], /--roads/],
  ] as const) {
    assert.throws(() => parseSimOptions([...argv]), why);
  }
});
