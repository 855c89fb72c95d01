import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RmhError } from '@rmh/contract';
import { describeFailure } from './failure.ts';

test('a catalogued failure shows its message, code and hint, and no stack', () => {
  const error = new RmhError('RMH_KEY_EXISTS', 'unit.key exists already');
  const { text, exitCode } = describeFailure('keygen', error);
  assert.match(text, /^rmh keygen: unit\.key exists already \(RMH_KEY_EXISTS\)\n/);
  assert.doesNotMatch(text, /\n\s+at /);
  assert.equal(exitCode, 2);
});

test('an unexpected failure shows the stacks of the error and of its causes', () => {
  const error = new Error('outer', { cause: new TypeError('inner') });
  const { text, exitCode } = describeFailure('unit', error);
  assert.match(
    text,
    /unexpected error[\s\S]*Error: outer\n\s+at [\s\S]*caused by: TypeError: inner/,
  );
  assert.equal(exitCode, 1);
});

test('what was thrown and is no error is shown as it is', () => {
  assert.match(describeFailure('unit', 'a string').text, /a string$/);
});
