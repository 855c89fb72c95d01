// What people found out: notes that all regions read, comment and build on.
import { z } from 'zod';
import { COUNT, ID, INSTANT, PAGE_QUERY, TEXT } from './common.ts';
import { CONFIGURATION, type ConfigurationField } from './configuration.ts';
import { VEHICLE_KIND } from './fleet.ts';

export const NOTE_STATES = ['open', 'known-problem', 'solved'] as const;
export const NOTE_STATE = z.enum(NOTE_STATES);
export type NoteState = z.infer<typeof NOTE_STATE>;

// Four pages; a manual is something else. Paragraphs are divided by line ends; no other control
// character, and no markup: it is shown as it was written.
const PARAGRAPHS_MOST = 8_000;
const PARAGRAPHS = z
  .string()
  .trim()
  .min(1)
  .max(PARAGRAPHS_MOST)
  .regex(/^(\P{Cc}|\n)*$/u);
/** A remark, not another note. */
export const COMMENT_MOST = 2_000;
/** A note that was talked about so much should become something else. */
export const COMMENTS_MOST = 500;

const FIELD = z.enum(Object.keys(CONFIGURATION.shape) as ConfigurationField[]);

/** Where it is: a name (a tunnel, a quay), a point, or both. */
const PLACE = z.strictObject({
  name: TEXT.nullable(),
  point: z
    .strictObject({
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
    })
    .nullable(),
});

/** What a note is about; null: not about any. */
const ABOUT = {
  place: PLACE.refine(({ name, point }) => name !== null || point !== null, 'name or point')
    .nullable()
    .default(null),
  /** As units tell it: 'RUTX50'. */
  deviceModel: TEXT.nullable().default(null),
  carrierId: ID.nullable().default(null),
  vehicleKind: VEHICLE_KIND.nullable().default(null),
  layerId: ID.nullable().default(null),
  field: FIELD.nullable().default(null),
};

/** POST /experience, PUT /experience/:noteId. It becomes the asker's own organisation's. */
export const NOTE_WRITE = z.strictObject({
  title: TEXT,
  text: PARAGRAPHS,
  state: NOTE_STATE,
  ...ABOUT,
});
export type NoteWrite = z.infer<typeof NOTE_WRITE>;

export const NOTE = z.strictObject({
  ...NOTE_WRITE.shape,
  id: ID,
  organisationId: ID,
  organisation: z.string(),
  author: z.string(),
  createdAt: INSTANT,
  changedAt: INSTANT,
  /** Of H3, resolution 8, where there is a point. */
  cell: z.string().nullable(),
  comments: COUNT,
  useful: COUNT,
  /** Whether the asker marked it so. */
  usefulToMe: z.boolean(),
  /** What was made of it. */
  promotions: COUNT,
  version: z.int(),
});
export type Note = z.infer<typeof NOTE>;

export const NOTE_QUERY = PAGE_QUERY.extend({
  /** Words, "quoted words", -without, this or that; the last word may be unfinished. */
  q: z.string().trim().max(200).optional(),
  state: NOTE_STATE.optional(),
  organisationId: z.coerce.number().int().positive().optional(),
  carrierId: z.coerce.number().int().positive().optional(),
  vehicleKind: VEHICLE_KIND.optional(),
  deviceModel: TEXT.optional(),
  layerId: z.coerce.number().int().positive().optional(),
  field: FIELD.optional(),
  /** A cell of H3, resolution 6 to 8: notes with a point in it. */
  cell: z
    .string()
    .regex(/^8[678][0-9a-f]{13}$/)
    .optional(),
  /** Notes that fit this vehicle by its model, kind, carriers or configuration. */
  vehicleId: z.coerce.number().int().positive().optional(),
  /** Notes that this requirement was made of. */
  requirementId: z.coerce.number().int().positive().optional(),
  /** Notes that a version of this layer was made of. */
  changedLayerId: z.coerce.number().int().positive().optional(),
  /** Only with something about a place. */
  hasPlace: z.stringbool().optional(),
});
export type NoteQuery = z.infer<typeof NOTE_QUERY>;

/** GET /experience/:noteId/revisions, the newest first. */
export const NOTE_REVISION = z.strictObject({
  ...NOTE_WRITE.shape,
  version: z.int(),
  at: INSTANT,
  author: z.string(),
});
export type NoteRevision = z.infer<typeof NOTE_REVISION>;

export const NOTE_COMMENT_WRITE = z.strictObject({ text: PARAGRAPHS.max(COMMENT_MOST) });
export const NOTE_COMMENT = z.strictObject({
  id: ID,
  organisationId: ID,
  organisation: z.string(),
  author: z.string(),
  at: INSTANT,
  text: z.string(),
});
export type NoteComment = z.infer<typeof NOTE_COMMENT>;

/** POST /experience/:noteId/useful: the asker's own mark, set or taken away. */
export const NOTE_MARK = z.strictObject({ useful: z.boolean() });

/** GET /experience/:noteId/promotions: the versions that were made of it, the oldest first. */
export const NOTE_PROMOTION = z.strictObject({
  id: ID,
  kind: z.enum(['requirement', 'baseline']),
  /** Of the requirement or of the layer. */
  targetId: ID,
  /** 'N-07', or the layer's name; null: not for the asker to see. */
  name: z.string().nullable(),
  version: z.int(),
  author: z.string(),
  at: INSTANT,
});
export type NotePromotion = z.infer<typeof NOTE_PROMOTION>;
