// `fetch` as a machine uses it: TLS 1.3, post-quantum key exchange where the platform has it, and
// the platform's own certificate, known by its SHA-256. Nothing is sent before that is checked.
import { request as httpRequest, Agent as PlainAgent } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';

/** A list of 2,048 units has 0.9 MB; more is not the platform. */
const REPLY_BYTES_MAX = 8_000_000;
const CURVES = 'X25519MLKEM768:X25519';
/** One for what is live, the backlog, the questions of each minute, and one that waits. */
const SOCKETS_MAX = 4;
/** A question that waits on a line that is dead is noticed 10 s later: a probe costs 100 bytes. */
const PROBE_MS = 15_000;

export class WrongCertificate extends Error {
  constructor() {
    super('the certificate of the platform is not the one that was pinned');
    this.name = 'WrongCertificate';
  }
}

export interface PinnedFetch {
  readonly fetch: typeof fetch;
  /** Drops every connection: the next request proves the way anew. */
  reset(): void;
}

/** `fingerprint`: SHA-256 of the certificate, 64 hex digits; null: whom the system trusts. */
export function pinnedFetch(fingerprint: string | null): PinnedFetch {
  let agents = agentsFor(fingerprint);
  const pinned = async (input: string | URL | Request, init: RequestInit = {}) => {
    return await ask(new URL(input instanceof Request ? input.url : input), init, agents);
  };
  return {
    fetch: pinned,
    reset: () => {
      agents.https.destroy();
      agents.http.destroy();
      agents = agentsFor(fingerprint);
    },
  };
}

/** A token's fingerprint (base64url) as configurations have it: 64 hex digits. */
export function fingerprintHex(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString('hex');
}

interface Agents {
  readonly https: Agent;
  readonly http: PlainAgent;
}

function agentsFor(fingerprint: string | null): Agents {
  const options = { keepAlive: true, keepAliveMsecs: PROBE_MS, maxSockets: SOCKETS_MAX };
  return { https: new PinnedAgent(options, fingerprint), http: new PlainAgent(options) };
}

class PinnedAgent extends Agent {
  readonly #fingerprint: string | null;

  constructor(options: ConstructorParameters<typeof Agent>[0], fingerprint: string | null) {
    super(options);
    this.#fingerprint = fingerprint;
  }

  override createConnection(
    options: ConnectionOptions,
    done?: (error: Error | null, socket: Duplex) => void,
  ): null {
    const isPinned = this.#fingerprint !== null;
    const socket = connect({
      ...options,
      minVersion: 'TLSv1.3',
      ecdhCurve: CURVES,
      // The pin says more than any chain would.
      rejectUnauthorized: !isPinned,
    });
    const failed = (error: Error) => done?.(error, socket);
    socket.once('error', failed);
    socket.once('secureConnect', () => {
      socket.off('error', failed);
      if (!isPinned || fingerprintOf(socket) === this.#fingerprint) done?.(null, socket);
      else {
        socket.destroy();
        done?.(new WrongCertificate(), socket);
      }
    });
    return null;
  }
}

function fingerprintOf(socket: TLSSocket): string {
  return socket.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase();
}

function ask(url: URL, init: RequestInit, agents: Agents): Promise<Response> {
  const { method = 'GET', body, signal } = init;
  const headers = Object.fromEntries(new Headers(init.headers));
  const text = typeof body === 'string' ? Buffer.from(body) : null;
  if (text !== null) headers['content-length'] = String(text.length);
  const options = { method, headers, ...(signal ? { signal } : {}) };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, agent: agents.https })
        : httpRequest(url, { ...options, agent: agents.http });
    request.once('error', reject);
    request.once('response', (incoming) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (part: Buffer) => {
        parts.push(part);
        bytes += part.length;
        if (bytes > REPLY_BYTES_MAX) incoming.destroy(new Error('the answer is too long'));
      });
      incoming.once('error', reject);
      incoming.once('end', () => {
        const status = incoming.statusCode ?? 0;
        const hasBody = status !== 204 && status !== 304;
        const { etag, 'www-authenticate': challenge } = incoming.headers;
        const replied = {
          ...(etag === undefined ? {} : { etag }),
          ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
        };
        const content = hasBody ? Buffer.concat(parts).toString('utf8') : null;
        resolve(new Response(content, { status, headers: replied }));
      });
    });
    request.end(text ?? undefined);
  });
}
