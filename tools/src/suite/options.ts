// The options of `rmh test`.
export type TestOptions = {
  // Only steps and files whose name contains this.
  only: string | null;
  // Only the house rules and the unit tests.
  fast: boolean;
  // Show what the tests print, also when they pass.
  verbose: boolean;
};

export type OptionsResult =
  | { kind: 'options'; options: TestOptions }
  | { kind: 'help' }
  | { kind: 'refused'; reason: string };

export const TEST_HELP = `rmh test: check the code and run every test

  --only PATTERN   only steps and files whose name contains PATTERN
  --fast           only the house rules and the unit tests
  --verbose        show what the tests print, also when they pass

With CI=true a skipped test counts as a failure.
`;

export function parseTestOptions(argv: readonly string[]): OptionsResult {
  const options: TestOptions = { only: null, fast: false, verbose: false };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--help' || word === '-h') return { kind: 'help' };
    if (word === '--fast') options.fast = true;
    else if (word === '--verbose') options.verbose = true;
    else if (word.startsWith('--only=')) options.only = word.slice('--only='.length);
    else if (word === '--only') options.only = argv[++i] ?? '';
    else return { kind: 'refused', reason: `unknown option "${word}"` };
  }
  if (options.only === '') return { kind: 'refused', reason: '--only needs a PATTERN' };
  return { kind: 'options', options };
}
