// What was counted, and how it is told.
export type Failure = { where: string; name: string; detail: string };
export type Skip = { where: string; name: string; reason: string };
export type Tally = { passed: number; failures: Failure[]; skips: Skip[] };

export function emptyTally(): Tally {
  return { passed: 0, failures: [], skips: [] };
}

export function sumTallies(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failures: tallies.flatMap(({ failures }) => failures),
    skips: tallies.flatMap(({ skips }) => skips),
  };
}

// Recordings that others gave are no part of the checkout, and nothing installs them.
const OUTSIDE = 'outside the checkout:';

// Where everything can be installed, a skip hides that something no longer works.
export function withSkipsAsFailures(tally: Tally): Tally {
  const isOutside = ({ reason }: Skip): boolean => reason.startsWith(OUTSIDE);
  const turned = tally.skips
    .filter((skip) => !isOutside(skip))
    .map(({ where, name, reason }) => ({
      where,
      name,
      detail: `skipped, and a skip is a failure here: ${reason}`,
    }));
  const { passed, failures, skips } = tally;
  return { passed, failures: [...failures, ...turned], skips: skips.filter(isOutside) };
}

// A run that counted nothing has proved nothing.
export function isSuccess(tally: Tally): boolean {
  return tally.failures.length === 0 && tally.passed > 0;
}

export function tallyText({ passed, failures, skips }: Tally): string {
  const counted = `${passed} passed, ${failures.length} failed`;
  return skips.length === 0 ? counted : `${counted}, ${skips.length} skipped`;
}

export function secondsText(startedMs: number): string {
  return `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
}
