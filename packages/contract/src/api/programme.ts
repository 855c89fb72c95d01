// The rollout programme: what each region planned, against what has come of it.
import { z } from 'zod';
import { ID, INSTANT, LONG_TEXT, PAGE_QUERY, TEXT } from './common.ts';
import { DAY } from './orders.ts';

/** The first day of a month. */
export const MONTH = DAY.regex(/-01$/);
const VEHICLES = z.int().min(0).max(10_000);

/** Vehicles that have come so far, or further, at the end of the month: it never falls. */
export const STAGE_COUNTS = z.strictObject({
  ordered: VEHICLES,
  delivered: VEHICLES,
  installed: VEHICLES,
  accepted: VEHICLES,
  inOperation: VEHICLES,
});
export type StageCounts = z.infer<typeof STAGE_COUNTS>;
export const STAGE_NAMES = [
  'ordered',
  'delivered',
  'installed',
  'accepted',
  'inOperation',
] as const satisfies readonly (keyof StageCounts)[];

/** Ten years: longer than any framework agreement. */
const MONTHS_MAX = 120;

export const PLAN_MONTH = STAGE_COUNTS.extend({ month: MONTH });
export type PlanMonth = z.infer<typeof PLAN_MONTH>;

/** PUT /programme/:organisationId/plan; If-Match "0" where there is none yet. */
export const PLAN_WRITE = z
  .strictObject({
    coordinator: TEXT,
    /** In their order. */
    months: z.array(PLAN_MONTH).max(MONTHS_MAX),
  })
  .superRefine(({ months }, context) => {
    for (const [at, month] of months.entries()) {
      const before = months[at - 1];
      if (before === undefined) continue;
      const wrong =
        month.month <= before.month
          ? 'month'
          : STAGE_NAMES.find((name) => month[name] < before[name]);
      if (wrong === undefined) continue;
      const message = 'later, and not fewer, than in the month before';
      context.addIssue({ code: 'custom', path: ['months', at, wrong], message });
    }
  });
export type PlanWrite = z.infer<typeof PLAN_WRITE>;

/** GET /programme. Made-up vehicles are never counted with real ones. */
export const PROGRAMME_QUERY = PAGE_QUERY.extend({ simulated: z.stringbool().default(false) });

/** One region (RHF). GET /programme lists those that the asker may see. */
export const PROGRAMME = z.strictObject({
  organisationId: ID,
  organisation: TEXT,
  /** Null: nobody was named yet. */
  coordinator: TEXT.nullable(),
  plan: z.array(PLAN_MONTH),
  /** From the first order to this month. */
  facts: z.array(PLAN_MONTH),
  /** Now. */
  reached: STAGE_COUNTS,
  blockersOpen: z.int(),
  /** Of the plan; 0: none. */
  version: z.int(),
});
export type Programme = z.infer<typeof PROGRAMME>;

/** A thing with a day by which it is to be reached, or a thing that stands in the way. */
export const PROGRAMME_ROW_KINDS = ['milestone', 'blocker'] as const;
export const PROGRAMME_ROW_WRITE = z.strictObject({
  kind: z.enum(PROGRAMME_ROW_KINDS),
  text: TEXT,
  /** Who sees to it. */
  owner: TEXT,
  due: DAY,
  note: LONG_TEXT,
  /** Reached, or out of the way. */
  done: z.boolean(),
});
export const PROGRAMME_ROW = PROGRAMME_ROW_WRITE.omit({ done: true }).extend({
  id: ID,
  organisationId: ID,
  since: INSTANT,
  doneAt: INSTANT.nullable(),
  version: z.int(),
});
export type ProgrammeRow = z.infer<typeof PROGRAMME_ROW>;
export type ProgrammeRowWrite = z.infer<typeof PROGRAMME_ROW_WRITE>;

export const PROGRAMME_ROW_QUERY = PAGE_QUERY.extend({
  organisationId: z.coerce.number().int().positive().optional(),
  kind: z.enum(PROGRAMME_ROW_KINDS).optional(),
  /** false: also those that are done. */
  open: z.stringbool().default(true),
});
