import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { parseReplayOptions } from './options.ts';

const POLICIES = ['--baseline', 'a.yaml', '--candidate', 'b.yaml'];
const options = (...more: string[]) => parseReplayOptions([...POLICIES, ...more]);

test('two policies are enough: shipped drives, the standard mix, two seeds, all cores', () => {
  const { baseline, candidate, drives, mix, seeds, json } = options() ?? {};
  assert.deepEqual(
    [baseline, candidate, drives, mix, seeds, json],
    ['a.yaml', 'b.yaml', 'shipped', 'standard', 2, null],
  );
});

test('help is not an error, and asks for nothing', () => {
  assert.equal(parseReplayOptions(['--help']), null);
});

test('a wrong option is refused with what is right', () => {
  const wrong: [string[], RegExp][] = [
    [['--seeds', '0'], /--seeds is a whole number from 1 to 256/],
    [['--seeds', '1.5'], /whole number/],
    [['--hours', 'many'], /--hours is a number from 0.01/],
    [['--jobs', ''], /--jobs/],
    [['--mix', 'audio'], /--mix is standard, video, silent, lab, not "audio"/],
    [['--drive', 'oslo'], /drive/],
  ];
  for (const [argv, message] of wrong) assert.throws(() => options(...argv), message);
  assert.throws(() => parseReplayOptions(['--baseline', 'a']), /--candidate POLICY is missing/);
});
