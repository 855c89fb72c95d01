// A route of the fake platform: a path, the contract's schema, and a function over the seed.
import type { z } from 'zod';

export interface Asked {
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface FakeRoute {
  readonly method: string;
  readonly path: RegExp;
  readonly reply: z.ZodType;
  /** A text is the name of a problem. */
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
