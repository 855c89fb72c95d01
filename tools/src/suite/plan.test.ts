import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OptionsResult, parseTestOptions } from './options.ts';
import { needsRealPeers, type PlannedStep, planSteps } from './plan.ts';
import { TEST_STEPS } from './steps.ts';
import { isSuccess, sumTallies, tallyText, withSkipsAsFailures } from './tally.ts';

const PATHS = [
  'apps/console/src/pages.e2e.test.ts',
  'apps/platform/src/db/migrate.test.ts',
  'lab/src/runner/tunnel.e2e.test.ts',
  'lab/src/sim/world.test.ts',
  'packages/wire/src/frames.bench.ts',
  'packages/wire/src/frames.fuzz.ts',
  'packages/wire/src/frames.test.ts',
  'packages/wire/src/frames.ts',
  'tools/src/rules/sizes.test.ts',
];

function plan(only: string | null, fast = false): PlannedStep[] {
  return planSteps(TEST_STEPS, PATHS, { only, fast });
}

function told(planned: readonly PlannedStep[]): string[] {
  return planned.map((one) =>
    one.kind === 'command' ? one.step.name : `${one.step.name}: ${one.files.join(' ')}`,
  );
}

test('a full run checks first, and runs each test file in exactly one step', () => {
  assert.deepEqual(told(plan(null)), [
    'types',
    'types of the console',
    'format',
    'lint',
    'house rules: tools/src/rules/sizes.test.ts',
    'unit tests: packages/wire/src/frames.test.ts',
    'unit tests, lab: lab/src/sim/world.test.ts',
    'unit tests, platform: apps/platform/src/db/migrate.test.ts',
    'fuzz: packages/wire/src/frames.fuzz.ts',
    'console, built',
    'end to end, patient: apps/console/src/pages.e2e.test.ts',
    'end to end: lab/src/runner/tunnel.e2e.test.ts',
    'benches, small: packages/wire/src/frames.bench.ts',
  ]);
});

test('--fast runs the house rules and the unit tests', () => {
  assert.deepEqual(told(plan(null, true)), [
    'house rules: tools/src/rules/sizes.test.ts',
    'unit tests: packages/wire/src/frames.test.ts',
    'unit tests, lab: lab/src/sim/world.test.ts',
    'unit tests, platform: apps/platform/src/db/migrate.test.ts',
  ]);
});

test('--only takes a step by its name, or files by their path', () => {
  assert.deepEqual(told(plan('lint')), ['lint']);
  assert.deepEqual(told(plan('fuzz')), ['fuzz: packages/wire/src/frames.fuzz.ts']);
  assert.deepEqual(told(plan('wire')), [
    'unit tests: packages/wire/src/frames.test.ts',
    'fuzz: packages/wire/src/frames.fuzz.ts',
    'benches, small: packages/wire/src/frames.bench.ts',
  ]);
  assert.deepEqual(plan('nothing has this name'), []);
});

test('what takes long begins first', () => {
  const [fuzz] = planSteps(TEST_STEPS, ['a/a.fuzz.ts', 'b/fec.fuzz.ts'], {
    only: 'fuzz',
    fast: false,
  });
  assert.deepEqual(fuzz?.kind === 'files' && fuzz.files, ['b/fec.fuzz.ts', 'a/a.fuzz.ts']);
});

test('a step whose pattern finds no file stays in a full run, where it fails', () => {
  const planned = planSteps(TEST_STEPS, [], { only: null, fast: false });
  assert.equal(planned.length, TEST_STEPS.length);
});

test('real peers are asked for only where a step needs them', () => {
  assert.ok(needsRealPeers(plan(null)));
  assert.ok(!needsRealPeers(plan(null, true)));
  assert.ok(!needsRealPeers(plan('fuzz')));
});

test('options are read, and what is not understood is refused', () => {
  const read = (...argv: string[]): OptionsResult => parseTestOptions(argv);
  const options = { only: 'wire', fast: true, verbose: false };
  assert.deepEqual(read('--only', 'wire', '--fast'), { kind: 'options', options });
  assert.deepEqual(read('--fast', '--only=wire'), { kind: 'options', options });
  assert.equal(read('--help').kind, 'help');
  assert.deepEqual(read('--only'), { kind: 'refused', reason: '--only needs a PATTERN' });
  assert.deepEqual(read('--fsat'), { kind: 'refused', reason: 'unknown option "--fsat"' });
});

const SKIPPED = {
  passed: 2,
  failures: [],
  skips: [{ where: 'a.ts', name: 'b', reason: 'no tun' }],
};

test('the last line counts, and names skips only where there are some', () => {
  assert.equal(tallyText(sumTallies([SKIPPED, SKIPPED])), '4 passed, 0 failed, 2 skipped');
  assert.equal(tallyText(sumTallies([])), '0 passed, 0 failed');
});

test('a skip is a failure where everything can be installed', () => {
  const strict = withSkipsAsFailures(SKIPPED);
  assert.equal(tallyText(strict), '2 passed, 1 failed');
  assert.match(strict.failures[0]?.detail ?? '', /no tun/);
  assert.ok(isSuccess(SKIPPED));
  assert.ok(!isSuccess(strict));
});

test('what nothing can install is told as a skip, and fails nowhere', () => {
  const skips = [{ where: 'a.ts', name: 'b', reason: 'outside the checkout: no drives' }];
  const strict = withSkipsAsFailures({ ...SKIPPED, skips });
  assert.equal(tallyText(strict), '2 passed, 0 failed, 1 skipped');
  assert.ok(isSuccess(strict));
});

test('a run that counted nothing is no success', () => {
  assert.ok(!isSuccess(sumTallies([])));
});
