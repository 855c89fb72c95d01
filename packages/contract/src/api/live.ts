// GET /live: server-sent events. First `snapshot` events, then deltas; `Last-Event-ID` takes up
// where a broken line left, or brings a new snapshot when that is too long ago.
import { z } from 'zod';
import { ALARM } from './alarms.ts';
import { LIVE } from './fleet.ts';

export const LIVE_EVENTS = {
  /** A part of the whole: 200 vehicles each; `last` ends it. */
  snapshot: z.strictObject({ vehicles: z.array(LIVE), last: z.boolean() }),
  /** Vehicles that changed, coalesced: each at most once a message. */
  vehicles: z.strictObject({ vehicles: z.array(LIVE) }),
  alarm: z.strictObject({ alarm: ALARM }),
} as const;
export type LiveEventName = keyof typeof LIVE_EVENTS;
export type LiveEvent = {
  [Name in LiveEventName]: { event: Name; data: z.infer<(typeof LIVE_EVENTS)[Name]> };
}[LiveEventName];

/** Changes of one vehicle within this time are one message, ms. */
export const COALESCE_MS = 250;
