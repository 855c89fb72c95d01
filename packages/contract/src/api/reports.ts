// The monthly report of a region or of the nation: sums of many vehicles, none of them named.
// Definitions: docs/reports.md, docs/statistics.md.
import { z } from 'zod';
import { ID, INSTANT, PAGE_QUERY, SHARE, TEXT } from './common.ts';
import { DOCUMENT_LANGUAGES } from './document.ts';
import { MONTH, PLAN_MONTH, STAGE_COUNTS } from './programme.ts';
import { FIGURES, MISSION_FIGURES } from './statistics.ts';

/** What the figures of a report mean. A new meaning is a new number, and a new version of it. */
export const REPORT_DEFINITIONS = 1;
/** Figures of a group are shown when so many vehicles are in it: fewer would be a vehicle's. */
export const REPORT_VEHICLES_LEAST = 3;

/** A part of the whole: a region of the nation, a trust of a region. Null: too few vehicles. */
export const REPORT_GROUP = z.strictObject({
  name: z.string(),
  vehicles: z.int(),
  figures: FIGURES.pick({
    availability: true,
    bestAlone: true,
    times: true,
    gaps: true,
  }).nullable(),
});

/** How subjects stood towards one requirement when the month ended. */
export const REPORT_REQUIREMENT = z.strictObject({
  code: z.string(),
  nb: z.string(),
  en: z.string(),
  met: z.int(),
  failed: z.int(),
  unknown: z.int(),
});

/** Area outages of one carrier that began in the month. */
export const REPORT_AREA = z.strictObject({
  carrier: z.string(),
  outages: z.int(),
  /** Added up, of those that are over. */
  minutes: z.int(),
  longestMinutes: z.int(),
  /** Of the largest. */
  vehiclesMost: z.int(),
});

/** What became of the operators' cases that were open in the month. */
export const REPORT_CASES = z.strictObject({
  carrier: z.string(),
  opened: z.int(),
  closed: z.int(),
  openAtEnd: z.int(),
});

export const REPORT_PROGRAMME = z.strictObject({
  region: z.string(),
  reached: STAGE_COUNTS,
  planned: PLAN_MONTH.omit({ month: true }).nullable(),
  blockersOpen: z.int(),
});

export const REPORT_BODY = z.strictObject({
  definitions: z.int(),
  organisation: z.strictObject({ id: ID, kind: z.enum(['national', 'rhf']), name: z.string() }),
  month: MONTH,
  simulated: z.boolean(),
  from: INSTANT,
  to: INSTANT,
  whole: FIGURES.omit({ group: true }),
  groups: z.array(REPORT_GROUP),
  missions: z.array(MISSION_FIGURES),
  requirements: z.array(REPORT_REQUIREMENT),
  areas: z.array(REPORT_AREA),
  cases: z.array(REPORT_CASES),
  programme: z.array(REPORT_PROGRAMME),
});
export type ReportBody = z.infer<typeof REPORT_BODY>;

/** One figure that is not what the version before said. */
export const REPORT_CHANGE = z.strictObject({
  /** The way to it: 'whole.times.up'. */
  figure: z.string(),
  before: z.union([z.number(), z.string(), z.boolean(), z.null()]),
  after: z.union([z.number(), z.string(), z.boolean(), z.null()]),
});
export type ReportChange = z.infer<typeof REPORT_CHANGE>;

export const REPORT_ENTRY = z.strictObject({
  id: ID,
  organisationId: ID,
  organisation: z.string(),
  month: MONTH,
  simulated: z.boolean(),
  /** From 1: a later one says what came late. */
  version: z.int(),
  madeAt: INSTANT,
  /** Null: on schedule. */
  madeBy: TEXT.nullable(),
  /** Of the service in that month. */
  availability: SHARE.nullable(),
  /** Figures that changed since the version before. */
  changed: z.int(),
});
export type ReportEntry = z.infer<typeof REPORT_ENTRY>;

/** GET /reports: the newest months first. */
export const REPORTS_QUERY = PAGE_QUERY.extend({
  organisationId: z.coerce.number().int().positive().optional(),
  simulated: z.stringbool().default(false),
  /** false: earlier versions too. */
  newest: z.stringbool().default(true),
});

/** GET /reports/:reportId. */
export const REPORT = REPORT_ENTRY.extend({ body: REPORT_BODY, changes: z.array(REPORT_CHANGE) });
export type Report = z.infer<typeof REPORT>;

/** POST /reports: the report of a month that is over; the same one while nothing has changed. */
export const REPORT_WRITE = z.strictObject({
  organisationId: ID,
  month: MONTH,
  simulated: z.boolean().default(false),
});

export const REPORT_DOCUMENT_QUERY = z.strictObject({
  language: z.enum(DOCUMENT_LANGUAGES).default('nb'),
});
