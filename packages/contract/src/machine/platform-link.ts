// A machine's way to the platform: each request proved with its identity key, answers checked,
// and one word in the log when the platform goes silent, one when it is back. Whoever asks waits;
// the tunnel does not.
import { randomInt } from 'node:crypto';
import type { z } from 'zod';
import { ApiProblem, ApiUnreachable, type Call, createClient } from '../client.ts';
import type { Log } from '../daemon/log.ts';
import { type Identity, Prover } from '../daemon/proof.ts';
import { lineOf } from '../error.ts';
import type { PinnedFetch } from './pinned-fetch.ts';

export interface PlatformLinkPorts {
  /** Scheme, host and port. */
  readonly url: string;
  readonly identity: Identity;
  readonly transport: PinnedFetch;
  readonly log: Log;
  readonly nowMs: () => number;
}

export type Asked<T> =
  | { readonly kind: 'answer'; readonly body: T }
  /** The platform says no: another try will not help by itself. */
  | { readonly kind: 'refused'; readonly status: number; readonly type: string }
  | { readonly kind: 'silent' };

export class PlatformLink {
  readonly #ports: PlatformLinkPorts;
  readonly #client: ReturnType<typeof createClient>;
  #silentSinceMs: number | null = null;
  #refusal = '';

  constructor(ports: PlatformLinkPorts) {
    this.#ports = ports;
    const { identity, transport, nowMs, url } = ports;
    this.#client = createClient({
      origin: url.replace(/\/+$/, ''),
      fetch: transport.fetch,
      signer: new Prover(identity, nowMs),
    });
  }

  /** Never throws but at a stop (`call.signal`). `reply`: what the answer must be. */
  async ask<S extends z.ZodType>(path: string, reply: S, call: Call): Promise<Asked<z.output<S>>> {
    try {
      const { body } = await this.#client.call<unknown>(path, call);
      const parsed = reply.safeParse(body);
      if (!parsed.success) throw new ApiUnreachable(parsed.error);
      this.#heard();
      return { kind: 'answer', body: parsed.data };
    } catch (error) {
      if (call.signal?.aborted === true) return { kind: 'silent' };
      if (error instanceof ApiProblem && isFinal(error)) return this.#refused(path, error);
      if (error instanceof ApiProblem || error instanceof ApiUnreachable) {
        this.#silent(error);
        return { kind: 'silent' };
      }
      throw error;
    }
  }

  /** The next request opens a connection of its own. */
  reset(): void {
    this.#ports.transport.reset();
  }

  #heard(): void {
    this.#refusal = '';
    if (this.#silentSinceMs === null) return;
    const seconds = Math.round((this.#ports.nowMs() - this.#silentSinceMs) / 1000);
    this.#silentSinceMs = null;
    this.#ports.log.write('platform.heard', { seconds });
  }

  #silent(error: Error): void {
    if (this.#silentSinceMs !== null) return;
    this.#silentSinceMs = this.#ports.nowMs();
    const cause = error.cause instanceof Error ? error.cause : error;
    this.#ports.log.write('platform.silent', { message: lineOf(cause) });
  }

  #refused(path: string, { problem, status }: ApiProblem): Asked<never> {
    const [, , what = ''] = path.split('/');
    const refusal = `${what} ${problem.type}`;
    if (refusal !== this.#refusal) {
      this.#ports.log.write('platform.refused', { status, type: problem.type, request: path });
    }
    this.#refusal = refusal;
    return { kind: 'refused', status, type: problem.type };
  }
}

// Two processes that take turns within one request refuse the proof for each other: another try
// may find the right one.
function isFinal(error: ApiProblem): boolean {
  return error.status < 500 && error.status !== 429 && !error.is('proof-for-another');
}

/**
 * When to try again: 1, 2, 4 … 60 s (or `mostMs`), each ±50 %, so that a fleet does not come back
 * as one.
 */
export class Backoff {
  readonly #mostMs: number;
  #failures = 0;

  constructor(mostMs = PAUSE_MS_MOST) {
    this.#mostMs = mostMs;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failedMs(): number {
    const ms = Math.min(this.#mostMs, PAUSE_MS_LEAST * 2 ** this.#failures++);
    return Math.round((ms * randomInt(50, 151)) / 100);
  }
}

const PAUSE_MS_LEAST = 1_000;
const PAUSE_MS_MOST = 60_000;
