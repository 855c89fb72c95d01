// A platform in memory with the built console before it: for developing pages and for the browser
// tests. Every answer is read through the contract's schema before it is sent, so that the fake
// cannot drift from what it stands for.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { ProblemName } from '@rmh/contract/api';
import { API_BASE, LIVE_EVENTS, type Live, PROBLEM_TYPE_PREFIX, PROBLEMS } from '@rmh/contract/api';
import type { Asked, FakeRoute } from './fake-route.ts';
import { fakeRoutes } from './routes.ts';
import { makeSeed, type Seed } from './seed.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};
// As strict as the real one (http/static): what does not work under it must fail here first.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
  "font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; " +
  "frame-ancestors 'none'";

export interface FakePlatform {
  readonly url: string;
  readonly seed: Seed;
  /** Tells every open page that a vehicle changed. */
  push(live: Live): void;
  /** Breaks every live line, and refuses new ones while `refuse`. */
  breakLines(refuse: boolean): void;
  close(): Promise<void>;
}

export interface FakeOptions {
  readonly dist: string;
  readonly port?: number;
  readonly nowMs?: number;
  readonly vehiclesPerTrust?: number;
  /** 'national-operator' unless said. */
  readonly role?: string;
}

export async function startFakePlatform(options: FakeOptions): Promise<FakePlatform> {
  const nowMs = options.nowMs ?? Date.now();
  const seed = makeSeed(nowMs, options.vehiclesPerTrust);
  const routes = fakeRoutes(seed, options.role ?? 'national-operator', nowMs);
  const lines = new Set<ServerResponse>();
  let refusing = false;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    if (url.pathname === `${API_BASE}/live`) {
      if (refusing) response.writeHead(503).end();
      else openLine(response, seed, lines);
    } else if (url.pathname.startsWith(`${API_BASE}/`)) void answer(routes, request, response, url);
    else void serveFile(options.dist, url.pathname, response);
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seed,
    push(live) {
      for (const line of lines) send(line, 'vehicles', { vehicles: [live] });
    },
    breakLines(refuse) {
      refusing = refuse;
      for (const line of lines) line.destroy();
    },
    async close() {
      for (const line of lines) line.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function openLine(response: ServerResponse, { vehicles }: Seed, lines: Set<ServerResponse>): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.on('close', () => lines.delete(response));
  lines.add(response);
  const all = vehicles.flatMap(({ live }) => live ?? []);
  for (let at = 0; at < all.length; at += 200) {
    const part = all.slice(at, at + 200);
    send(response, 'snapshot', { vehicles: part, last: at + 200 >= all.length });
  }
}

function send(line: ServerResponse, event: keyof typeof LIVE_EVENTS, data: unknown): void {
  line.write(`event: ${event}\ndata: ${JSON.stringify(LIVE_EVENTS[event].parse(data))}\n\n`);
}

async function answer(
  routes: readonly FakeRoute[],
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const path = url.pathname.slice(API_BASE.length);
  for (const route of routes) {
    const match = route.method === request.method ? route.path.exec(path) : null;
    if (match === null) continue;
    const asked: Asked = {
      params: match.slice(1),
      query: url.searchParams,
      body: await readBody(request),
      ifMatch: Number(request.headers['if-match']?.replaceAll('"', '') ?? Number.NaN),
    };
    const body = route.answer(asked);
    if (typeof body === 'string') return refuse(response, body);
    const { version } = { version: undefined, ...(body as { version?: number } | null) };
    const text = JSON.stringify(route.reply.parse(body));
    const etag = version === undefined ? {} : { etag: `"${version}"` };
    response.writeHead(200, { 'content-type': 'application/json', ...etag }).end(text);
    return;
  }
  refuse(response, 'not-found');
}

function refuse(response: ServerResponse, text: string): void {
  const [name = '', detail] = text.split(': ');
  const known = PROBLEMS[name as ProblemName];
  const type = PROBLEM_TYPE_PREFIX + name;
  const problem = { type, ...known, requestId: 'fake-1', ...(detail && { detail }) };
  const { status } = known;
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(problem));
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return text === '' ? null : JSON.parse(text);
}

async function serveFile(dist: string, path: string, response: ServerResponse): Promise<void> {
  const wanted = extname(path) === '' ? '/index.html' : normalize(path);
  try {
    const body = await readFile(join(dist, wanted));
    const type = TYPES[extname(wanted)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}
