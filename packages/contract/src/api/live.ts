// GET /live: server-sent events. First `snapshot` events, then deltas; `Last-Event-ID` takes up
// where a broken line left, or brings a new snapshot when that is too long ago.
import { z } from 'zod';
import { ALARM } from './alarms.ts';
import { ID } from './common.ts';
import { LIVE } from './fleet.ts';

export const LIVE_EVENTS = {
  /** A part of the whole: 200 vehicles each; `last` ends it. The first on a line begins anew. */
  snapshot: z.strictObject({ vehicles: z.array(LIVE), last: z.boolean() }),
  /** Vehicles that changed, coalesced: each at most once a message. */
  vehicles: z.strictObject({ vehicles: z.array(LIVE) }),
  /** Vehicles that the asker may no longer see, or that have no unit any more. */
  gone: z.strictObject({ vehicleIds: z.array(ID) }),
  alarm: z.strictObject({ alarm: ALARM }),
} as const;
export type LiveEventName = keyof typeof LIVE_EVENTS;
export type LiveEvent = {
  [Name in LiveEventName]: { event: Name; data: z.infer<(typeof LIVE_EVENTS)[Name]> };
}[LiveEventName];

/** Changes of one vehicle within this time are one message, ms. */
export const COALESCE_MS = 250;
/** Vehicles in one part of a snapshot: about 200 × 1 kB. */
export const SNAPSHOT_PART = 200;
/** A comment line on a quiet stream, so that both ends notice a dead line, ms. */
export const HEARTBEAT_MS = 15_000;

/** GET /live, narrowed to one organisation and what lies below it. */
export const LIVE_QUERY = z.strictObject({
  organisationId: z.coerce.number().int().positive().optional(),
});
