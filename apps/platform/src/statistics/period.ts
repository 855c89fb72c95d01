// Which buckets add up to a span of time. Pure.
//
// Up to three days: exact to the minute, from as few rows as give that (days, then quarters, then
// minutes at the ends). Longer: whole days of Norway, widened outwards; the answer says so.
const MINUTE_MS = 60_000;
const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const EXACT_MS = 3 * DAY_MS;
// Quarters are rebuilt a minute after they are over and have settled; until then, minutes.
const QUARTER_READY_MS = 300_000;

/** Rows of `stepS` that begin in [fromMs, toMs). */
export interface Part {
  readonly stepS: 60 | 900 | 86_400;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
  readonly parts: readonly Part[];
}

export function periodOf(fromMs: number, toMs: number, nowMs: number): Period {
  if (toMs - fromMs > EXACT_MS) return wholeDays(fromMs, toMs);
  const from = floor(fromMs, MINUTE_MS);
  const to = ceiling(toMs, MINUTE_MS);
  const readyMs = floor(nowMs - QUARTER_READY_MS, QUARTER_MS);
  const firstQuarter = ceiling(from, QUARTER_MS);
  const lastQuarter = Math.min(floor(to, QUARTER_MS), readyMs);
  if (firstQuarter >= lastQuarter) {
    return { fromMs: from, toMs: to, parts: [{ stepS: 60, fromMs: from, toMs: to }] };
  }
  const parts: Part[] = [
    { stepS: 60, fromMs: from, toMs: firstQuarter },
    { stepS: 900, fromMs: firstQuarter, toMs: lastQuarter },
    { stepS: 60, fromMs: lastQuarter, toMs: to },
  ];
  return { fromMs: from, toMs: to, parts: parts.filter((part) => part.fromMs < part.toMs) };
}

function wholeDays(fromMs: number, toMs: number): Period {
  const from = dayStart(fromMs);
  const lastDay = dayStart(toMs);
  const to = lastDay === toMs ? toMs : nextDay(lastDay);
  return { fromMs: from, toMs: to, parts: [{ stepS: 86_400, fromMs: from, toMs: to }] };
}

const floor = (ms: number, step: number) => Math.floor(ms / step) * step;
const ceiling = (ms: number, step: number) => Math.ceil(ms / step) * step;

const OSLO = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Oslo',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

interface Wall {
  /** 'YYYY-MM-DD'. */
  readonly day: string;
  readonly sinceMidnightMs: number;
}

function wallOf(ms: number): Wall {
  const parts = new Map(OSLO.formatToParts(ms).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  const seconds = number('hour') * 3_600 + number('minute') * 60 + number('second');
  const day = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
  return { day, sinceMidnightMs: seconds * 1_000 + (ms % 1_000) };
}

/** The day in Norway, 'YYYY-MM-DD'. */
export const dayOf = (ms: number): string => wallOf(ms).day;

/** When the day of Norway around `ms` began. */
export function dayStart(ms: number): number {
  const guess = ms - wallOf(ms).sinceMidnightMs;
  // The clock changed since midnight: the guess is an hour before or after it.
  const { sinceMidnightMs } = wallOf(guess);
  if (sinceMidnightMs === 0) return guess;
  return sinceMidnightMs > DAY_MS / 2 ? guess + DAY_MS - sinceMidnightMs : guess - sinceMidnightMs;
}

export function nextDay(startMs: number): number {
  return dayStart(startMs + 36 * 3_600_000);
}
