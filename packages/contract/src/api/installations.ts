// From the box to the road: what is done in the garage, and the measured drive that a vehicle must
// pass before it counts as in operation.
import { z } from 'zod';
import { AT_MS, ID, INSTANT, LONG_TEXT, PAGE_QUERY, TEXT } from './common.ts';

/** How far a vehicle has come: the last that happened. */
export const INSTALLATION_STATES = [
  'ordered',
  'delivered',
  'installed',
  'accepted',
  'in-operation',
  'cancelled',
] as const;
export const INSTALLATION_STATE = z.enum(INSTALLATION_STATES);
export type InstallationState = z.infer<typeof INSTALLATION_STATE>;

/** What is looked at in the garage; all of it, before the vehicle is installed. */
export const INSTALLATION_POINTS = [
  'unit-fixed',
  'power-fused',
  'ignition-sensed',
  'antennas-apart',
  'antenna-cables',
  'position-antenna',
  'cards-in',
  'enrolled',
  'network-in-vehicle',
  'crew-shown',
] as const;
export const INSTALLATION_POINT = z.enum(INSTALLATION_POINTS);
export type InstallationPoint = z.infer<typeof INSTALLATION_POINT>;

export const INSTALLATION = z.strictObject({
  id: ID,
  organisationId: ID,
  vehicleId: ID,
  callSign: TEXT,
  registration: TEXT.nullable(),
  orderId: ID,
  unitId: ID.nullable(),
  serial: z.string().nullable(),
  state: INSTALLATION_STATE,
  pointsTicked: z.int(),
  /** The newest drive: null when there was none. */
  drivePassed: z.boolean().nullable(),
  orderedAt: INSTANT,
  deliveredAt: INSTANT.nullable(),
  installedAt: INSTANT.nullable(),
  acceptedAt: INSTANT.nullable(),
  operationAt: INSTANT.nullable(),
  version: z.int(),
});
export type Installation = z.infer<typeof INSTALLATION>;

export const INSTALLATION_QUERY = PAGE_QUERY.extend({
  organisationId: z.coerce.number().int().positive().optional(),
  orderId: z.coerce.number().int().positive().optional(),
  vehicleId: z.coerce.number().int().positive().optional(),
  state: INSTALLATION_STATE.optional(),
});

/**
 * PUT /installations/:installationId/points/:point. A phone in a garage sends late and twice: of
 * two words about one point the one with the later `atMs`, by the phone's clock, stands.
 */
export const POINT_WRITE = z.strictObject({
  ticked: z.boolean(),
  note: LONG_TEXT,
  atMs: AT_MS,
});
export const POINT_STATE = POINT_WRITE.extend({
  point: INSTALLATION_POINT,
  by: z.string(),
});
export type PointState = z.infer<typeof POINT_STATE>;

/** What a drive is measured by; the limits and their reasons: docs/ordering.md. */
export const DRIVE_CHECKS = [
  'length',
  'cells',
  'subscriptions',
  'carrier',
  'antenna',
  'failover',
] as const;
export const DRIVE_RESULTS = ['passed', 'failed', 'not-measurable'] as const;
export const DRIVE_FIGURE = z.strictObject({
  check: z.enum(DRIVE_CHECKS),
  /** Of a carrier and an antenna. */
  link: z.string().nullable(),
  result: z.enum(DRIVE_RESULTS),
  /** Seconds, cells, carriers, dB against the fleet's median, or ms until the traffic had moved. */
  measured: z.number().nullable(),
  limit: z.number(),
  unit: z.enum(['s', 'cells', 'carriers', 'dB', 'ms']),
  /** Cells behind an antenna's figure, outages behind a failover's. */
  of: z.int(),
});
export type DriveFigure = z.infer<typeof DRIVE_FIGURE>;

/** POST /installations/:installationId/drives. Asked again when late samples have come. */
export const DRIVE_WRITE = z.strictObject({ from: INSTANT, to: INSTANT });

export const DRIVE = z.strictObject({
  id: ID,
  from: INSTANT,
  to: INSTANT,
  /** The end of the last sample that the platform had when it measured. */
  heardThrough: INSTANT.nullable(),
  measuredAt: INSTANT,
  measuredBy: z.string(),
  passed: z.boolean(),
  figures: z.array(DRIVE_FIGURE),
});
export type Drive = z.infer<typeof DRIVE>;

/** POST /installations/:installationId/command. */
export const INSTALLATION_COMMAND = z.strictObject({ command: z.enum(['accept', 'operate']) });
