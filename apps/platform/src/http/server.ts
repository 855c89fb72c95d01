// The HTTP server, built from the routes: Fastify parses, limits and sends; handle.ts decides.
import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import { API_BASE, PROOF_SCHEME, type ProblemName } from '@rmh/contract/api';
import { challengeOf, type Log } from '@rmh/contract/daemon';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { actorOf } from '../identity/audit.ts';
import { MachineGate } from '../identity/machines.ts';
import { rootsOf } from '../identity/verbs.ts';
import type { Services } from '../services.ts';
import { serveConsole } from './console-files.ts';
import { sessionCookieName } from './cookies.ts';
import { fault } from './fault.ts';
import { type Found, findAsker } from './find-asker.ts';
import { type Handling, handle } from './handle.ts';
import { addSecurityHeaders } from './headers.ts';
import { Metrics } from './metrics.ts';
import { openApiDocument } from './openapi.ts';
import { asProblem, type ProblemError, problem, problemBody } from './problem.ts';
import type { Route } from './route.ts';

const BODY_BYTES_MAX = 64 * 1024;
const PER_MINUTE = 600;
// An address behind which many sign in: a region's control rooms share one.
const UNKNOWN_PER_MINUTE = 120;

export interface ServerOptions {
  readonly strictReplies?: boolean;
  readonly mutation?: Handling['mutation'];
  /** Null: no console. */
  readonly consoleDirectory?: string | null;
  readonly metrics?: Metrics;
}

export interface ApiServer {
  readonly app: FastifyInstance;
  readonly metrics: Metrics;
  /** What the proofs of machines must name here. */
  readonly processName: string;
  /** Ends the streams, lets what runs come to its end, refuses what comes. */
  close(): Promise<void>;
}

interface Known extends FastifyRequest {
  found?: Found;
  beganMs?: number;
}

export async function createServer(
  services: Services,
  routes: readonly Route[],
  options: ServerOptions = {},
): Promise<ApiServer> {
  const metrics = options.metrics ?? new Metrics();
  const ending = new AbortController();
  const gate = new MachineGate(services.db);
  await gate.start();
  const app = Fastify({
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: BODY_BYTES_MAX,
    trustProxy: services.settings.trustedProxies,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
    return503OnClosing: true,
    forceCloseConnections: 'idle',
  });
  takeJsonAsBytes(app);
  await app.register(cookie);
  await app.register(rateLimit, {
    global: false,
    hook: 'preHandler',
    cache: 10_000, // askers that are remembered; the least recent one is forgotten
    timeWindow: 60_000,
    keyGenerator: (request) => askerKey(request),
    errorResponseBuilder: () => problem('too-many-requests'),
  });
  addSecurityHeaders(app, services.publicUrl);
  const refuse = refusing(services.log, gate.processName);
  app.setErrorHandler(refuse);
  app.setNotFoundHandler((request, reply) => refuse(problem('not-found'), request, reply));
  const handling: Handling = {
    services,
    metrics,
    ending: ending.signal,
    strictReplies: options.strictReplies ?? false,
    ...(options.mutation === undefined ? {} : { mutation: options.mutation }),
  };
  for (const route of routes) addRoute(app, handling, gate, route);
  addOwnRoutes(app, services, metrics, gate, routes);
  const { consoleDirectory = null } = options;
  if (consoleDirectory !== null) await serveConsole(app, consoleDirectory);
  await app.ready();
  return {
    app,
    metrics,
    processName: gate.processName,
    close: async () => {
      ending.abort();
      await app.close();
      await gate.end();
    },
  };
}

// A machine's proof covers the bytes as they were sent, so they are kept and parsed later.
function takeJsonAsBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
}

function addRoute(app: FastifyInstance, handling: Handling, gate: MachineGate, route: Route): void {
  const { metrics, services } = handling;
  const perMinute = route.perMinute ?? PER_MINUTE;
  app.route({
    method: route.method,
    url: (route.base ?? API_BASE) + route.path,
    bodyLimit: route.bodyBytesMax ?? BODY_BYTES_MAX,
    config: {
      rateLimit: {
        max: (request: FastifyRequest) =>
          (request as Known).found?.asker.kind === 'nobody'
            ? Math.min(perMinute, UNKNOWN_PER_MINUTE)
            : perMinute,
      },
    },
    onRequest: async (request: Known) => {
      request.beganMs = performance.now();
    },
    preValidation: async (request: Known) => {
      request.found = await identify(services, gate, request);
    },
    handler: async (request: Known, reply) => {
      await handle(handling, route, request.found as Found, request, reply);
      return reply;
    },
    onResponse: async (request: Known, reply) => {
      const seconds = (performance.now() - (request.beganMs ?? performance.now())) / 1_000;
      metrics.request(route.id, reply.statusCode, seconds);
    },
  });
}

function identify(services: Services, gate: MachineGate, request: FastifyRequest): Promise<Found> {
  return findAsker(services, gate, {
    authorization: request.headers.authorization,
    cookie: request.cookies[sessionCookieName(services.publicUrl)],
    method: request.method,
    path: request.url,
    body: request.body instanceof Uint8Array ? request.body : null,
  });
}

function askerKey(request: FastifyRequest): string {
  const { found } = request as Known;
  const asker = found?.asker ?? { kind: 'nobody' as const };
  return asker.kind === 'nobody' ? `ip:${request.ip}` : actorOf(asker);
}

function addOwnRoutes(
  app: FastifyInstance,
  services: Services,
  metrics: Metrics,
  gate: MachineGate,
  routes: readonly Route[],
): void {
  const document = JSON.stringify(openApiDocument(routes));
  app.get(`${API_BASE}/openapi.json`, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(document),
  );
  app.get('/healthz', async (_request, reply) => {
    await services.db.transaction({ kind: 'system' }, (sql) => sql.query('SELECT 1'));
    return reply.type('application/json; charset=utf-8').send('{"status":"ok"}');
  });
  app.get('/metrics', async (request, reply) => {
    const isLocal = ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.ip);
    const { asker } = await identify(services, gate, request);
    if (!isLocal && rootsOf(asker, 'settings.read').length === 0) throw problem('not-signed-in');
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.text());
  });
}

function refusing(log: Log, processName: string) {
  const challenges: Partial<Record<ProblemName, string>> = {
    'not-signed-in': `Bearer, ${PROOF_SCHEME}`,
    'proof-for-another': challengeOf(processName),
  };
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const known = asProblem(error) ?? ofFastify(error);
    if (known === null) fault(log, request.routeOptions.url ?? '', request.id, error);
    if (reply.raw.headersSent) return;
    const told = known ?? problem('our-fault');
    const challenge = challenges[told.problem];
    if (challenge !== undefined) reply.header('www-authenticate', challenge);
    await reply
      .code(told.status)
      .type('application/problem+json; charset=utf-8')
      .send(JSON.stringify(problemBody(told, request.id)));
  };
}

/** Fastify's own refusals carry a status: of a body too large, of bytes that are no request. */
function ofFastify(error: unknown): ProblemError | null {
  if (!(error instanceof Error) || !('statusCode' in error)) return null;
  if (error.statusCode === 413) return problem('too-large');
  if (error.statusCode === 429) return problem('too-many-requests');
  if (error.statusCode === 503) return problem('unavailable');
  const isRefusal = typeof error.statusCode === 'number' && error.statusCode < 500;
  return isRefusal ? problem('bad-request', 'the request cannot be read') : null;
}
