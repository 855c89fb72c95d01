import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { packagesOf, stepsOf } from './steps.ts';

test('A step is a block that names its machines; other blocks are for reading', () => {
  const steps = stepsOf(
    ['# A', '```sh oslo trondheim', 'a', 'b', '```', '```sh', 'c', '```', '```sh unit', '```'].join(
      '\n',
    ),
  );
  assert.deepEqual(steps, [
    { machines: ['oslo', 'trondheim'], line: 2, script: 'a\nb' },
    { machines: ['unit'], line: 9, script: '' },
  ]);
});

test('A block without an end is told by its line', () => {
  assert.throws(() => stepsOf('```sh unit\nrmh status'), /line 1 has no end/);
});

test('Packages are those that apt-get is told to install; nothing else is such a step', () => {
  const steps = stepsOf('```sh packages\napt-get install -y curl jq  # both\n```');
  assert.deepEqual(packagesOf(steps), ['curl', 'jq']);
  const other = stepsOf('```sh packages\nrm -rf x\n```');
  assert.throws(() => packagesOf(other), /line 2 installs/);
});
