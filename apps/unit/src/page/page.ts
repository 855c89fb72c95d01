// The crew's page: one glance at each service, served by the unit in the vehicle's own network.
// Read-only, without cookies; it works without the platform.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { formatIp, parsePrefix } from '@rmh/base';
import { type HistorySlice, lineOf } from '@rmh/contract';
import type { Log } from '@rmh/contract/daemon';
import type { Companion } from '../companion.ts';
import type { LoadedUnit } from '../load.ts';
import type { Facts } from '../platform/facts.ts';
import { type ServiceRule, Services } from './services.ts';

export interface PageSettings {
  readonly unit: string;
  readonly address: string;
  readonly port: number;
  readonly services: readonly ServiceRule[];
}

/** A tablet or two, and a technician. */
const CONNECTIONS_MAX = 32;
const REQUEST_MS_MAX = 5_000;
/** The vehicle's network may come after us. */
const RETRY_MS = 5_000;

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

const FILES: ReadonlyMap<string, { readonly type: string; readonly content: Buffer }> = new Map(
  (
    [
      ['/', 'page.html', 'text/html; charset=utf-8'],
      ['/page.css', 'page.css', 'text/css; charset=utf-8'],
      ['/page.js', 'page.js', 'text/javascript; charset=utf-8'],
    ] as const
  ).map(([path, file, type]) => {
    return [path, { type, content: readFileSync(join(import.meta.dirname, file)) }];
  }),
);

/** Null: the unit has no page, or nowhere to serve it. */
export function openPage({ config }: LoadedUnit, log: Log): UnitPage | null {
  const { page, lan, name: unit } = config;
  if (page === undefined) return null;
  const [first] = lan?.addresses ?? [];
  const own = first === undefined ? null : parsePrefix(first);
  const address = page.address ?? (own === null ? undefined : formatIp(own.address));
  const { port, services } = page;
  if (address !== undefined) return new UnitPage({ unit, address, port, services }, log);
  log.write('page.failed', { message: 'neither page.address nor an address of lan is known' });
  return null;
}

export class UnitPage implements Companion {
  readonly #settings: PageSettings;
  readonly #log: Log;
  readonly #services: Services;
  readonly #server: Server;
  #facts: Facts | null = null;
  #retry: NodeJS.Timeout | undefined;
  #saidFailed = false;

  constructor(settings: PageSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
    this.#services = new Services(settings.services);
    const limits = { requestTimeout: REQUEST_MS_MAX, maxHeaderSize: 8192 };
    this.#server = createServer(limits, (request, response) => this.#answer(request, response));
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.on('listening', () => this.#listening());
    this.#server.on('error', (error) => this.#failed(error));
  }

  /** The TCP port, once it is served. */
  get port(): number | null {
    const bound = this.#server.address();
    return typeof bound === 'object' ? (bound?.port ?? null) : null;
  }

  begun(): void {
    this.#listen();
  }

  look(facts: Facts, second: HistorySlice | null): void {
    this.#facts = facts;
    if (second !== null) this.#services.second(second, facts);
  }

  event(): void {}

  async leaving(): Promise<void> {}

  async ended(): Promise<void> {
    clearTimeout(this.#retry);
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #listen(): void {
    this.#server.listen(this.#settings.port, this.#settings.address);
  }

  #listening(): void {
    const { address } = this.#settings;
    this.#saidFailed = false;
    this.#log.write('page.open', { address, port: this.port ?? 0 });
  }

  #failed(error: Error): void {
    if (!this.#saidFailed) this.#log.write('page.failed', { message: lineOf(error) });
    this.#saidFailed = true;
    this.#retry = setTimeout(() => this.#listen(), RETRY_MS);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const file = FILES.get(path);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      send(response, 405, 'text/plain', 'GET only\n');
    } else if (file !== undefined) {
      send(response, 200, file.type, file.content);
    } else if (path === '/state.json' && this.#facts !== null) {
      const view = this.#services.view(this.#settings.unit, this.#facts);
      send(response, 200, 'application/json', `${JSON.stringify(view)}\n`);
    } else if (path === '/state.json') {
      send(response, 503, 'application/json', '{"error":"starting"}\n');
    } else send(response, 404, 'text/plain', 'not found\n');
  }
}

function send(response: ServerResponse, status: number, type: string, content: string | Buffer) {
  response.writeHead(status, { ...HEADERS, 'content-type': type });
  response.end(response.req.method === 'HEAD' ? undefined : content);
}
