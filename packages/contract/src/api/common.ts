// What every answer of the platform's API is made of. Nothing here needs Node: the console and
// the unit read the same words.
import { z } from 'zod';

export const API_BASE = '/api/v1';

/** A row's number: given by the database, never used again. */
export const ID = z.int().positive();
/** RFC 3339, UTC. */
export const INSTANT = z.iso.datetime({ offset: false, precision: 3 });
/** Unix ms of the clock that wrote it. The years 2020 to 2100: anything else is a broken clock. */
export const AT_MS = z.int().min(1_577_836_800_000).max(4_102_444_800_000);
export const COUNT = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
export const SHARE = z.number().min(0).max(1);
/** Words that people typed: no control characters, so that a log line stays a line. */
export const TEXT = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u);
export const LONG_TEXT = z.string().trim().max(4_000);

/** A list never answers with more rows than this. */
export const PAGE_MOST = 500;
export const PAGE_DEFAULT = 100;

export const PAGE_QUERY = z.strictObject({
  limit: z.coerce.number().int().min(1).max(PAGE_MOST).default(PAGE_DEFAULT),
  /** Opaque: `next` of the page before. */
  cursor: z.string().max(500).optional(),
});

export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), next: z.string().nullable() });
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** RFC 9457. `type` is stable: `urn:rmh:problem:NAME`. */
export const PROBLEM = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  requestId: z.string().optional(),
  fields: z.array(z.strictObject({ field: z.string(), reason: z.string() })).optional(),
});
export type Problem = z.infer<typeof PROBLEM>;

/** The problems that the API knows. A name never changes its meaning. */
export const PROBLEMS = {
  'bad-request': { status: 400, title: 'The request has errors' },
  'not-signed-in': { status: 401, title: 'Sign in first' },
  /** To machines only, with WWW-Authenticate: nothing was done, prove it for this process. */
  'proof-for-another': { status: 401, title: 'The proof is for another process' },
  forbidden: { status: 403, title: 'Your role may not do this here' },
  'not-found': { status: 404, title: 'There is no such thing, or you may not see it' },
  conflict: { status: 409, title: 'It does not fit what is there' },
  'changed-meanwhile': { status: 412, title: 'Somebody else changed it meanwhile' },
  'too-large': { status: 413, title: 'The request is too large' },
  'if-match-needed': { status: 428, title: 'Say with If-Match which version you change' },
  'too-many-requests': { status: 429, title: 'Too many requests; wait a little' },
  'our-fault': { status: 500, title: 'We were wrong; it is logged' },
  unavailable: { status: 503, title: 'Not available just now; try again' },
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemName = keyof typeof PROBLEMS;
export const PROBLEM_TYPE_PREFIX = 'urn:rmh:problem:';
