import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUILT_IN, CONFIGURATION } from '@rmh/contract/api';
import {
  CONFIGURATION_FIELDS,
  readValue,
  valueText,
  WRONG,
  writtenValue,
} from './configuration-fields.ts';

test('Every setting of the contract has its row', () => {
  assert.deepEqual(CONFIGURATION_FIELDS.toSorted(), Object.keys(CONFIGURATION.shape).toSorted());
});

test('What is written is read back the same', () => {
  const values = { ...BUILT_IN, links: [{ link: 'ice', enabled: false, monthlyMb: 500 }] };
  for (const field of CONFIGURATION_FIELDS) {
    assert.deepEqual(readValue(field, writtenValue(values[field])), values[field], field);
  }
});

test('Empty says nothing, and what is no value is wrong', () => {
  for (const field of CONFIGURATION_FIELDS) assert.equal(readValue(field, '  '), undefined);
  assert.equal(readValue('duplicateShareMost', 'much'), WRONG);
  assert.equal(readValue('duplicateShareMost', '0,35'), 0.35);
  assert.equal(readValue('reportPlace', 'maybe'), WRONG);
  assert.equal(readValue('logLevel', 'loud'), WRONG);
  assert.equal(readValue('links', '[{'), WRONG);
  assert.equal(readValue('missions', '7'), WRONG);
  assert.equal(readValue('preferGateway', '-'), null);
});

test('How missions are treated reads in words', () => {
  assert.equal(
    valueText('nb', 'missions', BUILT_IN.missions),
    'Akutt: inntil 50,0\u00a0% dobbelt, over budsjett; ' +
      'Haster: inntil 33,0\u00a0% dobbelt, over budsjett',
  );
  assert.equal(
    valueText('en', 'missions', [{ urgency: 'acute', duplicateShareMost: 0.4, overBudget: false }]),
    'Acute: up to 40.0\u00a0% twice',
  );
});
