// How a unit or a gateway becomes known: a token that works once, keys that the machine makes
// itself, and a proof that it holds them.
import { z } from 'zod';
import { ID, INSTANT, TEXT } from './common.ts';
import { GATEWAY } from './fleet.ts';

/** 32 bytes in base64. */
export const KEY = z.string().regex(/^[A-Za-z0-9+/]{43}=$/);

/**
 * What one string must carry to make a bare machine known:
 *
 *   rmh1:SECRET:FINGERPRINT:https://platform.example:8443
 *
 * The secret is 256 random bits, the fingerprint the SHA-256 of the platform's certificate; both
 * in base64url without padding. No fingerprint: the certificate is checked in the ordinary way.
 */
export interface EnrolmentToken {
  readonly secret: string;
  readonly fingerprint: string | null;
  readonly url: string;
}
const TOKEN_FORM = /^rmh1:([\w-]{43}):([\w-]{43})?:(https?:\/\/[^\s]{1,200})$/;

export function formatEnrolmentToken({ secret, fingerprint, url }: EnrolmentToken): string {
  return `rmh1:${secret}:${fingerprint ?? ''}:${url}`;
}

export function parseEnrolmentToken(text: string): EnrolmentToken | null {
  const [, secret, fingerprint, url] = TOKEN_FORM.exec(text.trim()) ?? [];
  if (secret === undefined || url === undefined) return null;
  return { secret, fingerprint: fingerprint ?? null, url };
}

/** POST /units/:unitId/enrolment-tokens and the like. */
export const ENROLMENT_TOKEN_WRITE = z.strictObject({
  /** How long it may be used. */
  validHours: z.int().min(1).max(720).default(72),
});

/**
 * POST /enrolments: signed with the identity key over the text `rmh-enrol:` + token. The token is
 * the secret alone. Asked again with the same keys, the answer is the same.
 */
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
  /** The machine's own address inside the tunnel, as a prefix: /32. */
  addresses: z.array(z.string()),
  /** Of a unit: the network in its vehicle, /29; its first address is the unit's own. */
  lan: z.string().nullable(),
  /** Of a gateway: address and UDP port at which units reach it. */
  endpoint: z.string().nullable(),
});
export type Enrolled = z.infer<typeof ENROLLED>;

/**
 * A machine asks with `Authorization: RMH-Proof …`, made anew for each request: who, when, for
 * which process of the platform, a nonce, and an Ed25519 signature over method, path, those, and
 * the body's SHA-256. A process that the proof is not for says its own name, and does nothing.
 */
export const PROOF_SCHEME = 'RMH-Proof';
/** How far the clocks may be apart, ms; a nonce is remembered for twice as long. */
export const PROOF_WINDOW_MS = 300_000;

/**
 * GET /units/self/tunnel?holds=VERSION. `holds`: the version that the unit has on its disk, so
 * that a restart finds it, and works with. A preshared key is not changed at a gateway before the
 * unit has said that it holds the next one.
 */
export const UNIT_TUNNEL_QUERY = z.strictObject({
  holds: z.coerce.number().int().min(0).optional(),
});

/** The gateways of this unit, the preferred one first. */
export const UNIT_TUNNEL = z.strictObject({
  version: z.int(),
  addresses: z.array(z.string()),
  lan: z.string().nullable(),
  gateways: z.array(
    z.strictObject({
      name: z.string(),
      publicKey: KEY,
      presharedKey: KEY.nullable(),
      /** While keys change: the gateway may answer with this one instead, from now on. */
      nextPresharedKey: KEY.nullable(),
      endpoint: z.string(),
      allowedIps: z.array(z.string()),
    }),
  ),
});
export type UnitTunnel = z.infer<typeof UNIT_TUNNEL>;

/**
 * GET /gateways/self/units?after=VERSION: answers at once when there is something newer than the
 * version that the gateway holds on its disk, else after 25 s at the latest.
 */
export const GATEWAY_UNITS_QUERY = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
});
export const GATEWAY_POLL_MS = 25_000;

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

/** POST /units/:unitId/revoke. */
export const REVOKE = z.strictObject({ reason: TEXT });

/** POST /units/:unitId/replace: a new box for the same vehicle, which keeps its addresses. */
export const REPLACE = z.strictObject({
  serial: z.string().trim().min(1).max(64),
  model: TEXT.nullable(),
  reason: TEXT,
  validHours: z.int().min(1).max(720).default(72),
});
export const REPLACED = z.strictObject({
  /** Of the new unit. */
  unitId: ID,
  token: z.string(),
  expiresAt: INSTANT,
});

export const GATEWAY_WRITE = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/),
  site: TEXT,
  /** Address and UDP port, no DNS name. */
  endpoint: z.string().min(1).max(100),
  /** Prefixes that lie behind it. */
  allowedIps: z.array(z.string().max(50)).min(1).max(64),
});
/** A gateway with what only its owner needs to see. */
export const GATEWAY_DETAIL = GATEWAY.extend({
  allowedIps: z.array(z.string()),
  /** Its list of units: what it holds, and what it should. */
  heldVersion: z.int(),
  listVersion: z.int(),
});
export type GatewayDetail = z.infer<typeof GATEWAY_DETAIL>;

/** How old the preshared keys of a unit are, one a gateway. */
export const KEY_AGE = z.strictObject({
  gatewayId: ID,
  gateway: z.string(),
  /** steady · offered: the unit gets the next key · switching: the gateway gets it. */
  stage: z.enum(['steady', 'offered', 'switching']),
  madeAt: INSTANT,
  stageAt: INSTANT,
});
export type KeyAge = z.infer<typeof KEY_AGE>;

/** What holds for the whole service; only the national operator changes it. */
export const NETWORK_SETTINGS = z.strictObject({
  /** The pool of addresses inside the tunnel: an IPv4 prefix of 8 to 20 bits. */
  pool: z.string().regex(/^\d{1,3}(\.\d{1,3}){3}\/(8|9|1\d|20)$/),
  rotateKeysHours: z.int().min(1).max(720),
  version: z.int(),
});
export type NetworkSettings = z.infer<typeof NETWORK_SETTINGS>;
