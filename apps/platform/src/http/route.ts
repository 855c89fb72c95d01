// A route is data: what it is called, who may ask, what goes in and comes out, and one function.
// The server checks all of it before `answer` runs, the OpenAPI document is written from it, and
// the leak test tries every one of them in every role.
import type { Verb } from '@rmh/contract/api';
import type { z } from 'zod';
import type { Sql } from '../db/database.ts';
import type { Asker } from '../identity/asker.ts';
import type { Services } from '../services.ts';

export type Access =
  /** Anybody: health, sign-in, enrolment. */
  | 'open'
  /** Anybody who is signed in; `sql` sees nothing but what `as` widens. */
  | 'signed-in'
  | 'unit'
  | 'gateway'
  | Verb;

export interface Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  /** operationId: 'vehicles.list'. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Instead of /api/v1: where a specification of others says so. */
  readonly base?: string;
  /** Below it, parameters as ':vehicleId'. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  /**
   * The transaction runs as the owner of the tables, and `answer` names its rows by the asker's own
   * id. Only for what people ask about themselves; the leak test lists them.
   */
  readonly asSystem?: true;
  /**
   * Each statement is a transaction of its own: what reads for long lets others in between. For
   * answers that bear a row more or less in their second half.
   */
  readonly readsLong?: true;
  /** `answer` waits for others, so it has no `sql`; what it needs it asks `services.db` for. */
  readonly noTransaction?: true;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Null: no body (204), or a stream that `Answer.raw` sends. */
  readonly reply: Reply | null;
  /** Idempotency-Key is required and remembered for 24 hours. */
  readonly idempotent?: boolean;
  /** If-Match is required (428) and compared by `answer` (412). */
  readonly conditional?: boolean;
  /** Bytes of a body at most; 64 KiB unless said. */
  readonly bodyBytesMax?: number;
  /** Requests of one asker a minute; 600 unless said. */
  readonly perMinute?: number;
  answer(
    ask: Ask<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<Answer<z.input<Reply>>>;
}

export interface Ask<Params = unknown, Query = unknown, Body = unknown> {
  readonly asker: Asker;
  /** A transaction in the scope of the route's verb, committed when `answer` returns. */
  readonly sql: Sql;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The version in If-Match, or null. */
  readonly ifMatch: number | null;
  readonly requestId: string;
  readonly nowMs: number;
  readonly services: Services;
  readonly lastEventId: string | null;
  /** Cookies, for signing in and out alone. */
  readonly browser?: BrowserState;
}

export interface BrowserState {
  /** What the session cookie holds. */
  readonly session: string | null;
  /** What a sign-in that is under way must find again. */
  readonly signIn: string | null;
}

export interface Answer<Reply = unknown> {
  readonly status?: 200 | 201 | 202 | 204 | 302;
  readonly body?: Reply;
  /** Becomes the ETag. */
  readonly version?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends the body itself: server-sent events, CSV, Parquet. Runs after the transaction. */
  readonly raw?: (stream: RawReply) => Promise<void>;
}

export interface RawReply {
  /** Waits while the asker cannot keep up. False: the asker has gone. */
  write(chunk: string | Uint8Array): Promise<boolean>;
  readonly signal: AbortSignal;
}

/** Types follow from the schemas; what comes back forgets them, so that routes fit one list. */
export function route<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Reply extends z.ZodType,
>(definition: Route<Params, Query, Body, Reply>): Route {
  return definition as unknown as Route;
}
