// One request of one route, in this order; each step may end it with a problem:
//
//   1  who asks (cookie, token, proof)          5  If-Match, Idempotency-Key
//   2  may he: verb → organisations → scope     6  one transaction in that scope: the answer
//   3  a write with a cookie: the CSRF header   7  is the answer what the route promises?
//   4  parameters, query, body                  8  send it, or let the route send it (raw)
import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { type Database, type Scope, type Sql, SYSTEM } from '../db/database.ts';
import type { Asker } from '../identity/asker.ts';
import { actorOf } from '../identity/audit.ts';
import { admit } from '../identity/verbs.ts';
import type { Services } from '../services.ts';
import { STATE_COOKIE, sessionCookieName } from './cookies.ts';
import type { Found } from './find-asker.ts';
import { type Key, once, readKey } from './idempotency.ts';
import type { Metrics } from './metrics.ts';
import { problem, refusedFields } from './problem.ts';
import { rawReply } from './raw.ts';
import type { Answer, Ask, Route } from './route.ts';

export interface Handling {
  readonly services: Services;
  readonly metrics: Metrics;
  /** Aborted when the server stops: ends the streams. */
  readonly ending: AbortSignal;
  /** An answer that breaks its promise is our fault (tests), or only logged (operation). */
  readonly strictReplies: boolean;
  /** Tests only: a mutation that the leak test must notice. */
  readonly mutation?: 'no-verb-check' | 'no-row-security';
}

export async function handle(
  handling: Handling,
  route: Route,
  found: Found,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { services } = handling;
  const { asker } = found;
  const scope = scopeOf(handling, asker, route);
  checkCsrf(found, request);
  const ask = { ...readAsk(services, route, asker, request), nowMs: services.nowMs() };
  const key = route.idempotent === true ? keyOf(route, asker, request) : null;
  const without = withoutTransaction(services.db, scope, route);
  const answer =
    without === null
      ? await services.db.transaction(scope, (sql) =>
          answerOnce(handling, route, { ...ask, sql }, key),
        )
      : await answerOnce(handling, route, { ...ask, sql: without }, null);
  await send(handling, answer, reply);
}

/** What a route asks that has no transaction around it; null: it has one. */
function withoutTransaction(db: Database, scope: Scope, route: Route): Sql | null {
  if (route.noTransaction === true) return NO_SQL;
  if (route.readsLong !== true) return null;
  return {
    query: (text, values) => db.transaction(scope, (sql) => sql.query(text, values)),
  };
}

const NO_SQL: Sql = {
  query: () => Promise.reject(new Error('this route runs without a transaction')),
};

function scopeOf({ mutation }: Handling, asker: Asker, route: Route): Scope {
  const admission = admit(asker, route.access);
  if (admission.kind === 'refused') {
    const isMutated = mutation === 'no-verb-check' && admission.problem === 'forbidden';
    if (!isMutated) throw problem(admission.problem);
  }
  const isSystem = route.asSystem === true || mutation === 'no-row-security';
  return isSystem || admission.kind === 'refused' ? SYSTEM : admission.scope;
}

// A cookie travels with every request that a browser makes, whoever made it ask. The header does
// not: only our own page knows its value.
function checkCsrf({ csrf }: Found, { method, headers }: FastifyRequest): void {
  if (csrf === null || method === 'GET') return;
  const given = Buffer.from(String(headers['x-rmh-csrf'] ?? ''));
  const wanted = Buffer.from(csrf);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw problem('forbidden', 'the header x-rmh-csrf is missing or wrong (GET /me tells it)');
  }
}

type Unasked = Omit<Ask, 'sql' | 'nowMs'>;

function readAsk(services: Services, route: Route, asker: Asker, request: FastifyRequest): Unasked {
  const { headers, cookies } = request;
  const lastEventId = headers['last-event-id'];
  return {
    asker,
    services,
    params: parsed(route.params, request.params),
    query: parsed(route.query, request.query),
    body: parsed(route.body, jsonOf(request.body)),
    ifMatch: ifMatchOf(route, headers['if-match']),
    requestId: request.id,
    lastEventId: typeof lastEventId === 'string' ? lastEventId.slice(0, 200) : null,
    browser: {
      session: cookies[sessionCookieName(services.publicUrl)] ?? null,
      signIn: cookies[STATE_COOKIE] ?? null,
    },
  };
}

/** Without a schema nothing is taken, whatever was sent. */
function parsed(schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (!result.success) throw problem('bad-request', undefined, refusedFields(result.error));
  return result.data;
}

function jsonOf(body: unknown): unknown {
  if (!(body instanceof Uint8Array) || body.length === 0) return undefined;
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    throw problem('bad-request', 'the body is not JSON');
  }
}

function ifMatchOf(route: Route, header: string | undefined): number | null {
  if (header === undefined) {
    if (route.conditional === true) throw problem('if-match-needed');
    return null;
  }
  const [, version] = /^(?:W\/)?"(\d{1,15})"$/.exec(header) ?? [];
  if (version === undefined) throw problem('bad-request', 'If-Match is an ETag such as "3"');
  return Number(version);
}

function keyOf(route: Route, asker: Asker, request: FastifyRequest): Key {
  const body = request.body instanceof Uint8Array ? request.body : '';
  const parts = [route.id, request.url, body];
  return readKey(request.headers['idempotency-key'], actorOf(asker), parts);
}

async function answerOnce(
  { services, strictReplies }: Handling,
  route: Route,
  ask: Ask,
  key: Key | null,
): Promise<Answer> {
  const make = async () => {
    const answer = await route.answer(ask);
    checkReply(services, strictReplies, route, answer);
    return answer;
  };
  return key === null ? await make() : await once(ask.sql, services.vault, key, ask.nowMs, make);
}

function checkReply(services: Services, isStrict: boolean, route: Route, answer: Answer): void {
  if (answer.raw !== undefined || (route.reply === null && answer.body === undefined)) return;
  const result = route.reply?.safeParse(answer.body);
  if (result?.success === true) return;
  const fields = result?.error.issues.map(({ path, code }) => `${path.join('.')} ${code}`) ?? [];
  const first = fields.slice(0, 5).join(', ') || 'a body where none is promised';
  if (isStrict) throw new Error(`the reply of ${route.id} is not what it promises: ${first}`);
  services.log.write('reply.unexpected', { route: route.id, fields: first });
}

async function send(
  { ending, metrics }: Handling,
  answer: Answer,
  reply: FastifyReply,
): Promise<void> {
  const { status, body, version, headers = {}, raw } = answer;
  if (version !== undefined) reply.header('etag', `"${version}"`);
  reply.headers(headers);
  if (raw === undefined) {
    const isEmpty = body === undefined;
    reply.code(status ?? (isEmpty ? 204 : 200));
    await reply.type('application/json; charset=utf-8').send(isEmpty ? null : JSON.stringify(body));
    return;
  }
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  reply.hijack();
  reply.raw.writeHead(status ?? 200);
  metrics.streams++;
  try {
    await raw(rawReply(reply.raw, ending));
    reply.raw.end();
  } catch (error) {
    // Half an answer is sent: breaking the line is the only way left to say so.
    reply.raw.destroy();
    throw error;
  } finally {
    metrics.streams--;
  }
}
