// The control socket in the data directory: commands of the machine's own administrator to the
// platform that runs, which alone may open the embedded database. Whoever may write to the
// directory could read the database itself, so the socket asks for no more.
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errnoOf } from '@rmh/contract';
import type { Mark } from './audit/verify.ts';
import { verifyOwn } from './audit/verify-own.ts';
import { dumpStream } from './db/backup-file.ts';
import { signInLink } from './first-run.ts';
import { asProblem } from './http/problem.ts';
import { installationToken } from './installation-token.ts';
import type { Services } from './services.ts';

const NAME = 'control.sock';

/** Returns how to end it. */
export async function startControl(services: Services): Promise<() => Promise<void>> {
  const path = join(services.settings.dataDirectory, NAME);
  // The embedded database's lock says that nobody else runs; with PostgreSQL the last one answers.
  rmSync(path, { force: true });
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    try {
      const answer = await perform(services, new URL(incoming.url ?? '/', 'http://control'));
      if (typeof answer === 'string') outgoing.end(answer);
      else await pipeline(answer, outgoing);
    } catch (error) {
      const told = asProblem(error);
      if (!outgoing.headersSent) outgoing.statusCode = told?.status ?? 500;
      outgoing.end(told?.message ?? 'failed');
    }
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

async function perform(services: Services, url: URL): Promise<string | Readable> {
  switch (url.pathname) {
    case '/link':
      return await signInLink(services, url.searchParams.get('user'));
    case '/token': {
      const { db, nowMs } = services;
      const name = url.searchParams.get('name') ?? '';
      return await installationToken(db, name, Number(url.searchParams.get('hours')), nowMs());
    }
    case '/backup':
      return dumpStream(services.db);
    case '/audit':
      return JSON.stringify(await verifyOwn(services, markOf(url.searchParams)));
    default:
      throw new Error('not known');
  }
}

function markOf(query: URLSearchParams): Mark | null {
  const [sequence, hash] = [query.get('sequence'), query.get('hash')];
  return sequence === null || hash === null ? null : { sequence: Number(sequence), hash };
}

export interface ControlAnswer {
  readonly status: number;
  readonly body: IncomingMessage;
}

/** Null: no platform runs on this directory. */
export function askControl(dataDirectory: string, path: string): Promise<ControlAnswer | null> {
  const { promise, resolve, reject } = Promise.withResolvers<ControlAnswer | null>();
  request({ socketPath: join(dataDirectory, NAME), path, method: 'POST' }, (body) =>
    resolve({ status: body.statusCode ?? 500, body }),
  )
    .once('error', (error) => {
      const isNobody = ['ENOENT', 'ECONNREFUSED'].includes(errnoOf(error) ?? '');
      if (isNobody) resolve(null);
      else reject(error);
    })
    .end();
  return promise;
}
