// Towards the carriers: cases, the evidence frozen in them, and how each carrier has done over
// time. docs/carriers.md has the rules.
import { z } from 'zod';
import { COUNT, ID, INSTANT, LONG_TEXT, PAGE_QUERY, SHARE, TEXT } from './common.ts';

/**
 * open: ours alone · sent: the carrier sees it · acknowledged · in-progress: the carrier has
 * answered · resolved: it says that it is mended · closed: we agree · withdrawn: it was none.
 */
export const CASE_STATES = [
  'open',
  'sent',
  'acknowledged',
  'in-progress',
  'resolved',
  'closed',
  'withdrawn',
] as const;
export const CASE_STATE = z.enum(CASE_STATES);
export type CaseState = z.infer<typeof CASE_STATE>;

/** An area's outage, or a place where the carrier is lost again and again. */
export const CASE_KINDS = ['area', 'hole'] as const;
export const CASE_KIND = z.enum(CASE_KINDS);
export type CaseKind = z.infer<typeof CASE_KIND>;

/** The carrier's own, and what we may write down for it when it answers by telephone. */
export const CARRIER_COMMANDS = ['acknowledge', 'progress', 'resolve'] as const;
export const CASE_COMMANDS = ['send', ...CARRIER_COMMANDS, 'reopen', 'close', 'withdraw'] as const;
export const CASE_COMMAND = z.enum(CASE_COMMANDS);
export type CaseCommand = z.infer<typeof CASE_COMMAND>;

/** H3, as hex. */
const CELL = z.string().regex(/^[0-9a-f]{15}$/);

export const CARRIER_CASE = z.strictObject({
  id: ID,
  /** The nearest organisation above all vehicles struck. */
  organisationId: ID,
  carrierId: ID,
  carrier: TEXT,
  kind: CASE_KIND,
  state: CASE_STATE,
  simulated: z.boolean(),
  /** Null: a hole, or an alarm that is no longer kept. */
  alarmId: ID.nullable(),
  from: INSTANT,
  /** Null: it lasts. */
  to: INSTANT.nullable(),
  /** Resolution 6 of an area, 8 of a hole. */
  cells: z.array(CELL),
  vehicles: COUNT,
  /** Milliseconds without the carrier, of all vehicles together. */
  lostMs: COUNT,
  /** Newest version of the evidence; 0: not frozen yet. */
  evidence: z.int().min(0),
  /** The carrier's own number of it. */
  reference: TEXT.nullable(),
  openedAt: INSTANT,
  openedBy: z.string(),
  sentAt: INSTANT.nullable(),
  /** When the carrier first said anything. */
  answeredAt: INSTANT.nullable(),
  resolvedAt: INSTANT.nullable(),
  endedAt: INSTANT.nullable(),
  /** What the asker may do with it now. */
  commands: z.array(CASE_COMMAND),
  /** May the asker write a message? */
  mayWrite: z.boolean(),
  version: z.int(),
});
export type CarrierCase = z.infer<typeof CARRIER_CASE>;

/** The newest first. */
export const CARRIER_CASE_QUERY = PAGE_QUERY.extend({
  state: CASE_STATE.optional(),
  /** Not closed and not withdrawn. */
  open: z.stringbool().optional(),
  carrierId: z.coerce.number().int().positive().optional(),
  alarmId: z.coerce.number().int().positive().optional(),
  simulated: z.stringbool().optional(),
});

/** POST /carrier-cases: by hand, from an alarm of the kind carrier-area. */
export const CARRIER_CASE_WRITE = z.strictObject({ alarmId: ID });

const NEEDS_REASON: readonly CaseCommand[] = ['reopen', 'withdraw'];

export const CASE_COMMAND_WRITE = z
  .strictObject({
    command: CASE_COMMAND,
    /** Why, or what was found and done. */
    reason: z.string().trim().min(1).max(1_000).nullable(),
    /** The carrier's own number, when it gives one. */
    reference: TEXT.nullable(),
  })
  .refine(({ command, reason }) => reason !== null || !NEEDS_REASON.includes(command), {
    path: ['reason'],
    error: 'say why',
  });

export const CASE_SIDES = ['health', 'carrier'] as const;
export const CASE_SIDE = z.enum(CASE_SIDES);
export type CaseSide = z.infer<typeof CASE_SIDE>;

export const CASE_MESSAGE = z.strictObject({
  id: ID,
  at: INSTANT,
  side: CASE_SIDE,
  author: z.string(),
  text: LONG_TEXT,
});
export type CaseMessage = z.infer<typeof CASE_MESSAGE>;
export const CASE_MESSAGE_WRITE = z.strictObject({ text: LONG_TEXT.min(1) });

export const CASE_CHANGE = z.strictObject({
  id: ID,
  at: INSTANT,
  side: CASE_SIDE,
  actor: z.string(),
  /** Null: the opening. */
  command: CASE_COMMAND.nullable(),
  from: CASE_STATE.nullable(),
  to: CASE_STATE,
  reason: z.string().nullable(),
});
export type CaseChange = z.infer<typeof CASE_CHANGE>;

/** One vehicle of the evidence: a number, and never a name or a place finer than a cell. */
export const EVIDENCE_VEHICLE = z.strictObject({
  /** 1, 2, 3 … in the order in which they lost the carrier; of this version alone. */
  number: z.int().positive(),
  from: INSTANT,
  /** Null: still without it. */
  to: INSTANT.nullable(),
  /** Where it lost the carrier. */
  cell: CELL,
  lostMs: COUNT,
  /** Mean of the last minute before it was lost; null: nobody measured. */
  rsrpDbm: z.number().nullable(),
  /** Carriers that carried it meanwhile. */
  held: z.array(TEXT),
  /** Was it served by them all the time? */
  servedThroughout: z.boolean(),
});
export type EvidenceVehicle = z.infer<typeof EVIDENCE_VEHICLE>;

export const EVIDENCE_CELL = z.strictObject({ cell: CELL, vehicles: COUNT, lostMs: COUNT });

/** Of a hole: one row a cell and day. */
export const EVIDENCE_DAY = z.strictObject({
  cell: CELL,
  day: z.iso.date(),
  vehicles: COUNT,
  lostMs: COUNT,
});
export type EvidenceDay = z.infer<typeof EVIDENCE_DAY>;

export const EVIDENCE = z.strictObject({
  format: z.literal('rmh-evidence-1'),
  caseId: ID,
  version: z.int().positive(),
  frozenAt: INSTANT,
  kind: CASE_KIND,
  /** Made up for practice. */
  simulated: z.boolean(),
  carrier: z.strictObject({ key: TEXT, name: TEXT }),
  from: INSTANT,
  to: INSTANT.nullable(),
  cells: z.array(EVIDENCE_CELL),
  lostMs: COUNT,
  vehiclesStruck: COUNT,
  /** Of those, served by other carriers all the time. */
  vehiclesServed: COUNT,
  /** In the same cells at the same time, and had the carrier. */
  vehiclesFine: COUNT,
  /** How many of those struck each other carrier held. */
  held: z.array(z.strictObject({ carrier: TEXT, vehicles: COUNT })),
  /** Of an area. */
  vehicles: z.array(EVIDENCE_VEHICLE),
  /** Of a hole. */
  days: z.array(EVIDENCE_DAY),
});
export type Evidence = z.infer<typeof EVIDENCE>;

/** What anybody can check: canonical JSON of the whole, and nothing but that. */
export const EVIDENCE_PACK = z.strictObject({
  evidence: EVIDENCE,
  /** Hex, of the canonical JSON of `evidence`. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Ed25519 over the same bytes, base64. */
  signature: z.base64(),
  /** Which of GET /evidence-keys. */
  keyId: z.string().regex(/^[0-9a-f]{16}$/),
});
export type EvidencePack = z.infer<typeof EVIDENCE_PACK>;

export const EVIDENCE_VERSION = z.strictObject({
  version: z.int().positive(),
  frozenAt: INSTANT,
  sha256: z.string(),
  keyId: z.string(),
  vehicles: COUNT,
  lostMs: COUNT,
});
export type EvidenceVersion = z.infer<typeof EVIDENCE_VERSION>;

export const EVIDENCE_KEY = z.strictObject({
  keyId: z.string(),
  /** Raw Ed25519 key, base64. */
  publicKey: z.base64(),
  madeAt: INSTANT,
});
export type EvidenceKey = z.infer<typeof EVIDENCE_KEY>;

export const SCORECARD_QUERY = z.strictObject({
  /** How many months of Norway, this one among them. */
  months: z.coerce.number().int().min(1).max(24).default(6),
  organisationId: z.coerce.number().int().positive().optional(),
  simulated: z.stringbool().default(false),
});

export const SCORECARD_MONTH = z.strictObject({
  carrierId: ID,
  carrier: TEXT,
  /** Its first day. */
  month: z.iso.date(),
  /** Of the carrier alone; null: nobody measured it. */
  availability: SHARE.nullable(),
  /** Area outages that began in this month, and what they cost the asker's vehicles. */
  areas: COUNT,
  lostMs: COUNT,
  /** Recurring holes that became cases. */
  holes: COUNT,
  casesOpened: COUNT,
  casesClosed: COUNT,
  /** Of cases sent in this month; null: none was answered. */
  answerMs: COUNT.nullable(),
  closeMs: COUNT.nullable(),
});
export type ScorecardMonth = z.infer<typeof SCORECARD_MONTH>;

export const SCORECARD = z.strictObject({
  months: z.array(SCORECARD_MONTH),
  /** Cases that are open now, by carrier. */
  open: z.array(z.strictObject({ carrierId: ID, cases: COUNT })),
});
export type Scorecard = z.infer<typeof SCORECARD>;

export const SHARED_FATE_QUERY = z.strictObject({
  /** Whole days of Norway that are over. */
  days: z.coerce.number().int().min(1).max(30).default(30),
  organisationId: z.coerce.number().int().positive().optional(),
  simulated: z.stringbool().default(false),
});

const TOGETHER = {
  /** Both down, and either of them, in time in which a vehicle had both. */
  bothMs: COUNT,
  eitherMs: COUNT,
  knownMs: COUNT,
  /** both / either. */
  share: SHARE.nullable(),
  vehicles: COUNT,
};

export const SHARED_FATE = z.strictObject({
  pairs: z.array(
    z.strictObject({
      first: TEXT,
      second: TEXT,
      ...TOGETHER,
      /** How much more often than if each failed by itself; 1: no more. */
      lift: z.number().min(0).nullable(),
    }),
  ),
  /** Cells (r6) with the longest time without both, of three vehicles or more. */
  cells: z.array(z.strictObject({ cell: CELL, first: TEXT, second: TEXT, ...TOGETHER })),
  /** Days whose samples are all in it, up to and with this one; null: none yet. */
  through: z.iso.date().nullable(),
});
export type SharedFate = z.infer<typeof SHARED_FATE>;
