import assert from 'node:assert/strict';
import test from 'node:test';
import { nextPathState, PATH_TRANSITIONS, type PathEvent, type PathState } from './index.ts';

const STATES: readonly PathState[] = [
  'untried',
  'validating',
  'carrying',
  'suspect',
  'parked',
  'closed',
];
const EVENTS: readonly PathEvent[] = [
  'validate',
  'heard',
  'late',
  'silent',
  'lost',
  'found',
  'close',
];

/** Written by hand, apart from the table: a column per event in the order of EVENTS. */
const EXPECTED: Readonly<Record<PathState, readonly PathState[]>> = {
  //          validate      heard       late       silent    lost       found      close
  untried: ['validating', 'untried', 'untried', 'untried', 'untried', 'untried', 'closed'],
  validating: ['validating', 'carrying', 'validating', 'parked', 'untried', 'validating', 'closed'],
  carrying: ['validating', 'carrying', 'suspect', 'carrying', 'untried', 'carrying', 'closed'],
  suspect: ['validating', 'carrying', 'suspect', 'parked', 'untried', 'suspect', 'closed'],
  parked: ['validating', 'carrying', 'parked', 'parked', 'untried', 'parked', 'closed'],
  closed: ['closed', 'closed', 'closed', 'closed', 'closed', 'untried', 'closed'],
};

for (const state of STATES) {
  for (const [column, event] of EVENTS.entries()) {
    const to = EXPECTED[state][column] ?? assert.fail('a column for each event');
    test(`a path that is ${state} and meets '${event}' is ${to}`, () => {
      assert.equal(nextPathState(state, event), to);
    });
  }
}

test('the table of transitions names no state or event besides these', () => {
  assert.deepEqual(Object.keys(PATH_TRANSITIONS).toSorted(), STATES.toSorted());
  for (const row of Object.values(PATH_TRANSITIONS)) {
    for (const event of Object.keys(row)) assert.ok(EVENTS.includes(event as PathEvent), event);
  }
});

test('only an answer lets a path carry, and doubt never stops it from being heard', () => {
  for (const state of STATES) {
    for (const event of EVENTS) {
      const next = nextPathState(state, event);
      if (next === 'carrying' && state !== 'carrying') assert.equal(event, 'heard');
    }
  }
  for (const state of ['validating', 'suspect', 'parked'] as const) {
    assert.equal(nextPathState(state, 'heard'), 'carrying');
  }
});
