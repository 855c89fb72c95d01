// The times that `rmh explain --at` takes: 14:02, 14:02:11, or ISO 8601, by the local clock.

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** People are seldom right to the second. */
const AROUND_MS = 10_000;
const DAY_MS = 86_400_000;

/**
 * What is meant by `text`: a minute where no second is said, else ten seconds around it. A time
 * of day that is still to come is yesterday's. Null: no time.
 */
export function parseTime(text: string, nowMs: number): Span | null {
  const ofDay = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text.trim());
  if (ofDay === null) return parseIso(text.trim());
  const [, hour = '', minute = '', second] = ofDay;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return null;
  const now = new Date(nowMs);
  const on = (day: Date) =>
    new Date(
      day.getFullYear(),
      day.getMonth(),
      day.getDate(),
      Number(hour),
      Number(minute),
      Number(second ?? 0),
    ).getTime();
  const today = on(now);
  return spanOf(today > nowMs ? on(new Date(nowMs - DAY_MS)) : today, second !== undefined);
}

function parseIso(text: string): Span | null {
  const match = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  const atMs = match === null ? Number.NaN : Date.parse(text.replace(' ', 'T'));
  return Number.isNaN(atMs) ? null : spanOf(atMs, match?.[1] !== undefined);
}

function spanOf(atMs: number, toTheSecond: boolean): Span {
  if (!toTheSecond) return { fromMs: atMs, toMs: atMs + 60_000 };
  return { fromMs: atMs - AROUND_MS, toMs: atMs + AROUND_MS };
}
