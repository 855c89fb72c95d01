import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { listFiles, ROOT } from '../checkout.ts';
import { readCommands } from './readme.ts';
import { readText } from './workspaces.ts';

// How each command of README.md is kept true. A new command in README.md needs a row.
type Keeper =
  // Run here, as it is written; it must end well and soon.
  | { kind: 'runsHere' }
  // Run by this test file, which must hold every word of the command.
  | { kind: 'runBy'; file: string; words: readonly string[] }
  // The command that runs this test.
  | { kind: 'runsThis' }
  // Not a command of ours; the reason why it cannot rot.
  | { kind: 'foreign'; reason: string };

const KEEPERS: Readonly<Record<string, Keeper>> = {
  './rmh --help': { kind: 'runsHere' },
  './rmh test': { kind: 'runsThis' },
};

const commands = readCommands(readText('README.md'));
const RUN_TIMEOUT_MS = 20_000;

for (const { text, line } of commands) {
  test(`README.md:${line}: ${text}`, (t) => {
    const keeper = KEEPERS[text];
    assert.ok(
      keeper !== undefined,
      `"${text}" has no row in KEEPERS of tools/src/rules/readme.test.ts`,
    );
    if (keeper.kind === 'runsHere') assertRuns(text);
    if (keeper.kind === 'runBy') assertRunBy(keeper.file, keeper.words);
    if (keeper.kind === 'foreign') t.diagnostic(keeper.reason);
  });
}

function assertRuns(command: string): void {
  const { status, stderr } = spawnSync('sh', ['-c', command], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: RUN_TIMEOUT_MS,
  });
  assert.equal(status, 0, stderr);
}

function assertRunBy(file: string, words: readonly string[]): void {
  assert.ok(listFiles().includes(file), `${file} does not exist`);
  const text = readText(file);
  assert.deepEqual(
    words.filter((word) => !text.includes(word)),
    [],
    `${file} no longer holds these words of the command`,
  );
}

test('README.md shows how to start and how to test', () => {
  const texts = commands.map(({ text }) => text);
  assert.ok(texts.includes('./rmh test'), texts.join('\n'));
});

test('KEEPERS names no command that README.md dropped', () => {
  const texts = new Set(commands.map(({ text }) => text));
  assert.deepEqual(
    Object.keys(KEEPERS).filter((text) => !texts.has(text)),
    [],
  );
});

test('readCommands reads sh blocks, drops prompts and comments, and joins lines', () => {
  const markdown = [
    '```sh',
    '# only a comment',
    '$ ./rmh up   # the whole system',
    './rmh lab \\',
    '  --seconds 16',
    '```',
    '```json',
    '{ "not": "a command" }',
    '```',
    'Neither is `this`.',
  ].join('\n');
  assert.deepEqual(readCommands(markdown), [
    { text: './rmh up', line: 3 },
    { text: './rmh lab --seconds 16', line: 4 },
  ]);
});
