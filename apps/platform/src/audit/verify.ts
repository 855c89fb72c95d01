// Is the audit log as it was written? First the chain from its beginning, then every signed head.
import type { Sql } from '../db/database.ts';
import { type AuditHead, chainHead, headsAfter, isSigned, isThere } from './heads.ts';

export const AUDIT_FLAWS = {
  altered: 'is not what was written',
  missing: 'is gone',
  moved: 'does not stand where it was written',
  'cut-off': 'and what followed it is cut off',
  rewritten: 'or one before it was written anew, with hashes that fit',
  'not-ours': 'is vouched for by a signature that is not ours',
} as const;

export type AuditVerdict =
  | {
      readonly kind: 'whole';
      readonly entries: number;
      readonly head: string;
      /** Up to here a signed head vouches; entries after it may yet vanish unseen. */
      readonly signedTo: number;
      /** The platform's, base64: exports are signed with it. */
      readonly key: string;
    }
  | {
      readonly kind: 'broken';
      readonly sequence: number;
      readonly flaw: keyof typeof AUDIT_FLAWS;
    };

type Broken = Extract<AuditVerdict, { kind: 'broken' }>;

/** An entry by its number and its hash. */
export type Mark = Pick<AuditHead, 'sequence' | 'hash'>;

/** What is known from where the database's owner does not write. */
export interface Trusted {
  /** The platform's key, base64. */
  readonly key: string;
  /** From the data directory. */
  readonly inFile: AuditHead | null;
  /** From an export, whose signature was looked at. */
  readonly kept: Mark | null;
}

/** Run as system. */
export async function verifyAudit(sql: Sql, trusted: Trusted): Promise<AuditVerdict> {
  const { sequence: entries, hash: head } = await chainHead(sql);
  const found = (await brokenChain(sql)) ?? (await followHeads(sql, entries, trusted));
  if (found.kind === 'broken') return found;
  return { kind: 'whole', entries, head, signedTo: found.signedTo, key: trusted.key };
}

async function brokenChain(sql: Sql): Promise<Broken | null> {
  const [row] = await sql.query<{
    sequence: number;
    position: number;
    altered: boolean;
    linked: boolean;
    elsewhere: boolean;
  }>(
    `SELECT sequence, position, altered, linked,
       EXISTS (SELECT FROM audit b WHERE b.hash = entry.previous_hash) AS elsewhere
     FROM (
       SELECT a.sequence, row_number() OVER w AS position, a.hash <> audit_hash(a) AS altered,
         a.previous_hash = lag(a.hash, 1, '\\x') OVER w AS linked, a.previous_hash
       FROM audit a WINDOW w AS (ORDER BY a.sequence)
     ) AS entry
     WHERE altered OR NOT linked OR sequence <> position ORDER BY sequence LIMIT 1`,
  );
  if (row === undefined) return null;
  const { sequence, position, altered, linked, elsewhere } = row;
  // The number itself is covered by the hash, so what moved is altered too; what it was written
  // after tells the two apart.
  if (altered && !linked && elsewhere) return broken(sequence, 'moved');
  if (sequence !== position) return broken(position, 'missing');
  if (altered) return broken(sequence, 'altered');
  // Fits itself, and was not written after what stands before it: that one has a hash anew.
  return broken(Math.max(1, sequence - 1), 'altered');
}

const broken = (sequence: number, flaw: Broken['flaw']): Broken => {
  return { kind: 'broken', sequence, flaw };
};

type Signed = { readonly kind: 'signed'; readonly signedTo: number };

async function followHeads(sql: Sql, entries: number, trusted: Trusted): Promise<Broken | Signed> {
  const { key, inFile, kept } = trusted;
  let signedTo = 0;
  const flawOf = async (mark: Mark): Promise<Broken | null> => {
    if (mark.sequence > entries) return broken(entries + 1, 'cut-off');
    if (!(await isThere(sql, mark))) return broken(mark.sequence, 'rewritten');
    signedTo = Math.max(signedTo, mark.sequence);
    return null;
  };
  const signed = async (head: AuditHead): Promise<Broken | null> => {
    const isOurs = head.key === key && isSigned(head);
    return isOurs ? await flawOf(head) : broken(head.sequence, 'not-ours');
  };
  for (let after = 0; ; ) {
    const some = await headsAfter(sql, after);
    for (const head of some) {
      const flaw = await signed(head);
      if (flaw !== null) return flaw;
    }
    const last = some.at(-1);
    if (last === undefined) break;
    after = last.sequence;
  }
  const flaw =
    (inFile === null ? null : await signed(inFile)) ?? (kept === null ? null : await flawOf(kept));
  return flaw ?? { kind: 'signed', signedTo };
}
