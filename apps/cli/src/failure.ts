// How a failure of a command is shown. One that the catalogue foresees is a line and a hint
// for a person; any other is ours to mend, so the whole stack is shown.
import { RmhError } from '@rmh/contract';

// What a person must mend ends with 2, as a daemon does: systemd leaves that alone.
const EXIT_HEALS = 1;
const EXIT_NEEDS_A_PERSON = 2;
const EXIT_UNEXPECTED = 1;

export type Failure = { text: string; exitCode: number };

export function describeFailure(commandName: string, error: unknown): Failure {
  if (error instanceof RmhError) {
    return {
      text: `rmh ${commandName}: ${error.describe()}`,
      exitCode: error.heals ? EXIT_HEALS : EXIT_NEEDS_A_PERSON,
    };
  }
  return {
    text: `rmh ${commandName}: unexpected error, please report it\n${stacks(error)}`,
    exitCode: EXIT_UNEXPECTED,
  };
}

function stacks(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${stacks(error.cause)}`;
}
