import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose } from './choose.ts';
import { COMMANDS } from './commands.ts';

test('no word and --help ask for the list of commands', () => {
  for (const argv of [[], ['--help'], ['-h'], ['help']]) {
    assert.deepEqual(choose(argv, COMMANDS), { kind: 'help' });
  }
});

test('a command gets the rest of the line, untouched', () => {
  const choice = choose(['lab', '--help', '--', 'unit'], COMMANDS);
  assert.ok(choice.kind === 'run');
  assert.equal(choice.command.name, 'lab');
  assert.deepEqual(choice.argv, ['--help', '--', 'unit']);
});

test('"help unit" is "unit --help"', () => {
  const choice = choose(['help', 'unit'], COMMANDS);
  assert.ok(choice.kind === 'run');
  assert.equal(choice.command.name, 'unit');
  assert.deepEqual(choice.argv, ['--help']);
});

test('a slip is answered with the nearest command', () => {
  const nearest = (word: string): string | null => {
    const choice = choose([word], COMMANDS);
    assert.ok(choice.kind === 'unknown');
    return choice.nearest;
  };
  assert.equal(nearest('gatway'), 'gateway');
  assert.equal(nearest('untit'), 'unit');
  assert.equal(nearest('carrier'), 'carriers');
  assert.equal(nearest('banana'), null);
  assert.equal(nearest('toString'), null);
});

test('every command has a name and a summary of its own', () => {
  assert.equal(new Set(COMMANDS.map(({ name }) => name)).size, COMMANDS.length);
  assert.equal(new Set(COMMANDS.map(({ summary }) => summary)).size, COMMANDS.length);
});

for (const { name, load } of COMMANDS) {
  test(`the module of "${name}" loads and gives a function`, async () => {
    assert.equal(typeof (await load()), 'function');
  });
}
