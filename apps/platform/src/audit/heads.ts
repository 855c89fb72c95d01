// The chain's head, signed and kept outside the log: in a table, in a file of the data directory,
// and at the end of each export. Entries that were cut off at the end, and a chain that was made
// anew with hashes that fit, are found by it.
//
//   every 15 s: is the last signed head still in the log? → sign the newest → table → file
import { createPublicKey, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Identity, writeAtomically } from '@rmh/contract/daemon';
import { z } from 'zod';
import { type Sql, SYSTEM } from '../db/database.ts';
import type { Job, Services } from '../services.ts';

export const AUDIT_HEAD = z.strictObject({
  sequence: z.int().min(0),
  /** SHA-256 of that entry, hex; '' where there is none yet. */
  hash: z.string().regex(/^([0-9a-f]{64})?$/),
  atMs: z.int(),
  /** Ed25519, raw, base64; and its signature of the above. */
  key: z.string(),
  signature: z.string(),
});
export type AuditHead = z.infer<typeof AUDIT_HEAD>;

type Unsigned = Pick<AuditHead, 'sequence' | 'hash' | 'atMs'>;

// A first line that no other protocol signs.
const textOf = ({ sequence, hash, atMs }: Unsigned): string =>
  ['rmh-audit-head', sequence, hash, atMs].join('\n');

export function signHead(signer: Identity, head: Unsigned): AuditHead {
  return { ...head, key: signer.publicKey, signature: signer.sign(textOf(head)) };
}

/** Whether the key in it signed it; whose key that is must be known from elsewhere. */
export function isSigned(head: AuditHead): boolean {
  return verifySigned(textOf(head), head);
}

// RFC 8410: what stands before the 32 bytes in SPKI.
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

export function verifySigned(
  text: string,
  { key, signature }: Pick<AuditHead, 'key' | 'signature'>,
): boolean {
  const raw = Buffer.from(key, 'base64');
  if (raw.length !== 32) return false;
  const spki = Buffer.concat([SPKI_HEAD, raw]);
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64'));
}

/** The newest entry; 0 and '' where there is none. */
export async function chainHead(sql: Sql): Promise<Pick<AuditHead, 'sequence' | 'hash'>> {
  const [row] = await sql.query<{ sequence: number; hash: string }>(
    `SELECT sequence, encode(hash, 'hex') AS hash FROM audit ORDER BY sequence DESC LIMIT 1`,
  );
  return row ?? { sequence: 0, hash: '' };
}

/** Is the entry that the head names in the log, as it was? */
export async function isThere(sql: Sql, head: Pick<AuditHead, 'sequence' | 'hash'>) {
  if (head.sequence === 0) return true;
  const rows = await sql.query(
    `SELECT FROM audit WHERE sequence = $1 AND hash = decode($2, 'hex')`,
    [head.sequence, head.hash],
  );
  return rows.length > 0;
}

interface HeadRow {
  readonly sequence: number;
  readonly hash: string;
  readonly at: Date;
  readonly key: string;
  readonly signature: string;
}

// A year of them; what is verified is verified whole, in pages.
const HEADS_AT_ONCE = 8_760;

/** Signed heads after `sequence`, the oldest first. */
export async function headsAfter(sql: Sql, sequence: number): Promise<AuditHead[]> {
  const rows = await sql.query<HeadRow>(
    `SELECT sequence, encode(hash, 'hex') AS hash, at, encode(key, 'base64') AS key,
       encode(signature, 'base64') AS signature
     FROM audit_head WHERE sequence > $1 ORDER BY sequence LIMIT ${HEADS_AT_ONCE}`,
    [sequence],
  );
  return rows.map(({ at, signature, ...row }) => {
    // PostgreSQL breaks base64 after 76 characters.
    return { ...row, atMs: at.getTime(), signature: signature.replaceAll('\n', '') };
  });
}

async function newestHead(sql: Sql): Promise<AuditHead | null> {
  const [row] = await sql.query<{ sequence: number }>(
    'SELECT sequence FROM audit_head ORDER BY sequence DESC LIMIT 1',
  );
  return row === undefined ? null : ((await headsAfter(sql, row.sequence - 1))[0] ?? null);
}

export const headFile = (dataDirectory: string): string => join(dataDirectory, 'audit-head.json');

/** Null: there is none. Throws where the file holds something else. */
export function readHeadFile(path: string): AuditHead | null {
  return existsSync(path) ? AUDIT_HEAD.parse(JSON.parse(readFileSync(path, 'utf8'))) : null;
}

type Anchoring = Pick<Services, 'db' | 'vault' | 'log' | 'nowMs'>;

/** False: a signed head is no longer in the log; nothing is signed until a person has looked. */
export async function anchorHead(services: Anchoring, path: string): Promise<boolean> {
  const { db, vault, log, nowMs } = services;
  const inFile = readHeadFile(path);
  const outcome = await db.transaction(SYSTEM, async (sql) => {
    const last = await newestHead(sql);
    for (const head of [last, inFile]) {
      if (head !== null && !(await isThere(sql, head))) return { kind: 'gone', head } as const;
    }
    const head = await chainHead(sql);
    if (head.sequence === (last?.sequence ?? 0)) return { kind: 'signed', head: last } as const;
    const signed = signHead(vault.identity('audit'), { ...head, atMs: nowMs() });
    await writeHead(sql, signed);
    return { kind: 'signed', head: signed } as const;
  });
  const { kind, head } = outcome;
  if (kind === 'gone') {
    log.write('audit.broken', { sequence: head.sequence });
    return false;
  }
  const isNew = head !== null && head.sequence !== inFile?.sequence;
  if (isNew) writeAtomically(path, `${JSON.stringify(head)}\n`);
  return true;
}

async function writeHead(sql: Sql, { sequence, hash, atMs, key, signature }: AuditHead) {
  await sql.query(
    `INSERT INTO audit_head (hour, sequence, hash, at, key, signature)
     VALUES (date_trunc('hour', $1::timestamptz, 'UTC'), $2, decode($3, 'hex'), $1,
       decode($4, 'base64'), decode($5, 'base64'))
     ON CONFLICT (hour) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash,
       at = excluded.at, key = excluded.key, signature = excluded.signature`,
    [new Date(atMs), sequence, hash, key, signature],
  );
}

export const anchorJob: Job = {
  name: 'audit.anchor',
  everyMs: 15_000,
  async run(services) {
    await anchorHead(services, headFile(services.settings.dataDirectory));
  },
};
