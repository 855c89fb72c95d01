import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { TrafficClass } from '@rmh/base';
import { parseSource } from './daemon/source.ts';
import { RmhError } from './error.ts';
import { POLICY } from './policy.ts';
import { policyPage } from './policy-docs.ts';
import { NATIONAL_FILE, parsePolicy, readNamedPolicy, readPolicy } from './policy-file.ts';
import { fieldsOf, treeOf } from './schema-tree.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const NATIONAL = readFileSync(NATIONAL_FILE, 'utf8');

function faultsIn(text: string): string {
  try {
    parsePolicy(text, 'p.yaml');
  } catch (error) {
    if (error instanceof RmhError) return error.message;
    throw error;
  }
  return '';
}

test('docs/policy.md is what the schema and the national file say', () => {
  assert.equal(readFileSync(join(ROOT, 'docs/policy.md'), 'utf8'), policyPage());
});

test('every field has a meaning, a range and a reason', () => {
  for (const { path, node } of fieldsOf(treeOf(POLICY))) {
    assert.ok(node.description && node.expected && node.reason, path);
  }
});

test('milliseconds of the file are microseconds of the scheduler, to the half millisecond', () => {
  const policy = parsePolicy(NATIONAL.replace('queueTargetMs: 8', 'queueTargetMs: 2.5'), 'p');
  assert.equal(policy.queueTargetUs, 2500);
  assert.equal(policy.classes[TrafficClass.critical].deadlineUs, 500_000);
  assert.equal(policy.classes[TrafficClass.bulk].holdMostUs, 500_000);
});

test('a policy in JSON is the same policy', () => {
  const json = JSON.stringify(parseSource('p', NATIONAL).value);
  assert.deepEqual(parsePolicy(json, 'p'), readPolicy(NATIONAL_FILE));
});

test('a policy is plain data: a structured clone is equal', () => {
  const policy = readPolicy(NATIONAL_FILE);
  assert.deepEqual(structuredClone(policy), policy);
});

const MISTAKES: [claim: string, from: RegExp, to: string, expected: string][] = [
  [
    'a misspelt field',
    /copiesMost: 3/,
    'copiesmust: 3',
    'p.yaml:14: classes.critical.copiesmust is not a field; did you mean "copiesMost"?',
  ],
  ['a misspelt class', /bulk:/, 'bluk:', 'classes.bluk is not a field; did you mean "bulk"?'],
  [
    'seconds for milliseconds',
    /deadlineMs: 500/,
    'deadlineMs: 0.5',
    'expected a number from 10 to',
  ],
  [
    'half a copy',
    /copiesMost: 3/,
    'copiesMost: 2.5',
    'is 2.5; expected a whole number from 1 to 8',
  ],
  [
    'a share in percent',
    /duplicateShareMost: 0.2/,
    'duplicateShareMost: 20',
    'a number from 0 to 1',
  ],
  [
    'a symbol for one packet',
    /protectEvery: 8/,
    'protectEvery: 1',
    '0 or a whole number from 2 to',
  ],
  ['a missing field', /sharedFate: 0.3\n/, '', 'sharedFate is missing; expected a number from 0'],
  ['a missing class', /bulk:[^]*/, '', 'classes.bulk is missing; expected the eight fields'],
  [
    'a hold out of range',
    /holdMostMs: 300/,
    'holdMostMs: 2000.5',
    'classes.interactive.holdMostMs is 2000.5; expected a number from 0 to 2000',
  ],
  [
    'a backlog longer than a packet may wait',
    /queueMostMs: 150\n/,
    'queueMostMs: 149\n',
    'backlogMostMs is 150, longer than a packet may wait; expected at most 149',
  ],
];

for (const [claim, from, to, expected] of MISTAKES) {
  test(`${claim} is refused with line, field and what is expected`, () => {
    const changed = NATIONAL.replace(from, to);
    assert.notEqual(changed, NATIONAL, 'the control: the mistake was made');
    const faults = faultsIn(changed);
    assert.ok(faults.startsWith('p.yaml:') && faults.includes(expected), faults);
  });
}

test('an empty text, a list, a number and broken YAML are faults, not crashes', () => {
  for (const text of ['', '[]', '7', 'null', 'a: [', 'classes: 3', 'classes: { critical: [] }']) {
    assert.notEqual(faultsIn(text), '', text);
  }
});

test('a policy that is named and not there is a fault of the file that names it', () => {
  const main = parseSource('unit.yaml', 'name: u\npolicy: none.yaml\n');
  const { policy, faults } = readNamedPolicy(main, '/nowhere');
  assert.equal(policy, null);
  assert.deepEqual(
    faults.map(({ line, field, code }) => [line, field, code]),
    [[2, 'policy', 'RMH_CONFIG_UNREADABLE']],
  );
});
