/** Half-open stretches of time, ascending and apart. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

export function totalMs(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}

export function intersect(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const both: Interval[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [one, other] = [a[i], b[j]];
    if (one === undefined || other === undefined) break;
    const fromMs = Math.max(one.fromMs, other.fromMs);
    const toMs = Math.min(one.toMs, other.toMs);
    if (fromMs < toMs) both.push({ fromMs, toMs });
    if (one.toMs < other.toMs) i++;
    else j++;
  }
  return both;
}

/** Joins what touches. */
export function joined(ascending: Iterable<Interval>): Interval[] {
  const out: Interval[] = [];
  for (const { fromMs, toMs } of ascending) {
    const last = out.at(-1);
    if (last !== undefined && fromMs <= last.toMs)
      out[out.length - 1] = { fromMs: last.fromMs, toMs };
    else out.push({ fromMs, toMs });
  }
  return out;
}
