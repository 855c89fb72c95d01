// The platform as a process: what is opened in which order, and closed in the opposite one.
//
//   data directory → vault, certificate → database → migrations → first user
//     → server (http, https) → jobs → control socket
import { mkdirSync } from 'node:fs';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { errnoOf, RmhError } from '@rmh/contract';
import { type Log, openLog } from '@rmh/contract/daemon';
import { startControl } from './control.ts';
import type { Database } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { openEmbedded } from './db/pglite.ts';
import { openPostgres } from './db/postgres.ts';
import { firstRun } from './first-run.ts';
import { type OwnCertificate, ownCertificate } from './http/own-certificate.ts';
import { type ApiServer, createServer } from './http/server.ts';
import { JobRunner } from './job-runner.ts';
import { JOBS } from './jobs.ts';
import { endStreams } from './live/index.ts';
import { ROUTES } from './routes.ts';
import type { Services } from './services.ts';
import type { PlatformSettings } from './settings.ts';
import { openVault } from './vault.ts';
import { VERSION } from './version.ts';

export interface Platform {
  readonly services: Services;
  /** 'http://127.0.0.1:8080': as they came to be, where port 0 was asked for. */
  readonly addresses: readonly string[];
  stop(signal: string): Promise<void>;
}

export interface PlatformOptions {
  readonly consoleDirectory?: string | null;
  readonly log?: Log;
}

/** Where the console is built to. */
export const CONSOLE_DIRECTORY = join(import.meta.dirname, '../../console/dist');

export async function startPlatform(
  settings: PlatformSettings,
  options: PlatformOptions = {},
): Promise<Platform> {
  const log = options.log ?? openLog('rmh-platform', settings.logLevel);
  makeDirectory(settings.dataDirectory);
  const certificate = settings.https === null ? null : ownCertificate(settings, Date.now());
  const db = await openDatabase(settings);
  const undo: (() => Promise<void>)[] = [() => db.close()];
  try {
    await prepare(db, settings, log);
    const services = servicesOf(settings, db, log, certificate);
    await firstRun(services);
    const server = await createServer(services, ROUTES, {
      consoleDirectory: options.consoleDirectory ?? CONSOLE_DIRECTORY,
    });
    undo.push(() => server.close());
    const listeners = await listen(server, settings, certificate);
    undo.push(async () => await closeAll(listeners));
    const jobs = new JobRunner(services, server.metrics);
    jobs.start(JOBS);
    undo.push(() => jobs.end());
    undo.push(await startControl(services));
    undo.push(() => endStreams(db));
    const addresses = listeners.map(({ address }) => address);
    log.write('platform.ready', {
      version: VERSION,
      database: db.kind,
      addresses: addresses.join(' '),
    });
    return {
      services,
      addresses,
      stop: async (signal) => {
        log.write('platform.stopping', { signal });
        await inReverse(undo);
        log.write('platform.stopped', {});
      },
    };
  } catch (error) {
    await inReverse(undo).catch(() => {}); // the first failure is the one to tell
    throw error;
  }
}

async function inReverse(undo: (() => Promise<void>)[]): Promise<void> {
  for (const step of undo.reverse()) await step();
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const message = `the data directory ${directory} cannot be made`;
    throw new RmhError('RMH_DATA_UNUSABLE', message, { cause: error });
  }
}

export async function openDatabase(settings: PlatformSettings): Promise<Database> {
  const { databaseUrl, dataDirectory } = settings;
  return databaseUrl === undefined
    ? await openEmbedded(dataDirectory)
    : await openPostgres(databaseUrl);
}

async function prepare(db: Database, settings: PlatformSettings, log: Log): Promise<void> {
  if (db.kind === 'pglite') {
    log.write('platform.embedded', { directory: settings.dataDirectory });
  }
  const ran = await migrate(db);
  if (ran.length > 0) log.write('platform.migrated', { migrations: ran.join(' ') });
}

export function servicesOf(
  settings: PlatformSettings,
  db: Database,
  log: Log,
  certificate: OwnCertificate | null,
): Services {
  const publicUrl = settings.publicUrl.replace(/\/+$/, '');
  return {
    db,
    log,
    nowMs: Date.now,
    vault: openVault(join(settings.dataDirectory, 'vault.key')),
    publicUrl,
    machineUrl: settings.machineUrl?.replace(/\/+$/, '') ?? publicUrl,
    certificateFingerprint: certificate?.fingerprint ?? null,
    settings,
    notify: settings.notify,
  };
}

interface Listener {
  readonly server: Server;
  readonly address: string;
}

// Slow-loris: headers within 20 s; a body of 2 MB over the poorest line takes 60 s at 300 kbit/s.
const HEADERS_MOST_MS = 20_000;
const REQUEST_MOST_MS = 120_000;
// 2,000 units with two connections each, consoles, and as many again.
const CONNECTIONS_MAX = 10_000;

async function listen(
  { app }: ApiServer,
  { http, https }: PlatformSettings,
  certificate: OwnCertificate | null,
): Promise<Listener[]> {
  const listeners: Listener[] = [];
  const routing: RequestListener = (incoming, outgoing) => app.routing(incoming, outgoing);
  if (http !== null) {
    listeners.push(await listenOne(createHttp(routing), 'http', http.address, http.port));
  }
  if (https !== null && certificate !== null) {
    const options = {
      cert: certificate.certificate,
      key: certificate.key,
      minVersion: 'TLSv1.3',
      // Post-quantum first: what is recorded today must not be read in ten years.
      ecdhCurve: 'X25519MLKEM768:X25519',
    } as const;
    const server = createHttps(options, routing);
    listeners.push(await listenOne(server, 'https', https.address, https.port));
  }
  return listeners;
}

function listenOne(
  server: Server,
  scheme: string,
  address: string,
  port: number,
): Promise<Listener> {
  server.headersTimeout = HEADERS_MOST_MS;
  server.requestTimeout = REQUEST_MOST_MS;
  server.maxConnections = CONNECTIONS_MAX;
  const { promise, resolve, reject } = Promise.withResolvers<Listener>();
  server.once('error', (error) => {
    const code = errnoOf(error) === 'EADDRNOTAVAIL' ? 'RMH_ADDRESS_ABSENT' : 'RMH_PORT_IN_USE';
    reject(new RmhError(code, `${scheme} ${address}:${port}: ${error.message}`, { cause: error }));
  });
  server.listen(port, address, () => {
    const at = server.address() as AddressInfo;
    const host = at.family === 'IPv6' ? `[${at.address}]` : at.address;
    resolve({ server, address: `${scheme}://${host}:${at.port}` });
  });
  return promise;
}

async function closeAll(listeners: readonly Listener[]): Promise<void> {
  await Promise.all(
    listeners.map(({ server }) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // Whoever is not done in five seconds asks again elsewhere.
      setTimeout(() => server.closeAllConnections(), 5_000).unref();
      return closed;
    }),
  );
}
