// Alarms: raised and cleared only after a tolerance, one for one cause. docs/alarms.md gives the
// rules, and the names of TM Forum's TMF642 beside ours.
import { z } from 'zod';
import { ID, INSTANT, LONG_TEXT, PAGE_QUERY, TEXT } from './common.ts';

/** The gravest first. */
export const SEVERITIES = ['critical', 'major', 'minor', 'warning'] as const;
export const SEVERITY = z.enum(SEVERITIES);
export type Severity = z.infer<typeof SEVERITY>;

export const ALARM_KINDS = [
  /** No service in a vehicle that is switched on. */
  'vehicle-down',
  /** One carrier of one vehicle is gone while others in its place have it. */
  'carrier-down',
  /** A vehicle that is not known to be off says nothing. */
  'vehicle-silent',
  /** Many vehicles lost one carrier in one area: one alarm. */
  'carrier-area',
  'gateway-silent',
  /** A unit fell back from a configuration. */
  'configuration-refused',
  'unit-unhealthy',
] as const;
export const ALARM_KIND = z.enum(ALARM_KINDS);
export type AlarmKind = z.infer<typeof ALARM_KIND>;

export const ALARM = z.strictObject({
  id: ID,
  organisationId: ID,
  kind: ALARM_KIND,
  severity: SEVERITY,
  state: z.enum(['raised', 'updated', 'cleared']),
  acknowledged: z.boolean(),
  /** About made-up vehicles. */
  simulated: z.boolean(),
  /** What it is about. */
  vehicleId: ID.nullable(),
  callSign: z.string().nullable(),
  gatewayId: ID.nullable(),
  carrier: z.string().nullable(),
  /** H3 cells (r6) of an area. */
  cells: z.array(z.string()),
  /** How many vehicles: 1 but for an area; of a gateway, those that it took along. */
  vehicles: z.int(),
  raisedAt: INSTANT,
  /** When the cause began, as the tolerance came before the alarm. */
  since: INSTANT,
  clearedAt: INSTANT.nullable(),
  /** A person's name when it was cleared by hand. */
  clearedBy: z.string().nullable(),
  /** The alarm that explains this one, and in which it ended. */
  partOf: ID.nullable(),
  acknowledgedBy: z.string().nullable(),
  acknowledgedAt: INSTANT.nullable(),
  version: z.int(),
});
export type Alarm = z.infer<typeof ALARM>;

/** The newest first. */
export const ALARM_QUERY = PAGE_QUERY.extend({
  open: z.stringbool().optional(),
  acknowledged: z.stringbool().optional(),
  kind: ALARM_KIND.optional(),
  severity: SEVERITY.optional(),
  vehicleId: z.coerce.number().int().positive().optional(),
  /** At or below this organisation. */
  organisationId: z.coerce.number().int().positive().optional(),
  simulated: z.stringbool().optional(),
});

export const ALARM_COMMENT = z.strictObject({
  id: ID,
  alarmId: ID,
  at: INSTANT,
  author: z.string(),
  text: LONG_TEXT,
});
export const ALARM_COMMENT_WRITE = z.strictObject({ text: LONG_TEXT.min(1) });

/** Seconds that a cause must last before the alarm, and be gone before it is cleared. */
export const ALARM_RULE_WRITE = z.strictObject({
  severity: SEVERITY,
  raiseAfterS: z.int().min(0).max(86_400),
  clearAfterS: z.int().min(0).max(86_400),
  enabled: z.boolean(),
});
export const ALARM_RULE = ALARM_RULE_WRITE.extend({
  organisationId: ID,
  kind: ALARM_KIND,
  /** The organisation whose rule it is: itself, one above, or null: the built-in rule. */
  fromOrganisationId: ID.nullable(),
  /** 0: not its own yet. */
  version: z.int(),
});
export type AlarmRule = z.infer<typeof ALARM_RULE>;

export const WEBHOOK_WRITE = z.strictObject({
  name: TEXT,
  /** An https address, or mailto:. */
  target: z.string().max(500),
  /** Empty: all of them. */
  kinds: z.array(ALARM_KIND),
  leastSeverity: SEVERITY,
  enabled: z.boolean(),
});
export const WEBHOOK = WEBHOOK_WRITE.extend({
  id: ID,
  organisationId: ID,
  /** Not tried before this time, as it failed again and again. */
  restingUntil: INSTANT.nullable(),
  version: z.int(),
});
export type Webhook = z.infer<typeof WEBHOOK>;
/** The secret is shown once: `whsec_` and base64, as Standard Webhooks has it. */
export const WEBHOOK_CREATED = WEBHOOK.extend({ secret: z.string().nullable() });

/** POST /webhooks/:webhookId/test: the answer of the receiver, or why there was none. */
export const WEBHOOK_TRIED = z.strictObject({
  /** HTTP status, or that of a mail server; null when nobody answered. */
  status: z.int().nullable(),
  /** Null: it arrived. */
  fault: z.string().nullable(),
});
export type WebhookTried = z.infer<typeof WEBHOOK_TRIED>;

/** The delivery log: one entry for each alarm event and target. */
export const DELIVERY = z.strictObject({
  id: ID,
  webhookId: ID,
  alarmId: ID,
  event: z.enum(['raised', 'updated', 'cleared']),
  state: z.enum(['waiting', 'sent', 'given-up']),
  createdAt: INSTANT,
  tries: z.int(),
  nextTryAt: INSTANT.nullable(),
  /** The last try: HTTP status, or what went wrong. */
  status: z.int().nullable(),
  fault: z.string().nullable(),
});
export type Delivery = z.infer<typeof DELIVERY>;
