// Configuration in layers: national → region → HF → vehicle kind → unit. The nearest layer that
// says something decides, unless one above it locked the value.
import { z } from 'zod';
import { ID, INSTANT, LONG_TEXT, SHARE, TEXT } from './common.ts';

/** One setting that a layer may give. Paths are dotted names of CONFIGURATION's fields. */
export const LAYER_KINDS = ['national', 'rhf', 'hf', 'kind', 'unit'] as const;
export const LAYER_KIND = z.enum(LAYER_KINDS);

const LINK_RULE = z.strictObject({
  link: z.string().min(1).max(32),
  enabled: z.boolean(),
  /** Megabytes a month that may be used, or null. */
  monthlyMb: z.int().min(0).nullable(),
});

/** What can be configured from the platform. Everything else belongs to the machine itself. */
export const CONFIGURATION = z.strictObject({
  duplicateShareMost: SHARE,
  policyText: z.string().max(64_000).nullable(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']),
  reportPlace: z.boolean(),
  recordMb: z.int().min(0).max(100_000),
  sampleKeepDays: z.int().min(1).max(90),
  links: z.array(LINK_RULE).max(16),
  preferGateway: z.string().max(64).nullable(),
});
export type Configuration = z.infer<typeof CONFIGURATION>;
export type ConfigurationField = keyof Configuration;

export const LAYER_VALUES = CONFIGURATION.partial();
export type LayerValues = z.infer<typeof LAYER_VALUES>;

export const LAYER = z.strictObject({
  id: ID,
  kind: LAYER_KIND,
  organisationId: ID,
  vehicleKind: z.string().nullable(),
  unitId: ID.nullable(),
  values: LAYER_VALUES,
  locked: z.array(z.string()),
  note: LONG_TEXT,
  version: z.int(),
});
export type Layer = z.infer<typeof LAYER>;

export const EFFECTIVE = z.strictObject({
  unitId: ID,
  version: z.int(),
  values: CONFIGURATION,
  /** By field: the layer that decided, and whether it is locked there. */
  origins: z.record(
    z.string(),
    z.strictObject({
      layerId: ID.nullable(),
      kind: LAYER_KIND,
      name: z.string(),
      locked: z.boolean(),
    }),
  ),
});
export type Effective = z.infer<typeof EFFECTIVE>;

export const ROLLOUT = z.strictObject({
  id: ID,
  organisationId: ID,
  name: TEXT,
  state: z.enum(['draft', 'running', 'paused', 'stopped', 'done']),
  /** Shares of the vehicles, rising to 1. */
  rings: z.array(SHARE).min(1).max(8),
  ring: z.int().min(0),
  /** Share of a ring's units that must confirm before the next ring begins. */
  successLeast: SHARE,
  counts: z.strictObject({
    waiting: z.int(),
    sent: z.int(),
    confirmed: z.int(),
    fellBack: z.int(),
    onMission: z.int(),
  }),
  createdAt: INSTANT,
  version: z.int(),
});
export type Rollout = z.infer<typeof ROLLOUT>;

/** GET /units/self/configuration: what a unit shall run, and how long it has to confirm. */
export const UNIT_CONFIGURATION = z.strictObject({
  version: z.int(),
  values: CONFIGURATION,
  /** The unit falls back by itself when it has not reached the platform within this time, s. */
  confirmWithinS: z.int(),
});
export type UnitConfiguration = z.infer<typeof UNIT_CONFIGURATION>;

export const CONFIGURATION_OUTCOME = z.strictObject({
  version: z.int(),
  outcome: z.enum(['confirmed', 'fell-back', 'refused']),
  reason: z.string().max(500).nullable(),
});
export type ConfigurationOutcome = z.infer<typeof CONFIGURATION_OUTCOME>;
