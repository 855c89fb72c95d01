// Which buckets add up to a span of time. Pure.
//
// Up to three days: exact to the minute, from as few rows as give that (days, then quarters, then
// minutes at the ends). Longer: whole days of Norway, widened outwards; the answer says so. Weeks
// stand for their days once they are over.
const MINUTE_MS = 60_000;
const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const EXACT_MS = 3 * DAY_MS;
// Quarters are rebuilt a minute after they are over and have settled; until then, minutes.
const QUARTER_READY_MS = 300_000;
// The night's days are rebuilt first; until then, days.
const WEEK_READY_MS = 3_600_000;

/** Rows of `stepS` that begin in [fromMs, toMs). */
export interface Part {
  readonly stepS: 60 | 900 | 86_400 | 604_800;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
  readonly parts: readonly Part[];
}

export function periodOf(fromMs: number, toMs: number, nowMs: number): Period {
  if (toMs - fromMs > EXACT_MS) return wholeDays(fromMs, toMs, nowMs);
  const from = floor(fromMs, MINUTE_MS);
  const to = ceiling(toMs, MINUTE_MS);
  const readyMs = floor(nowMs - QUARTER_READY_MS, QUARTER_MS);
  const firstQuarter = ceiling(from, QUARTER_MS);
  const lastQuarter = Math.min(floor(to, QUARTER_MS), readyMs);
  return composed({ fromMs: from, toMs: to }, 60, [900, firstQuarter, lastQuarter]);
}

function wholeDays(fromMs: number, toMs: number, nowMs: number): Period {
  const from = dayStart(fromMs);
  const lastDay = dayStart(toMs);
  const to = lastDay === toMs ? toMs : nextDay(lastDay);
  const monday = weekStart(from);
  const firstWeek = monday === from ? from : weekAfter(monday);
  const lastWeek = Math.min(weekStart(to), weekStart(nowMs - WEEK_READY_MS));
  return composed({ fromMs: from, toMs: to }, 86_400, [604_800, firstWeek, lastWeek]);
}

/** The middle in large steps, if there is one, the ends in small ones. */
function composed(
  { fromMs, toMs }: Omit<Period, 'parts'>,
  small: Part['stepS'],
  [large, first, last]: [stepS: Part['stepS'], fromMs: number, toMs: number],
): Period {
  if (first >= last) return { fromMs, toMs, parts: [{ stepS: small, fromMs, toMs }] };
  const parts: Part[] = [
    { stepS: small, fromMs, toMs: first },
    { stepS: large, fromMs: first, toMs: last },
    { stepS: small, fromMs: last, toMs },
  ];
  return { fromMs, toMs, parts: parts.filter((part) => part.fromMs < part.toMs) };
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

/** When the week of Norway around `ms` began: on Monday. */
export function weekStart(ms: number): number {
  const today = dayStart(ms);
  const weekday = new Date(`${dayOf(ms)}T00:00Z`).getUTCDay();
  return dayStart(today + DAY_MS / 2 - ((weekday + 6) % 7) * DAY_MS);
}

const weekAfter = (startMs: number) => weekStart(startMs + 7.5 * DAY_MS);
