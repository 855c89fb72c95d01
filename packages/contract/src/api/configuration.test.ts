import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUILT_IN, CONFIGURATION, UNIT_CONFIGURATION } from './configuration.ts';

const told = (values: object) => ({ version: 3, values, confirmWithinS: 180 });

test('A unit takes what it knows of the settings of a newer platform', () => {
  const { values } = UNIT_CONFIGURATION.parse(told({ ...BUILT_IN, colour: 'red' }));
  assert.deepEqual(values, BUILT_IN);
});

test('What a unit kept before missions were treated has the treatments that are built in', () => {
  const { missions, ...older } = BUILT_IN;
  assert.deepEqual(UNIT_CONFIGURATION.parse(told(older)).values.missions, missions);
});

test('A layer with an unknown setting is refused, and so is an urgency given twice', () => {
  const [first] = BUILT_IN.missions;
  assert.throws(() => CONFIGURATION.parse({ ...BUILT_IN, colour: 'red' }), /colour/);
  assert.throws(() => CONFIGURATION.parse({ ...BUILT_IN, missions: [first, first] }), /once/);
});
