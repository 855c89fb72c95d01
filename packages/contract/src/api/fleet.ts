// Vehicles, what is built into them, and the gateways that serve them.
import { z } from 'zod';
import { ID, INSTANT, PAGE_QUERY, TEXT } from './common.ts';
import { CARRIER_STATE, HEALTH, NOW_CARRIER, OUTAGE, PLACE } from './telemetry.ts';

export const VEHICLE_KINDS = ['ambulance', 'boat', 'reserve', 'other'] as const;
export const VEHICLE_KIND = z.enum(VEHICLE_KINDS);
export const VEHICLE_STAGES = ['planned', 'installed', 'in-operation', 'retired'] as const;
export const VEHICLE_STAGE = z.enum(VEHICLE_STAGES);

/**
 * up: the service is there on every carrier that is configured · reduced: there, with a carrier
 * down · down: none · off: the unit said that it was switched off · unknown: silent.
 */
export const SERVICE_STATES = ['up', 'reduced', 'down', 'off', 'unknown'] as const;
export const SERVICE_STATE = z.enum(SERVICE_STATES);
export type ServiceState = z.infer<typeof SERVICE_STATE>;

export const CARRIER = z.strictObject({
  id: ID,
  /** As links are named in units: 'telenor'. */
  key: z.string(),
  name: TEXT,
  /** One of the chart colours 1 … 8; the name is always beside it. */
  colour: z.int().min(1).max(8),
});
export type Carrier = z.infer<typeof CARRIER>;

/** The live state of a vehicle: what a map and a list show. */
export const LIVE = z.strictObject({
  vehicleId: ID,
  state: SERVICE_STATE,
  since: INSTANT,
  /** When the unit last spoke, by the platform's clock. */
  heardAt: INSTANT.nullable(),
  gateway: z.string().nullable(),
  place: PLACE.nullable(),
  carriers: z.array(NOW_CARRIER),
  /** The newest first, three at most. */
  outages: z.array(OUTAGE),
  configurationVersion: z.int().nullable(),
  softwareVersion: z.string().nullable(),
  /** Samples that the unit still holds. */
  waiting: z.int().nullable(),
});
export type Live = z.infer<typeof LIVE>;

export const VEHICLE = z.strictObject({
  id: ID,
  organisationId: ID,
  /** What the control room calls it: 'A-1203'. */
  callSign: TEXT,
  registration: TEXT.nullable(),
  kind: VEHICLE_KIND,
  stage: VEHICLE_STAGE,
  /** Made up for demonstration: shown wherever the vehicle is. */
  simulated: z.boolean(),
  unitId: ID.nullable(),
  live: LIVE.nullable(),
  version: z.int(),
});
export type Vehicle = z.infer<typeof VEHICLE>;

export const VEHICLE_QUERY = PAGE_QUERY.extend({
  organisationId: z.coerce.number().int().positive().optional(),
  state: SERVICE_STATE.optional(),
  stage: VEHICLE_STAGE.optional(),
  /** Vehicles where this carrier is down. */
  carrierDown: z.string().max(32).optional(),
  /** Part of a call sign or a registration. */
  search: z.string().trim().max(60).optional(),
  sort: z.enum(['callSign', 'state', 'heardAt']).default('callSign'),
});

export const VEHICLE_WRITE = z.strictObject({
  organisationId: ID,
  callSign: TEXT,
  registration: TEXT.nullable(),
  kind: VEHICLE_KIND,
  stage: VEHICLE_STAGE,
});

export const UNIT = z.strictObject({
  id: ID,
  vehicleId: ID.nullable(),
  organisationId: ID,
  serial: z.string().min(1).max(64),
  model: TEXT.nullable(),
  state: z.enum(['awaited', 'enrolled', 'revoked']),
  enrolledAt: INSTANT.nullable(),
  revokedAt: INSTANT.nullable(),
  softwareVersion: z.string().nullable(),
  /** Addresses inside the tunnel, prefixes. */
  addresses: z.array(z.string()),
  version: z.int(),
});
export type Unit = z.infer<typeof UNIT>;

export const UNIT_WRITE = z.strictObject({
  /** Decides only for a unit on the shelf. */
  organisationId: ID,
  vehicleId: ID.nullable(),
  serial: z.string().trim().min(1).max(64),
  model: TEXT.nullable(),
});

export const SUBSCRIPTION = z.strictObject({
  id: ID,
  vehicleId: ID.nullable(),
  organisationId: ID,
  carrierId: ID,
  /** 18 to 20 digits. */
  iccid: z.string().regex(/^\d{18,20}$/),
  priority: z.boolean(),
  version: z.int(),
});
export type Subscription = z.infer<typeof SUBSCRIPTION>;

export const SUBSCRIPTION_QUERY = PAGE_QUERY.extend({
  vehicleId: z.coerce.number().int().positive().optional(),
  carrierId: z.coerce.number().int().positive().optional(),
  /** At or below this organisation. */
  organisationId: z.coerce.number().int().positive().optional(),
  /** In some vehicle, or in a drawer. */
  inVehicle: z.stringbool().optional(),
  /** Part of a card's number, or of the call sign of its vehicle. */
  search: z.string().trim().max(60).optional(),
});

export const GATEWAY = z.strictObject({
  id: ID,
  name: z.string(),
  site: TEXT,
  endpoint: z.string(),
  publicKey: z.string().nullable(),
  state: z.enum(['awaited', 'up', 'silent', 'revoked']),
  heardAt: INSTANT.nullable(),
  unitsActive: z.int().nullable(),
  version: z.int(),
});
export type Gateway = z.infer<typeof GATEWAY>;

/** One vehicle's history: an outage with what both ends saw of it. */
export const VEHICLE_OUTAGE = z.strictObject({
  id: ID,
  link: z.string().nullable(),
  from: INSTANT,
  to: INSTANT.nullable(),
  seconds: z.number().nullable(),
  movedTo: z.string().nullable(),
  movedAfterMs: z.int().nullable(),
  criticalLost: z.int(),
  frozenMs: z.int(),
  cause: z.enum(['carrier', 'gateway', 'unit', 'power', 'unknown']),
  place: PLACE.nullable(),
});
export type VehicleOutage = z.infer<typeof VEHICLE_OUTAGE>;

/** Carriers over time: one point a bucket, made for one chart. */
export const SERIES = z.strictObject({
  from: INSTANT,
  to: INSTANT,
  stepSeconds: z.int(),
  /** Bucket starts, Unix ms. */
  atMs: z.array(z.int()),
  /** Shares of known time, null where nothing is known. */
  service: z.array(z.number().nullable()),
  carriers: z.array(
    z.strictObject({
      link: z.string(),
      up: z.array(z.number().nullable()),
      rttMs: z.array(z.number().nullable()),
      lossShare: z.array(z.number().nullable()),
      bytes: z.array(z.number()),
    }),
  ),
});
export type Series = z.infer<typeof SERIES>;

export const UNIT_HEALTH = HEALTH;
export { CARRIER_STATE };
