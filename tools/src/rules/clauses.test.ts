import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listFiles } from '../checkout.ts';
import { type Citing, clauseViolations, PROTOCOL, readClauses } from './clauses.ts';
import { assertNone, loadWorkspaces, readText } from './workspaces.ts';

test('every clause cited is in the protocol, and every clause in force is cited', () => {
  const protocol = listFiles('docs').includes(PROTOCOL) ? readText(PROTOCOL) : '';
  // tools/ speaks about clauses, and its controls cite some that do not exist.
  const citing = loadWorkspaces()
    .filter(({ folder }) => folder !== 'tools')
    .flatMap(({ sources }) => sources.map(({ path, facts }) => ({ path, prose: facts.prose })));
  assertNone(clauseViolations(readClauses(protocol), citing));
});

function citing(...texts: string[]): Citing[] {
  return [{ path: 'a.ts', prose: texts.map((text) => ({ text, line: 1 })) }];
}

function rules(protocol: string, ...cited: string[]): string[] {
  return clauseViolations(readClauses(protocol), citing(...cited)).map(({ rule }) => rule);
}

test('a clause that is defined and cited passes', () => {
  assert.deepEqual(rules('**[WIRE-1]** A byte.', ' [WIRE-1] zero is zero'), []);
});

test('a citation of nothing is refused', () => {
  assert.deepEqual(rules('', '[WIRE-1]'), [`[WIRE-1] is not in ${PROTOCOL}`]);
});

test('a clause that nobody cites is refused', () => {
  assert.deepEqual(rules('**[WIRE-1]** A byte.'), ['[WIRE-1] is cited nowhere']);
});

test('a clause that only the protocol itself cites is refused', () => {
  const protocol = '**[WIRE-1]** A byte.\n**[WIRE-2]** As [WIRE-1].';
  assert.deepEqual(rules(protocol, '[WIRE-2]'), ['[WIRE-1] is cited nowhere']);
});

test('a clause defined twice is refused', () => {
  const protocol = '**[WIRE-1]** A byte.\n**[WIRE-1]** Another.';
  assert.deepEqual(rules(protocol, '[WIRE-1]'), ['[WIRE-1] is defined twice']);
});

test('a reserved clause need not be cited, until its section ends', () => {
  const protocol = '## Reserved\n### Later\n**[WIRE-8]** A.\n## In force\n**[WIRE-9]** B.';
  assert.deepEqual(rules(protocol), ['[WIRE-9] is cited nowhere']);
});
