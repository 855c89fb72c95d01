// The local status socket: HTTP over a Unix socket, mode 0660. Whoever may open it may drain.
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { lineOf, RmhError } from '../error.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface StatusRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

export type Answerer = (request: StatusRequest) => Promise<Answer>;

export const NOT_FOUND: Answer = { status: 404, body: { error: 'not found' } };

// A person, a monitor and a watcher or two; more is a loop gone wrong.
const CONNECTIONS_MAX = 16;
// Requests carry no body; their lines are short.
const REQUEST_MS_MAX = 5_000;

export class StatusServer {
  readonly #path: string;
  readonly #server: Server;

  private constructor(path: string, server: Server) {
    this.#path = path;
    this.#server = server;
  }

  /** Takes over the socket of a process that died; throws where one answers. */
  static async open(path: string, answer: Answerer): Promise<StatusServer> {
    if (await answers(path)) {
      throw new RmhError('RMH_SOCKET_IN_USE', `another daemon answers on ${path}`);
    }
    const server = createServer({ requestTimeout: REQUEST_MS_MAX, maxHeaderSize: 8192 }, (q, r) => {
      void respond(q, r, answer);
    });
    server.maxConnections = CONNECTIONS_MAX;
    try {
      rmSync(path, { force: true });
      await listen(server, path);
      chmodSync(path, 0o660);
    } catch (error) {
      server.close();
      const message = `status socket ${path}: ${lineOf(error)}`;
      throw new RmhError('RMH_SOCKET_FAILED', message, { cause: error });
    }
    return new StatusServer(path, server);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    rmSync(this.#path, { force: true });
  }
}

// The mask makes the socket private from its first moment; chmod then opens it to the group.
async function listen(server: Server, path: string): Promise<void> {
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => resolve());
    });
  } finally {
    process.umask(mask);
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => resolve(true)).once('error', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
}

async function respond(request: IncomingMessage, response: ServerResponse, answer: Answerer) {
  let result: Answer;
  try {
    const url = new URL(request.url ?? '/', 'http://local');
    const method = request.method ?? 'GET';
    result = await answer({ method, path: url.pathname, query: url.searchParams });
  } catch (error) {
    const body =
      error instanceof RmhError
        ? { error: error.message, code: error.code, hint: error.hint }
        : { error: lineOf(error) };
    result = { status: 500, body };
  }
  request.resume();
  response.writeHead(result.status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(result.body)}\n`);
}
