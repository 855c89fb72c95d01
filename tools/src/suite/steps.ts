// The steps of `rmh test`, in order: what is quick and finds most comes first.
export type CommandStep = {
  kind: 'command';
  name: string;
  // A path in the checkout, run with this Node.
  script: string;
  args: readonly string[];
};

export type FilesStep = {
  kind: 'files';
  name: string;
  matches: (path: string) => boolean;
  // These begin before the others: a long one that begins last keeps a core waiting alone.
  isLong?: (path: string) => boolean;
  // Processes at once. One where a test measures time: the machine may have two cores only.
  concurrency: number;
  filesPerProcess: number;
  timeoutMs: number;
  env: Readonly<Record<string, string>>;
  needsRealPeers: boolean;
  fast: boolean;
};

export type Step = CommandStep | FilesStep;

// Enough for a fuzz test to meet every branch by luck, few enough for each run of the
// tests. The long campaign sets RMH_FUZZ_RUNS itself and is not lowered to this.
const FUZZ_RUNS_DEFAULT = '2000';

const TYPES: CommandStep = {
  kind: 'command',
  name: 'types',
  script: 'node_modules/typescript/bin/tsc',
  args: ['--noEmit', '--pretty', 'false'],
};

// The console runs in a browser: its globals are no others' business, so it has its own program.
const TYPES_CONSOLE: CommandStep = {
  kind: 'command',
  name: 'types of the console',
  script: 'node_modules/typescript/bin/tsc',
  args: ['--noEmit', '--pretty', 'false', '-p', 'apps/console'],
};

const FORMAT: CommandStep = {
  kind: 'command',
  name: 'format',
  script: 'node_modules/@biomejs/biome/bin/biome',
  args: ['check', '--error-on-warnings', '--colors=off', '.'],
};

const LINT: CommandStep = {
  kind: 'command',
  name: 'lint',
  script: 'node_modules/oxlint/bin/oxlint',
  args: ['--type-aware', '--deny-warnings', '--format=unix'],
};

const HOUSE_RULES: FilesStep = {
  kind: 'files',
  name: 'house rules',
  matches: (path) => path.startsWith('tools/') && path.endsWith('.test.ts'),
  isLong: (path) => /\/(readme|test-process)\.test/.test(path),
  concurrency: 2,
  filesPerProcess: 1,
  timeoutMs: 120_000,
  env: {},
  needsRealPeers: false,
  fast: true,
};

const isUnitTest = (path: string): boolean =>
  !path.startsWith('tools/') && path.endsWith('.test.ts') && !path.endsWith('.e2e.test.ts');

const isOfPlatform = (path: string): boolean => path.startsWith('apps/platform/');
const isOfLab = (path: string): boolean => path.startsWith('lab/');

// Most take less time than Node takes to start.
const UNIT_TESTS: FilesStep = {
  kind: 'files',
  name: 'unit tests',
  matches: (path) => isUnitTest(path) && !isOfPlatform(path) && !isOfLab(path),
  concurrency: 2,
  filesPerProcess: 8,
  timeoutMs: 300_000,
  env: {},
  needsRealPeers: false,
  fast: true,
};

// Seconds of computing each.
const UNIT_TESTS_LAB: FilesStep = {
  kind: 'files',
  name: 'unit tests, lab',
  matches: (path) => isUnitTest(path) && isOfLab(path),
  isLong: (path) => /\/(model|simulate|bonding|carriers)\.test/.test(path),
  concurrency: 2,
  filesPerProcess: 1,
  timeoutMs: 120_000,
  env: {},
  needsRealPeers: false,
  fast: true,
};

// Most open both databases, which costs seconds once a process and a moment from then on.
const UNIT_TESTS_PLATFORM: FilesStep = {
  kind: 'files',
  name: 'unit tests, platform',
  matches: (path) => isUnitTest(path) && isOfPlatform(path),
  concurrency: 2,
  filesPerProcess: 12,
  timeoutMs: 300_000,
  env: {},
  needsRealPeers: false,
  fast: true,
};

const FUZZ: FilesStep = {
  kind: 'files',
  name: 'fuzz',
  matches: (path) => path.endsWith('.fuzz.ts'),
  isLong: (path) => path.endsWith('/fec.fuzz.ts'),
  concurrency: 2,
  filesPerProcess: 1,
  timeoutMs: 120_000,
  env: { RMH_FUZZ_RUNS: process.env['RMH_FUZZ_RUNS'] ?? FUZZ_RUNS_DEFAULT },
  needsRealPeers: false,
  fast: false,
};

// Once, before those who need it: three that start at the same time would each build it.
const CONSOLE: CommandStep = {
  kind: 'command',
  name: 'console, built',
  script: 'apps/console/src/build/main.ts',
  args: [],
};

// Browsers, databases, and those who wait for a message: slow, and indifferent to how slow.
const isPatient = (path: string): boolean =>
  path.startsWith('apps/') || /\/(blows|two-platforms|errors|operations|roles)\.e2e/.test(path);

const END_TO_END_PATIENT: FilesStep = {
  kind: 'files',
  name: 'end to end, patient',
  matches: (path) => path.endsWith('.e2e.test.ts') && isPatient(path),
  isLong: (path) => /\/(roles|blows|managed-pages)\.e2e/.test(path),
  // One more than there are cores: each waits for something half of its time.
  concurrency: 3,
  filesPerProcess: 1,
  timeoutMs: 300_000,
  env: {},
  needsRealPeers: true,
  fast: false,
};

const END_TO_END: FilesStep = {
  kind: 'files',
  name: 'end to end',
  matches: (path) => path.endsWith('.e2e.test.ts') && !isPatient(path),
  concurrency: 1,
  filesPerProcess: 1,
  timeoutMs: 300_000,
  env: {},
  needsRealPeers: true,
  fast: false,
};

// Small: they only show that they work, so two at once do no harm.
const BENCHES: FilesStep = {
  kind: 'files',
  name: 'benches, small',
  matches: (path) => path.endsWith('.bench.ts'),
  concurrency: 2,
  filesPerProcess: 1,
  timeoutMs: 120_000,
  env: { RMH_BENCH: 'small' },
  needsRealPeers: true,
  fast: false,
};

export const CHECK_STEPS: readonly Step[] = [TYPES, TYPES_CONSOLE, FORMAT, LINT, HOUSE_RULES];
export const TEST_STEPS: readonly Step[] = [
  ...CHECK_STEPS,
  UNIT_TESTS,
  UNIT_TESTS_LAB,
  UNIT_TESTS_PLATFORM,
  FUZZ,
  CONSOLE,
  END_TO_END_PATIENT,
  END_TO_END,
  BENCHES,
];
