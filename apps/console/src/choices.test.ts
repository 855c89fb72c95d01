import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ALARM_KINDS,
  CATALOGUE_KINDS,
  COMPARISON,
  COMPARISONS_MOST,
  INSTALLATION_POINTS,
  LAYER_KINDS,
  ORGANISATION_KINDS,
  REQUIREMENT_AREAS,
  REQUIREMENT_LEVELS,
  ROLES,
  SEVERITIES,
  STAGE_NAMES,
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
  assert.deepEqual(choices.REQUIREMENT_AREA_NAMES, REQUIREMENT_AREAS);
  assert.deepEqual(choices.REQUIREMENT_LEVEL_NAMES, REQUIREMENT_LEVELS);
  assert.deepEqual(choices.OPERATOR_NAMES, COMPARISON.shape.is.options);
  assert.equal(choices.COMPARISONS_MOST, COMPARISONS_MOST);
  assert.deepEqual(choices.ROLE_NAMES, Object.keys(ROLES));
  assert.deepEqual(choices.CATALOGUE_KIND_NAMES, CATALOGUE_KINDS);
  assert.deepEqual(choices.POINT_NAMES, INSTALLATION_POINTS);
  assert.deepEqual(choices.STAGE_COUNT_NAMES, STAGE_NAMES);
  for (const verb of choices.TOKEN_VERB_NAMES) assert.ok(VERBS.includes(verb));
});
