// How a failure of a command is shown. A failure that the project foresaw carries a
// catalogued code and is one line for a person; any other is ours to mend, so the whole
// stack is shown. The form is structural: who throws needs no class from the CLI.
export type CataloguedError = Error & { readonly code: string };

// RMH_CONFIG_INVALID and the like. Node's own codes (ENOENT, ERR_...) are not ours: such
// an error reaching main means that nobody named the recovery, so it shows its stack.
const CATALOGUED_CODE = /^RMH_[A-Z][A-Z0-9_]*$/;

export function isCatalogued(error: unknown): error is CataloguedError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    CATALOGUED_CODE.test(error.code)
  );
}

export function describeFailure(commandName: string, error: unknown): string {
  if (isCatalogued(error)) return `rmh ${commandName}: ${error.message} (${error.code})`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const cause = error instanceof Error && error.cause !== undefined ? causeLine(error.cause) : '';
  return `rmh ${commandName}: unexpected error, please report it\n${stack}${cause}`;
}

function causeLine(cause: unknown): string {
  return `\ncaused by: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`;
}
