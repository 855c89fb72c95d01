// A platform that a test holds in its hand: it checks proofs, answers as told, and can be gone.
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { API_BASE } from '../api/common.ts';
import { challengeOf, isProved, readProof } from '../daemon/proof.ts';

export interface FakeRequest {
  /** Method and path below the base, without query: "GET /units/self/tunnel". */
  readonly what: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** The identity key that proved it, or null. */
  readonly key: string | null;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly body?: unknown;
}

export type FakeRoute = (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>;

export class FakePlatform {
  readonly routes = new Map<string, FakeRoute>();
  readonly requests: FakeRequest[] = [];
  /** Drops every connection. */
  down = false;
  /** What proofs must name; null: whatever they name is right. */
  processName: string | null = null;
  /** Connections that were opened. */
  connections = 0;
  readonly #secure: boolean;
  readonly #server;

  constructor(secure = false) {
    this.#secure = secure;
    const hear = (request: IncomingMessage, response: ServerResponse) => {
      void this.#answer(request, response);
    };
    const options = { ...TEST_CERTIFICATE, minVersion: 'TLSv1.3' } as const;
    this.#server = secure ? createSecure(options, hear) : createPlain(hear);
    this.#server.on('connection', (socket) => {
      this.connections++;
      if (this.down) socket.destroy();
    });
  }

  /** Scheme, host and port. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  heard(what: string): FakeRequest[] {
    return this.requests.filter((request) => request.what === what);
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    if (this.down) {
      incoming.socket.destroy();
      return;
    }
    const text = Buffer.concat(parts).toString('utf8');
    const { method = '', url = '' } = incoming;
    const { pathname, searchParams: query } = new URL(url, 'http://fake');
    const proof = readProof(incoming.headers.authorization ?? '');
    const isGood = proof !== null && isProved(proof, { method, path: url, body: text || null });
    if (this.processName !== null && proof?.to !== this.processName) {
      const { body } = problemAnswer(401, 'proof-for-another');
      response.writeHead(401, { 'www-authenticate': challengeOf(this.processName) });
      response.end(JSON.stringify(body));
      return;
    }
    const what = `${method} ${pathname.slice(API_BASE.length)}`;
    const key = isGood ? proof.key : null;
    const request = { what, query, body: text === '' ? null : JSON.parse(text), key };
    this.requests.push(request);
    const { status = 200, body } = (await this.routes.get(what)?.(request)) ?? NOT_FOUND;
    response.writeHead(body === undefined ? 204 : status, { 'content-type': 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }
}

export function problemAnswer(status: number, name: string): FakeAnswer {
  return { status, body: { type: `urn:rmh:problem:${name}`, title: name, status } };
}

const NOT_FOUND = problemAnswer(404, 'not-found');

/** Made for tests; protects nothing. */
const TEST_CERTIFICATE = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQga2U9qhS43LOBol9p
mV4n13GWTbILQm8Fkg6Z08sAE0ehRANCAARHYQ0xX7M2+1xIYr9+ocpxQYSv5gzA
k/vNaNKuMbguw59K1LdR2CgNvYgk3iTJbb0ZUGGkhvg6Xhgf27/KQ/i/
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBfjCCASOgAwIBAgIUBQELOBUM8uNvKokDWZ/fF8X0TOUwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIcm1oIHRlc3QwIBcNMjYxMTI1MjIwOTE3WhgPMjEyNjExMDEy
MjA5MTdaMBMxETAPBgNVBAMMCHJtaCB0ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAER2ENMV+zNvtcSGK/fqHKcUGEr+YMwJP7zWjSrjG4LsOfStS3UdgoDb2I
JN4kyW29GVBhpIb4Ol4YH9u/ykP4v6NTMFEwHQYDVR0OBBYEFOnGzr8vVS7Om64g
I8sJXCak/TjpMB8GA1UdIwQYMBaAFOnGzr8vVS7Om64gI8sJXCak/TjpMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAKIpMqjgXUWAAd0UGLiMoZo2
tF5NH7zBpHvMW4HzXph4AiEA6AUcJC9PwQsXREPwQipMGZXjNKLujHIzs7AGhDrM
cYM=
-----END CERTIFICATE-----`,
} as const;

/** SHA-256 of it. */
export const TEST_FINGERPRINT = '6e5ca66aabe15129456e3f7856570e9018f35bcaf78b7bf297784eabc4a0e83e';
