/** We were wrong. Nobody catches this: the supervisor restarts the process. */
export class AssertionFailed extends Error {
  override name = 'AssertionFailed';
}

export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new AssertionFailed(claim);
}

/** The value is there, or we were wrong. */
export function present<T>(value: T | null | undefined, claim: string): T {
  if (value === null || value === undefined) throw new AssertionFailed(claim);
  return value;
}

/** A union was not handled to its end: a type error first, a crash second. */
export function unreachable(value: never): never {
  throw new AssertionFailed(`unreachable: ${JSON.stringify(value)}`);
}
