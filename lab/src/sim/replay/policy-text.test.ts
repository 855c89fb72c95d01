import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { NATIONAL_FILE, parsePolicy, readPolicy } from '@rmh/contract/daemon';
import { NATIONAL_POLICY, type Policy } from '@rmh/scheduler';
import { nationalText, policyText } from './policy-text.ts';

test('the national file and the policy that is built in are equal', () => {
  const read: Policy = readPolicy(NATIONAL_FILE);
  assert.deepEqual(read, NATIONAL_POLICY);
  assert.equal(readFileSync(NATIONAL_FILE, 'utf8'), nationalText());
});

test('a policy that is written and read again is the same', () => {
  const odd: Policy = { ...NATIONAL_POLICY, name: 'odd', queueTargetUs: 8_500, sharedFate: 1 };
  assert.deepEqual(parsePolicy(policyText(odd), 'odd'), odd);
});
