// Headers that every answer has: they tell a browser to load nothing from elsewhere, to show us in
// no frame, to guess no types and to keep no answers.
import { API_BASE } from '@rmh/contract/api';
import type { FastifyInstance } from 'fastify';

// blob: is for the map's worker and for pictures that the map makes itself.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
} as const;

// Two years, as the preload lists ask for.
const STRICT_TRANSPORT = 'max-age=63072000; includeSubDomains';

/** An answer of the API and no page, at our own address or at one that a specification asks for. */
export const isApi = (url: string): boolean =>
  url.startsWith(API_BASE) || url.startsWith('/tmf-api/');

export function addSecurityHeaders(app: FastifyInstance, publicUrl: string): void {
  const isSecure = publicUrl.startsWith('https:');
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    reply.header('x-request-id', request.id);
    if (isSecure) reply.header('strict-transport-security', STRICT_TRANSPORT);
    if (isApi(request.url)) reply.header('cache-control', 'no-store');
  });
}
