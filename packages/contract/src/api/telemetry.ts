// What a unit tells the platform, and a gateway beside it.
//
// Two ways, of two kinds. **Samples** are the record: ten seconds each, numbered, kept by the unit
// until the platform has acknowledged them, counted once. **Now** is the live picture: sent at
// once when something changes, never kept, never counted.
import { z } from 'zod';
import { AT_MS, COUNT, ID, INSTANT, LONG_TEXT, PAGE_QUERY, SHARE } from './common.ts';

/** The length of a sample, ms. The first and the last of a run may be shorter. */
export const SAMPLE_MS = 10_000;
/** 500 samples are 83 minutes; measured 1.2 to 1.5 kB each with three carriers. */
export const SAMPLES_IN_BATCH_MAX = 500;
export const BATCH_BYTES_MAX = 2_000_000;
export const CARRIERS_MAX = 8;

export const CARRIER_STATES = ['up', 'down', 'absent'] as const;
export const CARRIER_STATE = z.enum(CARRIER_STATES);
export type CarrierState = z.infer<typeof CARRIER_STATE>;

const LINK = z
  .string()
  .min(1)
  .max(32)
  .regex(/^[a-z0-9][a-z0-9._-]*$/i);
const NAME = z.string().min(1).max(64);
const MS = z.int().min(0).max(60_000);

export const RADIO = z.strictObject({
  technology: z.enum(['gsm', 'umts', 'lte', 'nr']),
  rsrpDbm: z.number().min(-200).max(0).nullable(),
  rsrqDb: z.number().min(-50).max(30).nullable(),
  sinrDb: z.number().min(-50).max(60).nullable(),
  cell: z.string().max(32).nullable(),
});

/** Of a link with a data budget (`monthlyMb`); months begin at midnight in Norway. */
export const LINK_DATA = z.strictObject({
  /** Sent and received since the month began, with headers, as the unit counted. */
  monthBytes: COUNT,
  monthlyBytes: COUNT,
  /** The link is used for critical and realtime only. */
  spent: z.boolean(),
});

export const CARRIER_SAMPLE = z.strictObject({
  /** The link's name: by custom the carrier's, such as 'telenor'. */
  link: LINK,
  state: CARRIER_STATE,
  /** Of the sample's span, ms: answered; silent though the modem was there. The rest: absent. */
  upMs: MS,
  downMs: MS,
  rttMs: z.number().min(0).max(60_000).nullable(),
  lossShare: SHARE.nullable(),
  packetsSent: COUNT,
  packetsLost: COUNT,
  bytesSent: COUNT,
  bytesReceived: COUNT,
  bytesDuplicated: COUNT,
  radio: RADIO.nullable(),
  data: LINK_DATA.exactOptional(),
});
export type CarrierSample = z.infer<typeof CARRIER_SAMPLE>;

export const CLASS_SAMPLE = z.strictObject({
  class: z.enum(['critical', 'realtime', 'interactive', 'bulk']),
  sent: COUNT,
  received: COUNT,
  repaired: COUNT,
  late: COUNT,
  lost: COUNT,
  /** The longest time without a packet from the far end, ms. */
  quietMs: COUNT,
});
export type ClassSample = z.infer<typeof CLASS_SAMPLE>;

export const PLACE = z.strictObject({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  speedMs: z.number().min(0).max(120).nullable(),
  headingDeg: z.number().min(0).max(360).nullable(),
});
export type Place = z.infer<typeof PLACE>;

export const HEALTH = z.strictObject({
  cpuShare: SHARE.nullable(),
  memoryShare: SHARE.nullable(),
  diskShare: SHARE.nullable(),
  temperatureC: z.number().min(-60).max(150).nullable(),
  /** What feeds the unit; null where nothing tells. */
  supply: z.enum(['ignition', 'battery', 'mains']).nullable(),
});
export type Health = z.infer<typeof HEALTH>;

/**
 * A time without one carrier (`link`) or without any (`link` null: the service was down). Told
 * when it begins (`toMs` null) and again under the same number when it has ended.
 */
export const OUTAGE = z.strictObject({
  number: z.int().min(1),
  link: LINK.nullable(),
  fromMs: AT_MS,
  toMs: AT_MS.nullable(),
  /** Where the traffic went, and how soon; null when it was not there, or had nowhere to go. */
  movedTo: LINK.nullable(),
  movedAfterMs: COUNT.nullable(),
  criticalLost: COUNT,
  /** Realtime stood still for so long, ms. */
  frozenMs: COUNT,
});
export type Outage = z.infer<typeof OUTAGE>;

export const SAMPLE = z.strictObject({
  /** Rises by one with each sample of a journal; a gap is a loss that the unit admits. */
  sequence: z.int().min(1),
  /** The start, by the unit's clock, Unix ms. Spans of one journal never overlap. */
  atMs: AT_MS,
  spanMs: z.int().min(1).max(60_000),
  /** Set in the first sample of a run: how the run before ended. */
  previous: z.enum(['stopped', 'crashed', 'power', 'unknown']).nullable(),
  /** The service: some gateway carries and some path answers. Up + down = span. */
  upMs: MS,
  downMs: MS,
  gateway: NAME.nullable(),
  place: PLACE.nullable(),
  health: HEALTH.nullable(),
  carriers: z.array(CARRIER_SAMPLE).max(CARRIERS_MAX),
  classes: z.array(CLASS_SAMPLE).max(4),
  outages: z.array(OUTAGE).max(100),
});
export type Sample = z.infer<typeof SAMPLE>;

/** POST /units/self/samples. Sent again after any doubt; what was written counts once. */
export const BATCH = z.strictObject({
  /** Names the unit's journal: a new one when its disk was lost. */
  journal: z.uuid(),
  samples: z.array(SAMPLE).min(1).max(SAMPLES_IN_BATCH_MAX),
});
export type Batch = z.infer<typeof BATCH>;

/** Written and safe up to and with this number: the unit may forget it. */
export const RECEIPT = z.strictObject({ journal: z.uuid(), through: z.int().min(0) });
export type Receipt = z.infer<typeof RECEIPT>;

export const NOW_CARRIER = z.strictObject({
  link: LINK,
  state: CARRIER_STATE,
  sinceMs: AT_MS,
  rttMs: z.number().min(0).max(60_000).nullable(),
  lossShare: SHARE.nullable(),
  radio: RADIO.nullable(),
  data: LINK_DATA.exactOptional(),
});
export type NowCarrier = z.infer<typeof NOW_CARRIER>;

/** POST /units/self/now: at every change at once, else every ten seconds. */
export const NOW = z.strictObject({
  atMs: AT_MS,
  /** Service as in a sample, and since when. */
  up: z.boolean(),
  sinceMs: AT_MS,
  gateway: NAME.nullable(),
  place: PLACE.nullable(),
  carriers: z.array(NOW_CARRIER).max(CARRIERS_MAX),
  /** Outages that began or ended lately; shown in words. */
  outages: z.array(OUTAGE).max(20),
  softwareVersion: z.string().max(64),
  configurationVersion: z.int().nullable(),
  /** Samples that wait to be sent. */
  waiting: COUNT,
  health: HEALTH.nullable().default(null),
  /** The unit was told to stop or its vehicle was parked: what follows is no silence but off. */
  goodbye: z.boolean().default(false),
});
export type Now = z.infer<typeof NOW>;
/** As a unit sends it: what has a default may be left out. */
export type NowSent = z.input<typeof NOW>;

/** What a gateway saw of one unit in a span of time. POST /gateways/self/views. */
export const GATEWAY_VIEW = z.strictObject({
  unitId: ID,
  atMs: AT_MS,
  spanMs: z.int().min(1).max(60_000),
  active: z.boolean(),
  upMs: MS,
  paths: z
    .array(
      z.strictObject({ link: LINK, upMs: MS, rttMs: z.number().min(0).max(60_000).nullable() }),
    )
    .max(CARRIERS_MAX),
});
export type GatewayView = z.infer<typeof GATEWAY_VIEW>;

export const GATEWAY_VIEWS = z.strictObject({
  journal: z.uuid(),
  sequence: z.int().min(1),
  views: z.array(GATEWAY_VIEW).max(2_048),
});
export type GatewayViews = z.infer<typeof GATEWAY_VIEWS>;

const SPAN = { from: INSTANT, to: INSTANT };
const inOrder = ({ from, to }: { from: string; to: string }) => from < to;
const ORDER = { path: ['to'], error: 'after `from`' };

/** GET /vehicles/:vehicleId/series: 400 points at most, of 10 s, 1 min, 15 min or a day. */
export const SERIES_QUERY = z.strictObject(SPAN).refine(inOrder, ORDER);

/** The newest first. */
export const OUTAGE_QUERY = PAGE_QUERY.extend({
  from: INSTANT.optional(),
  to: INSTANT.optional(),
  /** 'service', or a link's name. */
  link: z.string().max(32).optional(),
});

/** Why somebody looks where one vehicle was: kept in the audit. */
export const TRACK_QUERY = PAGE_QUERY.extend({
  ...SPAN,
  reason: LONG_TEXT.min(5).max(500),
}).refine(inOrder, ORDER);

export const TRACK_POINT = z.strictObject({
  at: INSTANT,
  latitude: z.number(),
  longitude: z.number(),
  speedMs: z.number().nullable(),
  headingDeg: z.number().nullable(),
  /** Share of the sample in which the service was there. */
  service: SHARE,
});
export type TrackPoint = z.infer<typeof TRACK_POINT>;
