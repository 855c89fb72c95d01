// "50mbit/15ms,30mbit/35ms/1%": rate / one-way delay / loss, both directions alike, per carrier.
import type { FixedSource } from './config.ts';

export interface PathSpec extends FixedSource {
  /** carrier1, carrier2, … unless the text names it. */
  readonly name: string;
  readonly loss: number;
}

/** What the user wrote is not a path: the message says which part and what was expected. */
export class PathSyntaxError extends Error {
  override name = 'PathSyntaxError';
}

/** One poll loop serves 30 links; more paths than modems in any vehicle make no sense before. */
export const PATHS_MAX = 16;
const MBIT_MIN = 0.008; // one kilobyte a second
const MBIT_MAX = 10_000;
const DELAY_MS_MAX = 60_000;
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,13}$/; // and one digit makes an interface name
const UNITS = { kbit: 0.001, mbit: 1, gbit: 1000 } as const;
const EXPECTED = 'rate/delay or rate/delay/loss, as 50mbit/15ms/1%';

/** Carriers are called carrier1, carrier2, … in the order of the text. */
export function parsePaths(text: string): PathSpec[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length > PATHS_MAX) {
    throw new PathSyntaxError(`${parts.length} paths; at most ${PATHS_MAX} are possible`);
  }
  return parts.map((part, i) => parsePath(part, `carrier${i + 1}`, `path ${i + 1}`));
}

/** "telenor:50mbit/15ms/1%" */
export function parseLink(text: string): PathSpec {
  const { name, rest } = parseLinkName(text);
  if (rest === null)
    throw new PathSyntaxError(`link "${text}": name:path is expected (${EXPECTED})`);
  return parsePath(rest, name, `link ${name}`);
}

/** The name, and what follows its colon; null if nothing does. */
export function parseLinkName(text: string): { name: string; rest: string | null } {
  const colon = text.indexOf(':');
  const name = (colon < 0 ? text : text.slice(0, colon)).trim();
  if (!NAME.test(name)) {
    throw new PathSyntaxError(
      `link "${text}": "${name}" is no name (a letter, then up to 13 letters, digits, _ or -)`,
    );
  }
  return { name, rest: colon < 0 ? null : text.slice(colon + 1).trim() };
}

/** What parsePaths reads back to the same numbers. */
export function formatPath({ mbit, delayMs, loss = 0 }: FixedSource): string {
  return `${mbit}mbit/${delayMs}ms${loss > 0 ? `/${loss * 100}%` : ''}`;
}

function parsePath(text: string, name: string, of: string): PathSpec {
  const [rate = '', delay, loss, more] = text.split('/').map((part) => part.trim());
  if (text === '' || delay === undefined || more !== undefined) {
    throw new PathSyntaxError(`${of}: "${text}" is not ${EXPECTED}`);
  }
  return {
    name,
    mbit: parseRate(rate, of),
    delayMs: parseDelay(delay, of),
    loss: loss === undefined ? 0 : parseLoss(loss, of),
  };
}

function parseRate(text: string, of: string): number {
  const match = /^(\d+(?:\.\d+)?)(kbit|mbit|gbit)$/i.exec(text);
  if (match === null) {
    throw new PathSyntaxError(`${of}: rate "${text}" is no number with kbit, mbit or gbit`);
  }
  const unit = (match[2] ?? 'mbit').toLowerCase() as keyof typeof UNITS;
  const mbit = Number(match[1]) * UNITS[unit];
  if (mbit >= MBIT_MIN && mbit <= MBIT_MAX) return mbit;
  throw new PathSyntaxError(`${of}: rate "${text}" is not within 8kbit … 10gbit`);
}

function parseDelay(text: string, of: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s)$/i.exec(text);
  if (match === null) {
    throw new PathSyntaxError(`${of}: one-way delay "${text}" is no number with ms or s`);
  }
  const delayMs = Number(match[1]) * (match[2]?.toLowerCase() === 's' ? 1000 : 1);
  if (delayMs <= DELAY_MS_MAX) return delayMs;
  throw new PathSyntaxError(`${of}: one-way delay "${text}" is over 60s`);
}

function parseLoss(text: string, of: string): number {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  if (match === null) throw new PathSyntaxError(`${of}: loss "${text}" is no number with %`);
  const loss = Number(match[1]) / 100;
  if (loss <= 1) return loss;
  throw new PathSyntaxError(`${of}: loss "${text}" is over 100%`);
}
