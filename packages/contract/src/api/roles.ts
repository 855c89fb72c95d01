// Who may do what: a role is a set of verbs, a grant gives a role on one organisation and all that
// lies below it.
import { z } from 'zod';
import { ID, INSTANT, TEXT } from './common.ts';

export const VERBS = [
  'organisation.read',
  'organisation.write',
  'user.read',
  'user.write',
  'vehicle.read',
  'vehicle.write',
  /** One vehicle's track: logged with a reason. */
  'track.read',
  'unit.enrol',
  'unit.revoke',
  'gateway.read',
  'gateway.write',
  'carrier.write',
  'configuration.read',
  'configuration.write',
  /** The national baseline and its locks. */
  'configuration.lock',
  'rollout.write',
  'alarm.read',
  'alarm.handle',
  'alarm.rule',
  'statistics.read',
  /** Orders, installations and what may be ordered. */
  'order.read',
  /** To place an order, and to cancel it. */
  'order.write',
  /** To acknowledge, hold, reject and fulfil it. */
  'order.handle',
  /** The garage: checklist, measured drive, acceptance. */
  'order.install',
  'catalogue.write',
  'programme.read',
  'programme.write',
  /** The monthly reports. */
  'report.read',
  /** To have one made before its time, or again. */
  'report.write',
  /** Cases towards the carriers, and the evidence in them. */
  'case.read',
  /** To open, send, answer and close them; a carrier's contact answers those sent to it. */
  'case.write',
  'export.read',
  'webhook.write',
  'token.write',
  'audit.read',
  'settings.read',
  'requirement.read',
  /** The common requirements: the national operator's. */
  'requirement.write',
  /** Answers for what no machine can measure: that a risk assessment was made. */
  'requirement.attest',
  /** Notes of all regions: unlike the rest, not only of those at or below. */
  'experience.read',
  'experience.write',
] as const;
export const VERB = z.enum(VERBS);
export type Verb = z.infer<typeof VERB>;

const READ = [
  'organisation.read',
  'vehicle.read',
  'gateway.read',
  'configuration.read',
  'alarm.read',
  'statistics.read',
  'settings.read',
  'requirement.read',
  'report.read',
] as const satisfies Verb[];

const EXPERIENCE = ['experience.read', 'experience.write'] as const satisfies Verb[];

export const ROLES = {
  'national-operator': VERBS.filter((verb) => verb !== 'audit.read'),
  'regional-coordinator': [
    ...READ,
    ...EXPERIENCE,
    'user.read',
    'configuration.write',
    'rollout.write',
    'export.read',
    'alarm.rule',
    'vehicle.write',
    'requirement.attest',
    'order.read',
    'order.write',
    'programme.read',
    'programme.write',
    'report.write',
    'case.read',
    'case.write',
  ],
  'ict-operator': [
    ...READ,
    ...EXPERIENCE,
    'user.read',
    'user.write',
    'vehicle.write',
    'track.read',
    'unit.enrol',
    'unit.revoke',
    'configuration.write',
    'rollout.write',
    'alarm.handle',
    'alarm.rule',
    'export.read',
    'webhook.write',
    'token.write',
    'organisation.write',
    'order.read',
    'order.install',
    'programme.read',
    'case.read',
    'case.write',
  ],
  'trust-user': [
    'organisation.read',
    'vehicle.read',
    'alarm.read',
    'statistics.read',
    'requirement.read',
    'order.read',
    'report.read',
    ...EXPERIENCE,
  ],
  /** For one carrier, and only in cases that were sent to it. */
  'carrier-contact': ['case.read', 'case.write'],
  // Everything but where one vehicle drove; and changes nothing.
  auditor: [
    ...READ,
    'audit.read',
    'user.read',
    'order.read',
    'programme.read',
    'experience.read',
    'case.read',
  ],
} as const satisfies Record<string, readonly Verb[]>;
export const ROLE = z.enum(Object.keys(ROLES) as [Role, ...Role[]]);
export type Role = keyof typeof ROLES;

export function mayDo(role: Role, verb: Verb): boolean {
  return (ROLES[role] as readonly Verb[]).includes(verb);
}

export const ORGANISATION_KINDS = ['national', 'rhf', 'hf', 'station'] as const;
export const ORGANISATION_KIND = z.enum(ORGANISATION_KINDS);

export const ORGANISATION = z.strictObject({
  id: ID,
  parentId: ID.nullable(),
  kind: ORGANISATION_KIND,
  name: TEXT,
  /** Short name for tables and maps. */
  shortName: TEXT,
  /** Brønnøysund's number, nine digits, or null. */
  orgNumber: z
    .string()
    .regex(/^\d{9}$/)
    .nullable(),
  version: z.int(),
});
export type Organisation = z.infer<typeof ORGANISATION>;

export const GRANT = z.strictObject({
  role: ROLE,
  organisationId: ID,
  /** For whom a carrier-contact speaks; no other role has one. */
  carrierId: ID.exactOptional(),
});
export type Grant = z.infer<typeof GRANT>;

export const USER = z.strictObject({
  id: ID,
  /** The organisation that looks after this user. */
  organisationId: ID,
  name: TEXT,
  email: z.email().nullable(),
  grants: z.array(GRANT),
  active: z.boolean(),
  lastSeenAt: INSTANT.nullable(),
  version: z.int(),
});
export type User = z.infer<typeof USER>;

/** Who is asking: what the console shows and hides by. */
export const ME = z.strictObject({
  user: USER,
  verbs: z.array(z.strictObject({ verb: VERB, organisationIds: z.array(ID) })),
  /** For writes, in the header `x-rmh-csrf`. */
  csrf: z.string(),
});
export type Me = z.infer<typeof ME>;
