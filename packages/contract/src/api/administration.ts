// Who may use the platform, what machines were invited, and what everybody did.
import { z } from 'zod';
import { ID, INSTANT, PAGE_QUERY, TEXT } from './common.ts';
import { GRANT, ORGANISATION_KIND, VERB } from './roles.ts';

export const ORGANISATION_WRITE = z.strictObject({
  parentId: ID,
  kind: ORGANISATION_KIND,
  name: TEXT,
  shortName: TEXT,
  orgNumber: z
    .string()
    .regex(/^\d{9}$/)
    .nullable(),
});

export const USER_WRITE = z.strictObject({
  organisationId: ID,
  name: TEXT,
  email: z.email().nullable(),
  grants: z.array(GRANT).max(50),
  active: z.boolean(),
});

/** For machines of others: procurement, dispatch, monitoring. */
export const SERVICE_TOKEN = z.strictObject({
  id: ID,
  organisationId: ID,
  name: TEXT,
  verbs: z.array(VERB),
  expiresAt: INSTANT,
  lastUsedAt: INSTANT.nullable(),
  revokedAt: INSTANT.nullable(),
  version: z.int(),
});
export type ServiceToken = z.infer<typeof SERVICE_TOKEN>;
export const SERVICE_TOKEN_WRITE = z.strictObject({
  organisationId: ID,
  name: TEXT,
  verbs: z.array(VERB).min(1),
  expiresAt: INSTANT,
});
/** The answer to making one: the only time that the secret is shown. */
export const SERVICE_TOKEN_MADE = SERVICE_TOKEN.extend({ secret: z.string() });

/** POST /units/:unitId/enrolment-tokens and /gateways/:gatewayId/enrolment-tokens. */
export const ENROLMENT_TOKEN_MADE = z.strictObject({
  /** The only time that it is shown; it works once. */
  token: z.string(),
  expiresAt: INSTANT,
});

export const AUDIT_ENTRY = z.strictObject({
  id: ID,
  at: INSTANT,
  actor: z.string(),
  /** 'vehicle.track', 'user.change' … */
  action: z.string(),
  organisationId: ID.nullable(),
  /** 'vehicle:17' */
  subject: z.string(),
  /** Of a vehicle: its call sign, where the asker may see it. */
  subjectName: z.string().nullable(),
  reason: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  requestId: z.string(),
});
export type AuditEntry = z.infer<typeof AUDIT_ENTRY>;
export const AUDIT_QUERY = PAGE_QUERY.extend({
  actor: z.string().trim().max(200).optional(),
  action: z.string().trim().max(60).optional(),
  /** Part of a call sign. */
  vehicle: z.string().trim().max(60).optional(),
  /** Only looks at one vehicle: at its track, or at what happened to it. */
  looks: z.stringbool().optional(),
  from: INSTANT.optional(),
  to: INSTANT.optional(),
});

/** GET /exports/audit.jsonl and /exports/audit.syslog: entries after this one. */
export const EXPORT_AUDIT_QUERY = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
});
