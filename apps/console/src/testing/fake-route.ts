// A route of the fake platform: a path, the contract's schema, and a function over the seed.
import type { z } from 'zod';

export interface Asked {
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** What If-Match says; NaN without. */
  readonly ifMatch: number;
}

export interface FakeRoute {
  readonly method: string;
  readonly path: RegExp;
  readonly reply: z.ZodType;
  /** A text is the name of a problem, with its detail after a colon. */
  readonly answer: (asked: Asked) => unknown;
}

/** '/vehicles/:id' as a pattern whose groups are the parameters. */
export function fakeRoute(
  method: string,
  path: string,
  reply: z.ZodType,
  answer: (asked: Asked) => unknown,
): FakeRoute {
  const pattern = path.replaceAll(/:\w+/g, '([^/]+)');
  return { method, path: new RegExp(`^${pattern}$`), reply, answer };
}

export const page = (items: readonly unknown[], next: string | null = null) => ({ items, next });

interface Versioned {
  readonly id: number;
  readonly version: number;
}

/** A change of one row, as the platform makes it: not of a version that is no more. */
export function changed<T extends Versioned>(rows: T[], id: string | undefined, asked: Asked) {
  const index = rows.findIndex((one) => one.id === Number(id));
  const before = rows[index];
  if (before === undefined) return 'not-found';
  if (before.version !== asked.ifMatch) return 'changed-meanwhile';
  const after = { ...before, ...(asked.body as Partial<T>), version: before.version + 1 };
  rows[index] = after;
  return after;
}

export function removed(rows: Versioned[], id: string | undefined, asked: Asked) {
  const index = rows.findIndex((one) => one.id === Number(id));
  if (index < 0) return 'not-found';
  if (rows[index]?.version !== asked.ifMatch) return 'changed-meanwhile';
  rows.splice(index, 1);
  return null;
}
