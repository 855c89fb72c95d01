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
  // Too long to run here: its --help, which is run here, must name every option of the command.
  | { kind: 'optionsHere' }
  // The command that runs this test.
  | { kind: 'runsThis' }
  // Not a command of ours; the reason why it cannot rot.
  | { kind: 'foreign'; reason: string };

const KEEPERS: Readonly<Record<string, Keeper>> = {
  './rmh up': { kind: 'optionsHere' },
  './rmh up --seconds 60 --lang nb': { kind: 'optionsHere' },
  './rmh up --fleet 2000': { kind: 'optionsHere' },
  './rmh up --data ./country --port 8081': { kind: 'optionsHere' },
  './rmh up --no-platform': { kind: 'optionsHere' },
  './rmh lab fault telia:blackhole+20s': { kind: 'optionsHere' },
  './rmh lab fault gateway1:kill+10s': { kind: 'optionsHere' },
  './rmh lab fault platform:kill+120s': { kind: 'optionsHere' },
  './rmh test': { kind: 'runsThis' },
  './rmh --help': { kind: 'runsHere' },
  './rmh lab --paths "50mbit/15ms,30mbit/35ms" --faults "1:blackhole@3s+8s" --seconds 16': {
    kind: 'optionsHere',
  },
  './rmh lab --faults "gateway1:drain@5s" --seconds 30 --json -': { kind: 'optionsHere' },
  './rmh bench tunnel --json -': { kind: 'optionsHere' },
  './rmh sim --drives valley': { kind: 'optionsHere' },
  './rmh sim --mix silent --faults random --hours 10': { kind: 'optionsHere' },
  './rmh replay --baseline national --candidate lab/policies/one-path.yaml': {
    kind: 'optionsHere',
  },
  './rmh explain --at 14:02': { kind: 'optionsHere' },
  './rmh platform --config platform.yaml --check': { kind: 'optionsHere' },
  './rmh platform link --config platform.yaml': { kind: 'optionsHere' },
  './rmh platform backup --config platform.yaml --out backup.gz': { kind: 'optionsHere' },
  './rmh platform move --config platform.yaml --to postgres.yaml': { kind: 'optionsHere' },
  "./rmh enrol 'rmh1:…' --dir /etc/rmh": { kind: 'optionsHere' },
  './rmh unit --config unit.yaml --check': { kind: 'optionsHere' },
  './rmh gateway --config gateway.yaml --check': { kind: 'optionsHere' },
  './rmh status --watch': { kind: 'optionsHere' },
};

const commands = readCommands(readText('README.md'));
const RUN_TIMEOUT_MS = 20_000;
// Several commands of README.md are one verb's: it is asked once.
const HELPS = new Map<string, string>();

for (const { text, line } of commands) {
  test(`README.md:${line}: ${text}`, (t) => {
    const keeper = KEEPERS[text];
    assert.ok(
      keeper !== undefined,
      `"${text}" has no row in KEEPERS of tools/src/rules/readme.test.ts`,
    );
    if (keeper.kind === 'runsHere') assertRuns(text);
    if (keeper.kind === 'optionsHere') assertOptions(text);
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

function assertOptions(command: string): void {
  const [program = '', verb = ''] = command.split(' ');
  const lacking = optionsMissing(command, helpOf(program, verb));
  assert.deepEqual(lacking, [], `${program} ${verb} --help lacks these`);
}

function helpOf(program: string, verb: string): string {
  const known = HELPS.get(verb);
  if (known !== undefined) return known;
  const { status, stdout, stderr } = spawnSync(program, [verb, '--help'], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: RUN_TIMEOUT_MS,
  });
  assert.equal(status, 0, stderr);
  HELPS.set(verb, stdout);
  return stdout;
}

function optionsMissing(command: string, help: string): string[] {
  const known = new Set(help.match(/--[a-z][a-z-]*/g));
  return (command.match(/--[a-z][a-z-]*/g) ?? []).filter((option) => !known.has(option));
}

test('an option that the help does not name is missing, also one that only begins like it', () => {
  assert.deepEqual(optionsMissing('./rmh lab --seed 1', '--seed N, --seconds N'), []);
  assert.deepEqual(optionsMissing('./rmh lab --sec 1 --gone', '--seconds N'), ['--sec', '--gone']);
});

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
