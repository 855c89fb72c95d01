// Numbers and times as people in a Norwegian control room read them: always Europe/Oslo, always
// 24 hours, a decimal comma in bokmål.
import type { Language } from './words/say.ts';

const ZONE = 'Europe/Oslo';
const LOCALES: Readonly<Record<Language, string>> = { nb: 'nb-NO', en: 'en-GB' };

type Style = 'clock' | 'seconds' | 'day' | 'dayClock' | 'date' | 'month';
const STYLES: Readonly<Record<Style, Intl.DateTimeFormatOptions>> = {
  clock: { hour: '2-digit', minute: '2-digit' },
  seconds: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  day: { day: 'numeric', month: 'short' },
  dayClock: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  date: { day: '2-digit', month: '2-digit', year: 'numeric' },
  month: { month: 'short', year: 'numeric' },
};

// Making a formatter costs 50 µs and more; a list of 500 rows asks a thousand times.
const formatters = new Map<string, Intl.DateTimeFormat>();

export type Instant = string | number;

export function timeText(language: Language, style: Style, at: Instant): string {
  const key = language + style;
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    const options = { ...STYLES[style], timeZone: ZONE, hourCycle: 'h23' } as const;
    formatter = new Intl.DateTimeFormat(LOCALES[language], options);
    formatters.set(key, formatter);
  }
  return formatter.format(new Date(at));
}

/** The months that are over, the newest first, each by its first day: 'YYYY-MM-01'. */
export function monthsBefore(nowMs: number, count: number): string[] {
  // Sweden writes the day as the API does.
  const today = new Date(nowMs).toLocaleDateString('sv-SE', { timeZone: ZONE });
  const [year = 0, month = 0] = today.split('-').map(Number);
  return Array.from({ length: count }, (_, back) => {
    return new Date(Date.UTC(year, month - 2 - back, 1)).toISOString().slice(0, 10);
  });
}

/** '14:02' today, '24. nov. 14:02' on another day. */
export function whenText(language: Language, at: Instant, nowMs: number): string {
  const today = timeText(language, 'date', at) === timeText(language, 'date', nowMs);
  return timeText(language, today ? 'clock' : 'dayClock', at);
}

/** Milliseconds as '60 ms', '2,3 s', '4 min', '2 t 5 min', '3 d': two units at most. */
export function spanText(language: Language, ms: number): string {
  const hour = language === 'nb' ? 't' : 'h';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 9.95) return `${decimals(language, seconds, 1)} s`;
  if (seconds < 119.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return joined(`${hours} ${hour}`, minutes % 60, 'min');
  return joined(`${Math.floor(hours / 24)} d`, hours % 24, hour);
}

function joined(first: string, rest: number, unit: string): string {
  return rest === 0 ? first : `${first} ${rest} ${unit}`;
}

export function decimals(language: Language, value: number, digits: number): string {
  return value.toLocaleString(LOCALES[language], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** As many decimals as it has. */
export function numberText(language: Language, value: number): string {
  return value.toLocaleString(LOCALES[language], { maximumFractionDigits: 6 });
}

export function countText(language: Language, value: number): string {
  return Math.round(value).toLocaleString(LOCALES[language]);
}

/** Øre as '48 700,33 kr'. */
export function kroneText(language: Language, ore: number): string {
  const amount = { style: 'currency', currency: 'NOK' } as const;
  return (ore / 100).toLocaleString(LOCALES[language], amount);
}

/**
 * A share as per cent. Near 1 it takes as many decimals as the shortfall needs, and it is cut
 * rather than rounded: 0.999996 is never shown as 100 %.
 */
export function shareText(language: Language, share: number | null): string {
  if (share === null) return '–';
  const percent = share * 100;
  const digits = percent === 0 || percent === 100 ? 0 : percent > 99 ? 3 : 1;
  const scale = 10 ** digits;
  const cut = Math.floor(percent * scale + 1e-9) / scale;
  return `${decimals(language, cut, digits)}\u00a0%`;
}

export function bytesText(language: Language, bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${decimals(language, value, unit > 0 && value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** Minutes a day without service: what an availability means for a crew. */
export function minutesPerDay(share: number | null): number | null {
  return share === null ? null : (1 - share) * 1_440;
}
