// GET /overview: the start page. Is anything wrong, where, since when, and whose fault.
import { z } from 'zod';
import { ALARM_KIND, SEVERITIES, SEVERITY } from './alarms.ts';
import { ID, INSTANT } from './common.ts';
import { GATEWAY, SERVICE_STATES } from './fleet.ts';
import { ORGANISATION_KIND } from './roles.ts';

/** Vehicles by state; `never`: in operation, but no unit of theirs has spoken yet. */
export const STATE_COUNTS = z.record(z.enum([...SERVICE_STATES, 'never']), z.int());
export type StateCounts = z.infer<typeof STATE_COUNTS>;

export const FAULTS_OF = ['carrier', 'gateway', 'unit', 'unknown'] as const;
export const FAULT_OF = z.enum(FAULTS_OF);
export type FaultOf = z.infer<typeof FAULT_OF>;

/** One open alarm as the start page says it, the gravest first. */
export const HEADLINE = z.strictObject({
  alarmId: ID,
  kind: ALARM_KIND,
  severity: SEVERITY,
  fault: FAULT_OF,
  organisationId: ID,
  /** Short name of the organisation. */
  where: z.string(),
  since: INSTANT,
  carrier: z.string().nullable(),
  gateway: z.string().nullable(),
  vehicleId: ID.nullable(),
  callSign: z.string().nullable(),
  vehicles: z.int(),
  acknowledged: z.boolean(),
});
export type Headline = z.infer<typeof HEADLINE>;

/** The real fleet or the made-up one: never added together. */
export const FLEET_OVERVIEW = z.strictObject({
  simulated: z.boolean(),
  states: STATE_COUNTS,
  /** Only organisations that hold vehicles themselves; a region's figures are their sum. */
  organisations: z.array(
    z.strictObject({
      organisationId: ID,
      parentId: ID.nullable(),
      kind: ORGANISATION_KIND,
      shortName: z.string(),
      states: STATE_COUNTS,
    }),
  ),
  /** Of vehicles that speak: how many have this carrier, and for how many it is down. */
  carriers: z.array(
    z.strictObject({
      link: z.string(),
      name: z.string(),
      colour: z.int().nullable(),
      vehicles: z.int(),
      down: z.int(),
    }),
  ),
  /** Open alarms. */
  alarms: z.strictObject({
    bySeverity: z.record(z.enum(SEVERITIES), z.int()),
    unacknowledged: z.int(),
  }),
  /** Ten at most. */
  headlines: z.array(HEADLINE),
});
export type FleetOverview = z.infer<typeof FLEET_OVERVIEW>;

export const OVERVIEW = z.strictObject({
  at: INSTANT,
  /** Real first. A fleet without vehicles and alarms is left out. */
  fleets: z.array(FLEET_OVERVIEW),
  gateways: z.array(GATEWAY.pick({ id: true, name: true, site: true, state: true, heardAt: true })),
});
export type Overview = z.infer<typeof OVERVIEW>;
