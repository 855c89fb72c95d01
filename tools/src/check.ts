// rmh check
import { CHECK_STEPS } from './suite/steps.ts';
import { runSuite } from './suite/suite.ts';

const EXIT_USAGE = 2;

export async function run(argv: string[]): Promise<number> {
  const [word] = argv;
  if (word === undefined) {
    return await runSuite(CHECK_STEPS, { only: null, fast: false, verbose: false });
  }
  process.stdout.write('rmh check: types, format, lint and house rules; takes no options\n');
  return word === '--help' || word === '-h' ? 0 : EXIT_USAGE;
}
