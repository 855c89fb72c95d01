import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type Silence, silenceVerdict } from './silence.ts';

function run(states: ('connecting' | 'established' | 'unreachable')[], usable = 1): string[] {
  const said: string[] = [];
  let silence: Silence | null = null;
  states.forEach((state, i) => {
    const verdict = silenceVerdict(silence, state, usable, i * 5000);
    silence = verdict.next;
    if (verdict.kind !== 'quiet') said.push(`${verdict.kind} ${verdict.seconds}`);
  });
  return said;
}

test('a gateway that answers within 15 s is never called silent', () => {
  assert.deepEqual(run(['connecting', 'connecting', 'established', 'connecting']), []);
});

test('silence is said after 15 s, then ever more seldom, and its end is said', () => {
  const states = [...Array<'connecting'>(49).fill('connecting'), 'established' as const];
  assert.deepEqual(run(states), [
    'silent 15',
    'silent 30',
    'silent 60',
    'silent 120',
    'silent 240',
    'heard 245',
  ]);
});

test('it is said at least every ten minutes', () => {
  const said = run(Array<'unreachable'>(12 * 60).fill('unreachable'));
  assert.equal(said.at(-1), 'silent 3360');
  assert.ok(said.length < 13);
});

test('without any carrier, silence is no news', () => {
  assert.deepEqual(run(Array<'connecting'>(20).fill('connecting'), 0), []);
});
