// The figures that justify the service. Each is a ratio of times, and the times are given beside
// it, so that anybody can add up and recompute. Definitions: docs/statistics.md.
import { z } from 'zod';
import { ID, INSTANT, PAGE_QUERY, pageOf, SHARE } from './common.ts';
import { URGENCIES } from './configuration.ts';

/** Seconds. up + down is known time; off and unknown count as neither. */
export const TIMES = z.strictObject({
  up: z.number(),
  down: z.number(),
  off: z.number(),
  unknown: z.number(),
});

export const GROUPS = ['nation', 'rhf', 'hf', 'station', 'vehicle'] as const;

/** Longest span of a question, ms: a year and a day more. */
export const PERIOD_MS_MOST = 367 * 86_400_000;
const startsBeforeItEnds = ({ from, to }: { from: string; to: string }) => {
  const ms = Date.parse(to) - Date.parse(from);
  return ms > 0 && ms <= PERIOD_MS_MOST;
};
const ORDER = { path: ['to'], error: 'after `from`, and at most a year after it' };

const PERIOD = {
  from: INSTANT,
  to: INSTANT,
  organisationId: z.coerce.number().int().positive().optional(),
  /** Simulated vehicles are never mixed with real ones. */
  simulated: z.stringbool().default(false),
};

/**
 * Up to three days: exact to the minute. Longer: whole days of Norway, widened outwards; `from`
 * and `to` of the answer say what it covers.
 */
export const STATISTICS_QUERY = PAGE_QUERY.extend({
  ...PERIOD,
  groupBy: z.enum(GROUPS).default('nation'),
}).refine(startsBeforeItEnds, ORDER);

export const TREND_QUERY = z.strictObject(PERIOD).refine(startsBeforeItEnds, ORDER);

export const CARRIER_FIGURES = z.strictObject({
  link: z.string(),
  /** What this carrier alone would have given on the same drives. */
  times: TIMES,
  availability: SHARE.nullable(),
  bytes: z.number(),
  rttMs: z.number().nullable(),
  lossShare: z.number().nullable(),
});

export const CLASS_FIGURES = z.strictObject({
  class: z.string(),
  sent: z.number(),
  lost: z.number(),
  late: z.number(),
  repaired: z.number(),
});

export const FIGURES = z.strictObject({
  group: z.strictObject({ kind: z.enum(GROUPS), id: ID.nullable(), name: z.string() }),
  vehicles: z.int(),
  times: TIMES,
  availability: SHARE.nullable(),
  carriers: z.array(CARRIER_FIGURES),
  /** The best single carrier, as if every vehicle had the best one for it. */
  bestAlone: z.strictObject({ link: z.string(), availability: SHARE }).nullable(),
  classes: z.array(CLASS_FIGURES),
  /** Outages of the service by length. */
  gaps: z.strictObject({
    under1s: z.int(),
    under10s: z.int(),
    under1min: z.int(),
    under10min: z.int(),
    longer: z.int(),
  }),
  bytes: z.number(),
  bytesDuplicated: z.number(),
});
export type Figures = z.infer<typeof FIGURES>;

export const STATISTICS = z.strictObject({
  from: INSTANT,
  to: INSTANT,
  /** Rows that came late are in when this time has passed the range's end. */
  completeThrough: INSTANT.nullable(),
  groups: z.array(FIGURES),
  /** The next page of groups: `cursor` of the next question. */
  next: z.string().nullable(),
});
export type Statistics = z.infer<typeof STATISTICS>;

export const EXPORT_STATISTICS_QUERY = z
  .strictObject({ ...PERIOD, groupBy: z.enum(GROUPS).default('nation') })
  .refine(startsBeforeItEnds, ORDER);
/** Raw samples of seven days at most. */
export const EXPORT_SAMPLES_MS_MOST = 7 * 86_400_000;
export const EXPORT_SAMPLES_QUERY = z.strictObject(PERIOD).refine(
  ({ from, to }) => {
    const ms = Date.parse(to) - Date.parse(from);
    return ms > 0 && ms <= EXPORT_SAMPLES_MS_MOST;
  },
  { path: ['to'], error: 'after `from`, and at most seven days after it' },
);

/** One point a day, for the trend. */
export const TREND = z.strictObject({
  days: z.array(
    z.strictObject({
      day: z.iso.date(),
      availability: SHARE.nullable(),
      carriers: z.array(z.strictObject({ link: z.string(), availability: SHARE.nullable() })),
    }),
  ),
});
export type Trend = z.infer<typeof TREND>;

/** What vehicles had while they were on missions of one urgency. Seconds. */
export const MISSION_FIGURES = z.strictObject({
  urgency: z.enum(URGENCIES),
  /** Those that began in the span. */
  missions: z.int(),
  vehicles: z.int(),
  times: TIMES.pick({ up: true, down: true }),
  availability: SHARE.nullable(),
  classes: z.array(CLASS_FIGURES),
  gaps: FIGURES.shape.gaps,
});
export type MissionFigures = z.infer<typeof MISSION_FIGURES>;

/** GET /statistics/missions: whole days of Norway, one row an urgency. */
export const MISSION_STATISTICS = z.strictObject({
  from: INSTANT,
  to: INSTANT,
  urgencies: z.array(MISSION_FIGURES),
});
export type MissionStatistics = z.infer<typeof MISSION_STATISTICS>;

/** Whole days (UTC) around the span; no further back than positions are kept. */
export const COVERAGE_QUERY = PAGE_QUERY.extend({
  from: INSTANT,
  to: INSTANT,
  resolution: z.coerce.number().int().min(5).max(8).default(7),
  simulated: z.stringbool().default(false),
}).refine(startsBeforeItEnds, ORDER);

/** A cell is shown only when three or more vehicles contributed. */
export const COVERAGE_VEHICLES_LEAST = 3;

export const COVERAGE_CELL = z.strictObject({
  /** H3 index. */
  cell: z.string(),
  vehicles: z.int(),
  seconds: z.number(),
  lastSeen: INSTANT,
  service: SHARE.nullable(),
  /** Share of the time in which no carrier answered. */
  allDown: SHARE.nullable(),
  carriers: z.array(
    z.strictObject({
      link: z.string(),
      up: SHARE.nullable(),
      rttMs: z.number().nullable(),
      rsrpDbm: z.number().nullable(),
    }),
  ),
});
export type CoverageCell = z.infer<typeof COVERAGE_CELL>;
export const COVERAGE = pageOf(COVERAGE_CELL);
