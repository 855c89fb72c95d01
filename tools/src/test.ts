// rmh test
import { parseTestOptions, TEST_HELP } from './suite/options.ts';
import { TEST_STEPS } from './suite/steps.ts';
import { runSuite } from './suite/suite.ts';

const EXIT_USAGE = 2;

export async function run(argv: string[]): Promise<number> {
  const parsed = parseTestOptions(argv);
  switch (parsed.kind) {
    case 'help':
      process.stdout.write(TEST_HELP);
      return 0;
    case 'refused':
      process.stderr.write(`rmh test: ${parsed.reason}\n\n${TEST_HELP}`);
      return EXIT_USAGE;
    case 'options':
      return await runSuite(TEST_STEPS, parsed.options);
  }
}
