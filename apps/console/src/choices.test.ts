import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ALARM_KINDS,
  LAYER_KINDS,
  ORGANISATION_KINDS,
  ROLES,
  SEVERITIES,
  VEHICLE_KINDS,
  VEHICLE_STAGES,
  VERBS,
} from '@rmh/contract/api';
import * as choices from './choices.ts';

test('The console offers what the contract knows, all of it and nothing else', () => {
  assert.deepEqual(choices.SEVERITY_NAMES, SEVERITIES);
  assert.deepEqual(choices.ALARM_KIND_NAMES, ALARM_KINDS);
  assert.deepEqual(choices.VEHICLE_KIND_NAMES, VEHICLE_KINDS);
  assert.deepEqual(choices.VEHICLE_STAGE_NAMES, VEHICLE_STAGES);
  assert.deepEqual(choices.ORGANISATION_KIND_NAMES, ORGANISATION_KINDS);
  assert.deepEqual(choices.LAYER_KIND_NAMES, LAYER_KINDS);
  assert.deepEqual(choices.ROLE_NAMES, Object.keys(ROLES));
  for (const verb of choices.TOKEN_VERB_NAMES) assert.ok(VERBS.includes(verb));
});
