// One delivery to a webhook, signed as Standard Webhooks has it: HMAC-SHA256 over id, time and
// body, so that a receiver needs no code of ours to check it, can refuse what is old, and knows a
// double by its id.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { AddressRefused, bareHost, guardedLookup, mayReach } from './addresses.ts';
import type { NotifySettings } from './settings.ts';

export const SECRET_PREFIX = 'whsec_';
// A receiver answers when it has written the event down.
const ANSWER_WITHIN_MS = 10_000;

export interface Delivered {
  /** HTTP status, or null when there was no answer. */
  readonly status: number | null;
  /** Null: it arrived. */
  readonly fault: string | null;
}

/** 'v1,' and base64, over `id.timestamp.body`. */
export function signatureOf(secret: Uint8Array, id: string, timeS: number, body: string): string {
  const mac = createHmac('sha256', secret).update(`${id}.${timeS}.${body}`).digest('base64');
  return `v1,${mac}`;
}

/** For receivers, and for our tests: several signatures may stand with spaces between. */
export function isSigned(
  secret: Uint8Array,
  headers: { id: string; timeS: number; signature: string },
  body: string,
): boolean {
  const wanted = Buffer.from(signatureOf(secret, headers.id, headers.timeS, body));
  return headers.signature.split(' ').some((one) => {
    const given = Buffer.from(one);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

/** Never throws: what went wrong is part of the delivery log. */
export async function post(
  target: string,
  message: { id: string; timeS: number; body: string; secret: Uint8Array },
  settings: NotifySettings,
): Promise<Delivered> {
  const { id, timeS, body, secret } = message;
  const url = new URL(target);
  const host = bareHost(url);
  // A literal address is connected to without any look-up.
  if (isIP(host) !== 0 && !mayReach(host, settings)) return refused();
  const { promise, resolve } = Promise.withResolvers<Delivered>();
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(
    url,
    {
      method: 'POST',
      lookup: guardedLookup(settings),
      // A connection of its own: one that is kept was looked up for another delivery.
      agent: false,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'rmh-platform',
        'webhook-id': id,
        'webhook-timestamp': String(timeS),
        'webhook-signature': signatureOf(secret, id, timeS, body),
      },
    },
    (response) => {
      // Redirects are not followed: they lead where nobody looked. The body is not read.
      const status = response.statusCode ?? 0;
      response.destroy();
      resolve({ status, fault: status >= 200 && status < 300 ? null : `HTTP ${status}` });
    },
  );
  request.on('error', (error: Error & { code?: string }) => {
    resolve(error instanceof AddressRefused ? refused() : { status: null, fault: faultOf(error) });
  });
  request.end(body);
  return await promise;
}

function refused(): Delivered {
  return { status: null, fault: 'its address is not one that webhooks may reach' };
}

/** A code and no more: messages of sockets name addresses that the customer has no need to see. */
function faultOf(error: Error & { code?: string }): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'no answer in time';
  return error.code ?? 'it failed';
}
