// How a unit or a gateway becomes known: a token that works once, keys that the machine makes
// itself, and a proof that it holds them.
import { z } from 'zod';
import { ID } from './common.ts';

/** 32 bytes in base64. */
export const KEY = z.string().regex(/^[A-Za-z0-9+/]{43}=$/);

/** POST /enrolments: signed with the identity key over the text `rmh-enrol:` + token. */
export const ENROL = z.strictObject({
  token: z.string().min(20).max(200),
  serial: z.string().min(1).max(64),
  /** Ed25519, raw, base64: who speaks. */
  identityKey: KEY,
  /** X25519: the tunnel's public key. */
  tunnelKey: KEY,
  /** Ed25519 signature of the above, base64: 64 bytes. */
  proof: z.string().regex(/^[A-Za-z0-9+/]{86}==$/),
  softwareVersion: z.string().max(64),
});
export type Enrol = z.infer<typeof ENROL>;

export const ENROLLED = z.strictObject({
  kind: z.enum(['unit', 'gateway']),
  id: ID,
  name: z.string(),
  /** Prefixes inside the tunnel. */
  addresses: z.array(z.string()),
});
export type Enrolled = z.infer<typeof ENROLLED>;

/**
 * A machine asks with `Authorization: RMH-Proof …`, made anew for each request: who, when, a
 * nonce, and an Ed25519 signature over method, path, time, nonce and the body's SHA-256.
 */
export const PROOF_SCHEME = 'RMH-Proof';
/** How far the clocks may be apart, ms; a nonce is remembered for twice as long. */
export const PROOF_WINDOW_MS = 300_000;

/** GET /units/self/tunnel: the gateways of this unit. */
export const UNIT_TUNNEL = z.strictObject({
  version: z.int(),
  addresses: z.array(z.string()),
  gateways: z.array(
    z.strictObject({
      name: z.string(),
      publicKey: KEY,
      presharedKey: KEY.nullable(),
      endpoint: z.string(),
      allowedIps: z.array(z.string()),
    }),
  ),
});
export type UnitTunnel = z.infer<typeof UNIT_TUNNEL>;

/** GET /gateways/self/units?after=VERSION: waits up to 25 s for something newer. */
export const GATEWAY_UNITS = z.strictObject({
  version: z.int(),
  units: z.array(
    z.strictObject({
      id: ID,
      name: z.string(),
      publicKey: KEY,
      presharedKey: KEY.nullable(),
      allowedIps: z.array(z.string()),
    }),
  ),
});
export type GatewayUnits = z.infer<typeof GATEWAY_UNITS>;
