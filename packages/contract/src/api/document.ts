// A document as data: what a report or a pack of evidence says, before it is a page or a PDF. Every
// picture is a table too, so that nobody has to see it.
import { z } from 'zod';
import { INSTANT } from './common.ts';

const WORDS = z.string().max(4_000);
/** A cell stays on one page: 500 letters are 60 lines of the narrowest column, 680 points. */
const CELL = z.string().max(500);

export const DOCUMENT_PART = z.discriminatedUnion('kind', [
  /** Level 1 is the document's title; these are below it. */
  z.strictObject({ kind: z.literal('heading'), level: z.literal([2, 3]), text: CELL }),
  z.strictObject({ kind: z.literal('paragraph'), text: WORDS }),
  z.strictObject({
    kind: z.literal('facts'),
    facts: z.array(z.strictObject({ name: CELL, value: CELL })),
  }),
  z.strictObject({
    kind: z.literal('table'),
    caption: CELL,
    /** The first column names the rows. Ten fit across a page. */
    columns: z
      .array(z.strictObject({ name: CELL, align: z.enum(['left', 'right']) }))
      .min(1)
      .max(10),
    rows: z.array(z.array(CELL)),
  }),
  /**
   * A table of names and values with a bar from zero beside each value, which says nothing that
   * its text does not. Null: not known, no bar.
   */
  z.strictObject({
    kind: z.literal('bars'),
    caption: CELL,
    /** Heads of the names, of the values. */
    columns: z.tuple([CELL, CELL]),
    bars: z.array(z.strictObject({ name: CELL, value: z.number().min(0).nullable(), text: CELL })),
  }),
  z.strictObject({ kind: z.literal('page-break') }),
]);
export type DocumentPart = z.infer<typeof DOCUMENT_PART>;

export const DOCUMENT_LANGUAGES = ['nb', 'en'] as const;
export type DocumentLanguage = (typeof DOCUMENT_LANGUAGES)[number];

export const DOCUMENT = z.strictObject({
  title: CELL,
  language: z.enum(DOCUMENT_LANGUAGES),
  /** When it was made: the same document is the same file, byte by byte. */
  madeAt: INSTANT,
  parts: z.array(DOCUMENT_PART),
});
export type Document = z.infer<typeof DOCUMENT>;
