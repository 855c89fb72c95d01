// The lines of an exported log: written here, and read again here.
import { createHash } from 'node:crypto';
import type { Identity } from '@rmh/contract/daemon';
import { z } from 'zod';
import { verifySigned } from './heads.ts';

export const FORMAT = 'rmh-audit-1';
/** What stands where in an entry: the order of audit_text(). */
export const FIELDS = [
  ...['sequence', 'atMs', 'organisationId', 'actor', 'action', 'objectKind', 'objectId'],
  ...['before', 'after', 'reason', 'requestId', 'previousHash'],
] as const;

const ENTRY = z.tuple([
  z.int(),
  z.number(),
  z.int().nullable(),
  z.string(),
  z.string(),
  z.string(),
  z.string().nullable(),
  z.unknown(),
  z.unknown(),
  z.string().nullable(),
  z.string().nullable(),
  z.string(),
]);

/** An entry with names, from the text that was hashed. Null: it is none. */
export function entryOf(text: string) {
  const parsed = ENTRY.safeParse(jsonOf(text));
  if (!parsed.success) return null;
  const [sequence, atMs, organisationId, actor, action, objectKind, objectId, ...rest] =
    parsed.data;
  const [before, after, reason, requestId, previousHash] = rest;
  return {
    ...{ sequence, atMs, organisationId, actor, action, objectKind, objectId, before, after },
    ...{ reason, requestId, previousHash },
  };
}

// The text is pasted, not written anew: verifying asks for its very bytes.
export function entryLine({ hash, text }: { readonly hash: string; readonly text: string }) {
  return `{"hash":"${hash}","entry":${text}}\n`;
}

const LINE = /^\{"hash":"([0-9a-f]{64})","entry":(\[.*\])\}$/s;

/** Null: not a line of an entry. */
export function readEntryLine(line: string) {
  const [, hash, text] = LINE.exec(line) ?? [];
  if (hash === undefined || text === undefined) return null;
  const computed = createHash('sha256').update(text).digest('hex');
  return { hash, computed, entry: entryOf(text) };
}

export const HEAD_LINE = z.strictObject({
  format: z.literal(FORMAT),
  after: z.int().min(0),
  /** False: entries of organisations that the asker does not see are left out. */
  whole: z.boolean(),
  fields: z.array(z.string()),
});

const END = z.strictObject({
  entries: z.int(),
  /** Of the chain's head when the export began. */
  sequence: z.int(),
  hash: z.string(),
  atMs: z.int(),
  /** Of every byte before this line, hex. */
  sha256: z.string(),
  key: z.string(),
  signature: z.string(),
});
export type ExportEnd = z.infer<typeof END>;
const END_LINE = z.strictObject({ end: END });

type Unsigned = Omit<ExportEnd, 'key' | 'signature'>;

const signedText = ({ entries, sequence, hash, atMs, sha256 }: Unsigned): string =>
  ['rmh-audit-export', entries, sequence, hash, atMs, sha256].join('\n');

export function endLine(signer: Identity, end: Unsigned): string {
  const signature = signer.sign(signedText(end));
  return `${JSON.stringify({ end: { ...end, key: signer.publicKey, signature } })}\n`;
}

export function readEndLine(line: string): ExportEnd | null {
  return END_LINE.safeParse(jsonOf(line)).data?.end ?? null;
}

export const isEndSigned = (end: ExportEnd): boolean => verifySigned(signedText(end), end);

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
