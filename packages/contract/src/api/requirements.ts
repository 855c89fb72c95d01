// Common requirements: a register whose entries are data, each with a check over named facts.
// docs/requirements.md explains; requirement-facts.ts has the facts.
import { z } from 'zod';
import { COUNT, ID, INSTANT, LONG_TEXT, PAGE_QUERY, TEXT } from './common.ts';
import {
  ATTESTED_FACT_NAMES,
  FACT_NAMES,
  type FactName,
  type FactSubject,
  factOf,
} from './requirement-facts.ts';
import { ORGANISATION_KIND } from './roles.ts';

export const FACT_NAME = z.enum(FACT_NAMES as [FactName, ...FactName[]]);

export const COMPARISON = z
  .strictObject({
    fact: FACT_NAME,
    is: z.enum(['at-least', 'at-most', 'exactly']),
    /** In the unit of the fact; shares from 0 to 1, yes is 1 and no is 0. */
    value: z.number().min(0).max(1e12),
  })
  .superRefine(({ fact, is, value }, at) => {
    const { unit } = factOf(fact);
    const refuse = (path: string, message: string) =>
      at.addIssue({ code: 'custom', path: [path], message });
    if (unit === 'yes' && is !== 'exactly') refuse('is', 'yes or no is compared by exactly');
    if (unit === 'yes' && value !== 0 && value !== 1) refuse('value', 'yes is 1, no is 0');
    if (unit === 'share' && value > 1) refuse('value', 'a share is at most 1');
    if (unit === 'count' && !Number.isInteger(value)) refuse('value', 'a count is a whole number');
  });
export type Comparison = z.infer<typeof COMPARISON>;

/** More comparisons than this are several requirements. */
export const COMPARISONS_MOST = 8;

/** `need`: all comparisons hold, or any of them. */
export const CHECK = z.strictObject({
  need: z.enum(['all', 'any']),
  comparisons: z.array(COMPARISON).min(1).max(COMPARISONS_MOST),
});
export type Check = z.infer<typeof CHECK>;

/** Which part of the common rules it belongs to; `experience`: promoted from a note. */
export const REQUIREMENT_AREAS = [
  'service',
  'security',
  'privacy',
  'cryptography',
  'accessibility',
  'experience',
] as const;
export const REQUIREMENT_AREA = z.enum(REQUIREMENT_AREAS);

/** The level that it binds: each vehicle in operation, each organisation of a kind, the nation. */
export const REQUIREMENT_LEVELS = ['vehicle', 'hf', 'rhf', 'national'] as const;
export const REQUIREMENT_LEVEL = z.enum(REQUIREMENT_LEVELS);
export type RequirementLevel = z.infer<typeof REQUIREMENT_LEVEL>;

/** The facts that a requirement of this level may ask about. */
export function subjectsOf(level: RequirementLevel): readonly FactSubject[] {
  if (level === 'vehicle') return ['vehicle'];
  return level === 'national' ? ['organisation', 'national'] : ['organisation'];
}

const WORDS = z.strictObject({ title: TEXT, text: LONG_TEXT.min(1) });

const CODE = z.string().regex(/^[A-ZÆØÅ]{1,6}-\d{2,4}$/);

const CONTENT = {
  nb: WORDS,
  en: WORDS,
  area: REQUIREMENT_AREA,
  /** The rule that asks for it: document and clause. */
  source: TEXT,
  binds: REQUIREMENT_LEVEL,
  /** A day of Norway. Before it the version before holds. */
  bindsFrom: z.iso.date(),
  /** From this day on it binds no longer; null: until further notice. */
  bindsUntil: z.iso.date().nullable(),
  check: CHECK,
};

function factsFit(
  { binds, check }: { binds: RequirementLevel; check: Check },
  at: z.RefinementCtx,
): void {
  const subjects = subjectsOf(binds);
  for (const [i, { fact }] of check.comparisons.entries()) {
    if (subjects.includes(factOf(fact).of)) continue;
    const path = ['check', 'comparisons', i, 'fact'];
    at.addIssue({ code: 'custom', path, message: `says nothing about the level ${binds}` });
  }
}

/** The note of experience that it is made of (GET /experience), if any. */
const NOTE_ID = ID.optional();

/** PUT /requirements/:requirementId: a new version. `note` says why, for whoever reads history. */
export const REQUIREMENT_WRITE = z
  .strictObject({ ...CONTENT, note: LONG_TEXT, noteId: NOTE_ID })
  .superRefine(factsFit);
export type RequirementWrite = z.infer<typeof REQUIREMENT_WRITE>;

/** POST /requirements. `code` is how people name it: 'N-07'. */
export const REQUIREMENT_CREATE = z
  .strictObject({ ...CONTENT, note: LONG_TEXT, noteId: NOTE_ID, code: CODE })
  .superRefine(factsFit);
export type RequirementCreate = z.infer<typeof REQUIREMENT_CREATE>;

export const REQUIREMENT = z.strictObject({
  ...CONTENT,
  id: ID,
  code: z.string(),
  version: z.int(),
  /** The version that binds today; null: none does. */
  versionInForce: z.int().nullable(),
});
export type Requirement = z.infer<typeof REQUIREMENT>;

/** GET /requirements/:requirementId/versions, the newest first. */
export const REQUIREMENT_VERSION = z.strictObject({
  ...CONTENT,
  note: LONG_TEXT,
  version: z.int(),
  at: INSTANT,
  author: z.string(),
});
export type RequirementVersion = z.infer<typeof REQUIREMENT_VERSION>;

/** GET /requirement-facts: what checks may ask about. */
export const REQUIREMENT_FACT = z.strictObject({
  name: FACT_NAME,
  of: z.enum(['vehicle', 'organisation', 'national']),
  unit: z.enum(['yes', 'count', 'share', 'ms', 'min', 'h', 'days']),
  nb: z.string(),
  en: z.string(),
  missing: z.strictObject({ nb: z.string(), en: z.string() }),
  attested: z.boolean(),
});
export type RequirementFact = z.infer<typeof REQUIREMENT_FACT>;

export const RESULT_STATES = ['met', 'failed', 'unknown'] as const;
export const RESULT_STATE = z.enum(RESULT_STATES);
export type ResultState = z.infer<typeof RESULT_STATE>;

const RESULT_COUNTS = z.strictObject({ met: COUNT, failed: COUNT, unknown: COUNT });
export type ResultCounts = z.infer<typeof RESULT_COUNTS>;

const WHOSE = {
  /** At or below this organisation; left out: all that the asker may see. */
  organisationId: z.coerce.number().int().positive().optional(),
  /** Simulated vehicles are never mixed with real ones. Organisations count in both. */
  simulated: z.stringbool().default(false),
};

/** GET /compliance: an organisation and those right below it. Without an id: the asker's tops. */
export const COMPLIANCE_QUERY = PAGE_QUERY.extend(WHOSE);
/** How one organisation stands, with all below it. */
export const COMPLIANCE = z.strictObject({
  organisationId: ID,
  parentId: ID.nullable(),
  kind: ORGANISATION_KIND,
  name: z.string(),
  /** Vehicles in operation: met: all that binds them; failed: something; unknown: the others. */
  vehicles: RESULT_COUNTS,
  /** Requirement by requirement, of those vehicles. */
  checks: RESULT_COUNTS,
  /** Requirement by requirement, of the organisations themselves. */
  ownChecks: RESULT_COUNTS,
});
export type Compliance = z.infer<typeof COMPLIANCE>;
export const COMPLIANCE_PAGE = z.strictObject({
  /** When the checks were last made; null: not yet. */
  evaluatedAt: INSTANT.nullable(),
  items: z.array(COMPLIANCE),
  next: z.string().nullable(),
});
export type CompliancePage = z.infer<typeof COMPLIANCE_PAGE>;

/** GET /compliance/requirements: each that binds, the one that fails most first. */
export const REQUIREMENT_COMPLIANCE = z.strictObject({
  requirement: REQUIREMENT,
  results: RESULT_COUNTS,
});
export type RequirementCompliance = z.infer<typeof REQUIREMENT_COMPLIANCE>;

/** GET /compliance/items: what is met and what is not now, one by one. */
export const RESULT_QUERY = PAGE_QUERY.extend({
  ...WHOSE,
  state: RESULT_STATE.optional(),
  requirementId: z.coerce.number().int().positive().optional(),
  vehicleId: z.coerce.number().int().positive().optional(),
});
export const RESULT = z.strictObject({
  id: ID,
  requirementId: ID,
  code: z.string(),
  title: z.strictObject({ nb: z.string(), en: z.string() }),
  version: z.int(),
  check: CHECK,
  organisationId: ID,
  /** Null: the organisation itself. */
  vehicleId: ID.nullable(),
  callSign: z.string().nullable(),
  state: RESULT_STATE,
  from: INSTANT,
  /** Null: still so. */
  to: INSTANT.nullable(),
  /** By fact: the figure now, or of what is over when it began. Null: not known. */
  figures: z.record(z.string(), z.number().nullable()),
});
export type RequirementResult = z.infer<typeof RESULT>;

/** GET /compliance/history: what was when, the newest first. */
export const RESULT_HISTORY_QUERY = RESULT_QUERY.extend({
  from: INSTANT.optional(),
  to: INSTANT.optional(),
});

/** GET /compliance/trend: how many checks stood how, at the end of each day of Norway. */
export const COMPLIANCE_TREND_QUERY = z.strictObject({
  ...WHOSE,
  days: z.coerce.number().int().min(1).max(400).default(90),
});
export const COMPLIANCE_TREND = z.strictObject({
  days: z.array(RESULT_COUNTS.extend({ day: z.iso.date() })),
});
export type ComplianceTrend = z.infer<typeof COMPLIANCE_TREND>;

export const EXPORT_COMPLIANCE_QUERY = z.strictObject({ ...WHOSE, state: RESULT_STATE.optional() });

/** POST /attestations: a person answers for that something was done, which no machine measures. */
export const ATTESTATION_WRITE = z.strictObject({
  organisationId: ID,
  fact: z.enum(ATTESTED_FACT_NAMES as [FactName, ...FactName[]]),
  /** The day on which it was done. */
  doneOn: z.iso.date(),
  /** Where the proof lies: a case number, a document. */
  note: TEXT,
});
export const ATTESTATION = ATTESTATION_WRITE.extend({
  id: ID,
  author: z.string(),
  at: INSTANT,
});
export type Attestation = z.infer<typeof ATTESTATION>;
export const ATTESTATION_QUERY = PAGE_QUERY.extend({
  organisationId: z.coerce.number().int().positive().optional(),
});
