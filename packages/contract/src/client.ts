// A client of the platform's API: for the console in a browser and, with a signer, for a machine.
// It imports types only, so that a browser need not load the schemas.
//
//   1. build the address and the headers; a signer adds its proof last, over what is sent
//   2. one request, with a time limit; nothing is tried again here, for who calls knows whether
//      to; but a process that wants the proof for itself did nothing yet, and gets it, once
//   3. a 2xx is the answer, with its ETag; a problem (RFC 9457) is thrown as ApiProblem;
//      anything else, and no answer at all, is thrown as ApiUnreachable
import type { Page, Problem, ProblemName } from './api/common.ts';

export const CLIENT_BASE = '/api/v1';
const PROBLEM_PREFIX = 'urn:rmh:problem:';
// A national statistic may take a second and a slow line three more; beyond that nobody waits.
const TIMEOUT_MS = 20_000;

export type QueryValue = string | number | boolean | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Query;
  readonly body?: unknown;
  /** Sent as If-Match. */
  readonly version?: number;
  /** The same key makes a repeated call count once. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface Reply<T> {
  readonly body: T;
  /** From the ETag; null where the answer has none. */
  readonly version: number | null;
}

export interface Outgoing {
  readonly method: string;
  /** Path and query, as the server sees them. */
  readonly path: string;
  readonly body: string | null;
}

export interface ClientOptions {
  /** Scheme, host and port; '' for the page's own. */
  readonly origin?: string;
  readonly fetch?: typeof fetch;
  /** For writes with a session cookie. */
  readonly csrf?: () => string | null;
  readonly signer?: Signer;
}

/** Proves who asks. */
export interface Signer {
  /** Headers, made anew for each request. */
  sign(outgoing: Outgoing): Readonly<Record<string, string>>;
  /** WWW-Authenticate of a 401. True: signed once more it may pass. */
  challenged(challenge: string): boolean;
}

/** The platform answered, and the answer is no. */
export class ApiProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = 'ApiProblem';
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }

  is(name: ProblemName): boolean {
    return this.problem.type === PROBLEM_PREFIX + name;
  }
}

/** Nobody knows whether the request arrived: the line, a time limit, or something in between. */
export class ApiUnreachable extends Error {
  constructor(cause: unknown) {
    super('The platform did not answer', { cause });
    this.name = 'ApiUnreachable';
  }
}

export interface Client {
  call<T>(path: string, call?: Call): Promise<Reply<T>>;
  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T>;
  /** All items of a paged list, page by page, as far as the caller goes on. */
  pages<T>(path: string, query?: Query): AsyncGenerator<T>;
}

export function createClient(options: ClientOptions = {}): Client {
  const call = <T>(path: string, call: Call = {}): Promise<Reply<T>> => send(options, path, call);
  return {
    call,
    async get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
      const { body } = await call<T>(path, { ...(query && { query }), ...(signal && { signal }) });
      return body;
    },
    async *pages<T>(path: string, query: Query = {}): AsyncGenerator<T> {
      let cursor: string | undefined;
      do {
        const { body } = await call<Page<T>>(path, { query: { ...query, cursor } });
        yield* body.items;
        cursor = body.next ?? undefined;
      } while (cursor !== undefined);
    },
  };
}

/** '/vehicles' + { state: 'down' } → '/api/v1/vehicles?state=down'; undefined is left out. */
export function addressOf(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return CLIENT_BASE + path + (text === '' ? '' : `?${text}`);
}

async function send<T>(options: ClientOptions, path: string, call: Call): Promise<Reply<T>> {
  const outgoing: Outgoing = {
    method: call.method ?? 'GET',
    path: addressOf(path, call.query),
    body: call.body === undefined ? null : JSON.stringify(call.body),
  };
  let { response, text } = await sendOnce(options, outgoing, call);
  const challenge = response.status === 401 ? response.headers.get('www-authenticate') : null;
  if (challenge !== null && options.signer?.challenged(challenge) === true) {
    ({ response, text } = await sendOnce(options, outgoing, call));
  }
  if (!response.ok) throw problemOf(response.status, text);
  return { body: readJson(text) as T, version: versionOf(response.headers.get('etag')) };
}

async function sendOnce(options: ClientOptions, outgoing: Outgoing, call: Call) {
  const headers = headersOf(options, outgoing, call);
  const timeout = AbortSignal.timeout(call.timeoutMs ?? TIMEOUT_MS);
  const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal]);
  const request = options.fetch ?? fetch;
  try {
    const response = await request((options.origin ?? '') + outgoing.path, {
      method: outgoing.method,
      headers,
      body: outgoing.body,
      signal,
      credentials: 'same-origin',
    });
    return { response, text: await response.text() };
  } catch (error) {
    if (call.signal?.aborted === true) throw error;
    throw new ApiUnreachable(error);
  }
}

function headersOf(
  { csrf, signer }: ClientOptions,
  outgoing: Outgoing,
  { version, idempotencyKey }: Call,
): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (outgoing.body !== null) headers['content-type'] = 'application/json';
  if (version !== undefined) headers['if-match'] = `"${version}"`;
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
  const token = outgoing.method === 'GET' ? null : (csrf?.() ?? null);
  if (token !== null) headers['x-rmh-csrf'] = token;
  return signer === undefined ? headers : { ...headers, ...signer.sign(outgoing) };
}

function problemOf(status: number, text: string): ApiProblem | ApiUnreachable {
  const body = quietJson(text);
  if (isProblem(body)) return new ApiProblem(body);
  // A proxy's page is not the platform's word.
  return new ApiUnreachable(new Error(`status ${status} without a problem`));
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'type' in body &&
    typeof body.type === 'string' &&
    'status' in body &&
    typeof body.status === 'number'
  );
}

function readJson(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiUnreachable(error);
  }
}

function quietJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function versionOf(etag: string | null): number | null {
  const [, digits] = /^(?:W\/)?"(\d+)"$/.exec(etag ?? '') ?? [];
  return digits === undefined ? null : Number(digits);
}
