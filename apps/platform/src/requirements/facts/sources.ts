// How facts are gathered: each source answers for all subjects at once, and knows its own facts.
import type { FactFigures } from '@rmh/contract/api';
import type { Sql } from '../../db/database.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** What "the last 30 days" means in facts. */
export const SPAN_MS = 30 * DAY_MS;

/** By the subject's id: a vehicle's, or an organisation's. */
export type FiguresById = ReadonlyMap<number, FactFigures>;

export type Source = (sql: Sql, nowMs: number) => Promise<FiguresById>;

/** One after another: on the embedded database there is one connection to ask. */
export async function gather(
  sources: readonly Source[],
  sql: Sql,
  nowMs: number,
): Promise<FiguresById> {
  const whole = new Map<number, FactFigures>();
  for (const source of sources) {
    for (const [id, figures] of await source(sql, nowMs)) {
      whole.set(id, { ...whole.get(id), ...figures });
    }
  }
  return whole;
}

/** A part of a whole; of nothing there is no part. */
export const partOf = (part: number, whole: number): number | null =>
  whole > 0 ? part / whole : null;
