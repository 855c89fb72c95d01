// Lists in pages. A cursor is the sort key of a page's last row, so that pages neither repeat nor
// skip while rows come and go; askers treat it as opaque.
import type { Page } from '@rmh/contract/api';
import { z } from 'zod';
import { problem } from './problem.ts';

export type CursorKey = number | readonly (string | number | null)[];

/** `rows`: one more than `limit` was asked for, which tells whether there is a next page. */
export function page<Row, Item>(
  rows: readonly Row[],
  limit: number,
  itemOf: (row: Row) => Item,
  keyOf: (row: Row) => CursorKey,
): { items: Item[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last !== undefined ? writeCursor(keyOf(last)) : null;
  return { items: items.map(itemOf), next } satisfies Page<Item>;
}

/** A number as it is, for a list by id; several parts as base64url of JSON. */
export function writeCursor(key: CursorKey): string {
  return typeof key === 'number'
    ? String(key)
    : Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The id after which the page begins; `otherwise` for the first page. */
export function idCursor(cursor: string | undefined, otherwise = 0): number {
  if (cursor === undefined) return otherwise;
  if (!/^\d{1,15}$/.test(cursor)) throw badCursor();
  return Number(cursor);
}

/** The parts of a cursor, checked by `schema`; null for the first page. */
export function keyCursor<Schema extends z.ZodType>(
  cursor: string | undefined,
  schema: Schema,
): z.output<Schema> | null {
  if (cursor === undefined) return null;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) throw badCursor();
    throw error;
  }
}

function badCursor() {
  return problem('bad-request', undefined, [
    { field: 'cursor', reason: 'expected `next` of the page before' },
  ]);
}
