// Alarms: raised and cleared only after a tolerance, one for one cause. Names after TMF642.
import { z } from 'zod';
import { ID, INSTANT, LONG_TEXT, PAGE_QUERY, TEXT } from './common.ts';

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
  /** What it is about. */
  vehicleId: ID.nullable(),
  gatewayId: ID.nullable(),
  carrier: z.string().nullable(),
  /** H3 cells (r6) of an area. */
  cells: z.array(z.string()),
  /** How many vehicles: 1 but for an area. */
  vehicles: z.int(),
  raisedAt: INSTANT,
  /** When the cause began, as the tolerance came before the alarm. */
  since: INSTANT,
  clearedAt: INSTANT.nullable(),
  acknowledgedBy: z.string().nullable(),
  version: z.int(),
});
export type Alarm = z.infer<typeof ALARM>;

export const ALARM_QUERY = PAGE_QUERY.extend({
  open: z.stringbool().optional(),
  kind: ALARM_KIND.optional(),
  severity: SEVERITY.optional(),
  vehicleId: z.coerce.number().int().positive().optional(),
  organisationId: z.coerce.number().int().positive().optional(),
});

export const ALARM_COMMENT = z.strictObject({
  id: ID,
  alarmId: ID,
  at: INSTANT,
  author: z.string(),
  text: LONG_TEXT,
});

/** Seconds that a cause must last before the alarm, and be gone before it is cleared. */
export const ALARM_RULE = z.strictObject({
  organisationId: ID,
  kind: ALARM_KIND,
  severity: SEVERITY,
  raiseAfterS: z.int().min(0).max(86_400),
  clearAfterS: z.int().min(0).max(86_400),
  enabled: z.boolean(),
  version: z.int(),
});
export type AlarmRule = z.infer<typeof ALARM_RULE>;

export const WEBHOOK = z.strictObject({
  id: ID,
  organisationId: ID,
  name: TEXT,
  /** An https address (http on loopback), or mailto:. */
  target: z.string().max(500),
  kinds: z.array(ALARM_KIND),
  leastSeverity: SEVERITY,
  enabled: z.boolean(),
  version: z.int(),
});
export type Webhook = z.infer<typeof WEBHOOK>;
