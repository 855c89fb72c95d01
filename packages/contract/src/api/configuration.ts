// Configuration in layers: national → region → HF → vehicle kind → unit. The nearest layer that
// says something decides, unless one above it locked the value.
import { z } from 'zod';
import { ID, INSTANT, LONG_TEXT, PAGE_QUERY, SHARE, TEXT } from './common.ts';
import { VEHICLE_KIND } from './fleet.ts';

/** One setting that a layer may give. Paths are dotted names of CONFIGURATION's fields. */
export const LAYER_KINDS = ['national', 'rhf', 'hf', 'kind', 'unit'] as const;
export const LAYER_KIND = z.enum(LAYER_KINDS);

const LINK_RULE = z.strictObject({
  link: z.string().min(1).max(32),
  enabled: z.boolean(),
  /** Millions of bytes a month; beyond, for critical and realtime only. 0: always. Null: no end. */
  monthlyMb: z.int().min(0).nullable(),
});

/** As dispatch centres sort missions, the most urgent first. */
export const URGENCIES = ['acute', 'urgent', 'ordinary'] as const;
export type Urgency = (typeof URGENCIES)[number];

/** How a unit treats what it sends while its vehicle is on a mission. */
const MISSION_TREATMENT = z.strictObject({
  urgency: z.enum(URGENCIES),
  /** Instead of the field of this name, where it is more. */
  duplicateShareMost: SHARE,
  /** Realtime and interactive use a link whose data budget is spent like any other. */
  overBudget: z.boolean(),
});
export type MissionTreatment = z.infer<typeof MISSION_TREATMENT>;

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
  /** An urgency that is not named changes nothing. */
  missions: z
    .array(MISSION_TREATMENT)
    .max(URGENCIES.length)
    .refine(
      (all) => new Set(all.map(({ urgency }) => urgency)).size === all.length,
      'each urgency once',
    ),
});
export type Configuration = z.infer<typeof CONFIGURATION>;
export type ConfigurationField = keyof Configuration;

export const LAYER_VALUES = CONFIGURATION.partial();
export type LayerValues = z.infer<typeof LAYER_VALUES>;

/** What a unit runs that has been told nothing. */
export const BUILT_IN: Configuration = {
  duplicateShareMost: 0.2,
  policyText: null,
  logLevel: 'info',
  reportPlace: true,
  recordMb: 200,
  sampleKeepDays: 30,
  links: [],
  preferGateway: null,
  missions: [
    // As many copies as first sendings: each critical and realtime packet may leave twice.
    { urgency: 'acute', duplicateShareMost: 0.5, overBudget: true },
    // One copy for two.
    { urgency: 'urgent', duplicateShareMost: 0.33, overBudget: true },
  ],
};

/** PUT /configuration/layers/:layerId. `locked`: fields that no layer below may give. */
export const LAYER_WRITE = z.strictObject({
  values: LAYER_VALUES,
  locked: z.array(z.enum(Object.keys(CONFIGURATION.shape) as ConfigurationField[])).max(32),
  /** Why: read by whoever reviews it. */
  note: LONG_TEXT,
  /** The note of experience that it is made of (GET /experience), if any. */
  noteId: ID.optional(),
});
export type LayerWrite = z.infer<typeof LAYER_WRITE>;

/** POST /configuration/layers: an empty layer, where there is none yet. */
export const LAYER_CREATE = z.strictObject({
  kind: LAYER_KIND,
  /** Where it lies; a unit's layer lies where its unit does. */
  organisationId: ID,
  /** For 'kind' alone. */
  vehicleKind: VEHICLE_KIND.nullable(),
  /** For 'unit' alone. */
  unitId: ID.nullable(),
});

export type LayerCreate = z.infer<typeof LAYER_CREATE>;

export const LAYER = z.strictObject({
  id: ID,
  kind: LAYER_KIND,
  organisationId: ID,
  vehicleKind: z.string().nullable(),
  unitId: ID.nullable(),
  values: LAYER_VALUES,
  locked: z.array(z.string()),
  note: LONG_TEXT,
  /** "Helse Nord", "boat in Helse Nord", a call sign. */
  name: z.string(),
  version: z.int(),
});
export type Layer = z.infer<typeof LAYER>;

export const EFFECTIVE = z.strictObject({
  unitId: ID,
  /** The version that the unit was told to run; 0: none yet. */
  version: z.int(),
  /** The version that it last confirmed. */
  confirmedVersion: z.int(),
  /** What the layers say now. */
  values: CONFIGURATION,
  /** Fields in which that differs from what the unit was told: a rollout brings it there. */
  behind: z.array(z.string()),
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

export const LAYER_QUERY = PAGE_QUERY.extend({
  organisationId: z.coerce.number().int().positive().optional(),
  kind: LAYER_KIND.optional(),
  unitId: z.coerce.number().int().positive().optional(),
});

/** GET /configuration/layers/:layerId/versions, the newest first. */
export const LAYER_VERSION = z.strictObject({
  version: z.int(),
  at: INSTANT,
  author: z.string(),
  note: z.string(),
  values: LAYER_VALUES,
  locked: z.array(z.string()),
});
export type LayerVersion = z.infer<typeof LAYER_VERSION>;

/** GET /configuration/layers/:layerId/diff?from=1&to=3; version 0 is the empty layer. */
export const LAYER_DIFF_QUERY = z.strictObject({
  from: z.coerce.number().int().min(0),
  to: z.coerce.number().int().min(0),
});
export const LAYER_DIFF = z.strictObject({
  fields: z.array(
    z.strictObject({
      field: z.string(),
      change: z.enum(['given', 'changed', 'withdrawn', 'same']),
      /** Null where the version says nothing of it. */
      before: z.unknown(),
      after: z.unknown(),
      lock: z.enum(['locked', 'unlocked', 'same']),
    }),
  ),
});
export type LayerDiff = z.infer<typeof LAYER_DIFF>;

/** POST /configuration/layers/:layerId/preview: what a write would do, without doing it. */
export const PREVIEW = z.strictObject({
  /** Units whose values would change. */
  units: z.int(),
  /** Of how many at or below the layer. */
  unitsBelow: z.int(),
  fields: z.array(z.strictObject({ field: z.string(), units: z.int() })),
  /** Layers below that give a field which would be locked: what they say no longer counts. */
  overruled: z.array(z.strictObject({ layerId: ID, name: z.string(), field: z.string() })),
});
export type Preview = z.infer<typeof PREVIEW>;

/** POST /rollouts: a draft. Started, it brings units to what the layers say at that moment. */
export const ROLLOUT_WRITE = z.strictObject({
  organisationId: ID,
  name: TEXT,
  /** Shares of the units, rising to 1. */
  rings: z
    .array(SHARE)
    .min(1)
    .max(8)
    .refine((rings) => rings.at(-1) === 1, 'the last ring is 1')
    .refine(
      (rings) => rings.every((share, i) => share > (rings[i - 1] ?? 0)),
      'each ring is larger than the one before',
    ),
  successLeast: SHARE,
  /** These units alone; null: all at or below the organisation. */
  unitIds: z.array(ID).min(1).max(500).nullable().default(null),
});

export const ROLLOUT_QUERY = PAGE_QUERY.extend({
  organisationId: z.coerce.number().int().positive().optional(),
});

/** POST /rollouts/:rolloutId/command. */
export const ROLLOUT_COMMAND = z.strictObject({
  command: z.enum(['start', 'pause', 'resume', 'stop']),
});

/** GET /rollouts/:rolloutId/units. */
export const ROLLOUT_UNIT = z.strictObject({
  unitId: ID,
  vehicleId: ID.nullable(),
  callSign: z.string().nullable(),
  ring: z.int(),
  state: z.enum(['waiting', 'on-mission', 'sent', 'confirmed', 'fell-back']),
  reason: z.string().nullable(),
  changedAt: INSTANT,
});
export type RolloutUnit = z.infer<typeof ROLLOUT_UNIT>;

const MISSION_MINUTES_MAX = 720;

/** POST /vehicles/:vehicleId/mission: told again while it lasts; it ends by itself. */
export const MISSION_WRITE = z.strictObject({
  urgency: z.enum(URGENCIES),
  /** Minutes until it is over unless it is told again. */
  forMinutes: z.int().min(1).max(MISSION_MINUTES_MAX),
});
export const MISSION = z.strictObject({
  vehicleId: ID,
  urgency: z.enum(URGENCIES),
  until: INSTANT,
});
export type Mission = z.infer<typeof MISSION>;

/** GET /vehicles/:vehicleId/mission. */
export const VEHICLE_MISSION = z.strictObject({
  /** Null: on none. */
  mission: MISSION.nullable(),
});
export type VehicleMission = z.infer<typeof VEHICLE_MISSION>;

/**
 * GET /units/self/mission?holds=VERSION: answers at once when the mission of the asking unit's
 * vehicle is another than the one held, else after 50 s at the latest. 2,000 units that wait so
 * long ask 40 times a second, and a vehicle spends about 4 MB a day on it: 1,728 questions of
 * 1.5 kB, and a probe of the line each 15 s.
 */
export const UNIT_MISSION_QUERY = z.strictObject({ holds: z.string().max(64).default('') });
export const UNIT_MISSION_POLL_MS = 50_000;

export const UNIT_MISSION = z.strictObject({
  /** Of this mission, told until then; what `holds` says. */
  version: z.string().max(64),
  /** Null: none. */
  mission: z
    .strictObject({
      urgency: z.enum(URGENCIES),
      /** From now on, ms: the unit's clock may be another. */
      leftMs: z
        .int()
        .min(1)
        .max(MISSION_MINUTES_MAX * 60_000),
    })
    .nullable(),
});
export type UnitMission = z.infer<typeof UNIT_MISSION>;

export const ROLLOUT = z.strictObject({
  id: ID,
  organisationId: ID,
  name: TEXT,
  state: z.enum(['draft', 'running', 'paused', 'stopped', 'done']),
  /** Why it is paused, where nobody paused it: units fell back. */
  pausedBecause: z.enum(['person', 'fell-back']).nullable(),
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

/**
 * GET /units/self/configuration: what a unit shall run, and how long it has to confirm. A unit
 * applies any version other than the one that it runs, and never one that it fell back from.
 * Version 0 is what a unit runs that was told nothing.
 */
export const UNIT_CONFIGURATION = z.strictObject({
  version: z.int(),
  // A platform that is newer than the unit may give settings of which it does not know; and a unit
  // may have kept what it was told before there were treatments of missions.
  values: CONFIGURATION.strip().extend({
    missions: CONFIGURATION.shape.missions.default(BUILT_IN.missions),
  }),
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
