// The audit log: every write by a person or a machine that changes what others rely on, and every
// look at one vehicle's track. Append-only and hash-chained; `rmh platform audit` checks it.
import type { Sql } from '../db/database.ts';
import type { Ask } from '../http/route.ts';
import type { Asker } from './asker.ts';

export interface AuditEntry {
  /** Who asked, when and in which request. Jobs give `actor` and `nowMs` instead. */
  readonly ask?: Pick<Ask, 'asker' | 'nowMs' | 'requestId'>;
  readonly actor?: string;
  readonly nowMs?: number;
  /** VERB-like: 'vehicle.change', 'track.read'. */
  readonly action: string;
  /** Where it belongs; null: only the national auditor sees it. */
  readonly organisationId: number | null;
  readonly object: { readonly kind: string; readonly id: number | string | null };
  readonly before?: unknown;
  readonly after?: unknown;
  readonly reason?: string;
}

/** 'user:7', 'service:3', 'unit:12': also the asker's name for Idempotency-Keys and limits. */
export function actorOf(asker: Asker): string {
  switch (asker.kind) {
    case 'user':
      return `user:${asker.userId}`;
    case 'service':
      return `service:${asker.tokenId}`;
    case 'unit':
      return `unit:${asker.unitId}`;
    case 'gateway':
      return `gateway:${asker.gatewayId}`;
    case 'nobody':
      return 'nobody';
  }
}

/** In the transaction of what it tells about: both happen, or neither. */
export async function audit(sql: Sql, entry: AuditEntry): Promise<void> {
  const { ask, action, organisationId, object, before, after, reason } = entry;
  const atMs = ask?.nowMs ?? entry.nowMs;
  const actor = entry.actor ?? (ask === undefined ? 'platform' : actorOf(ask.asker));
  await sql.query('SELECT audit_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)', [
    new Date(atMs ?? 0),
    organisationId ?? (await nationalId(sql)),
    actor,
    action,
    object.kind,
    object.id === null ? null : String(object.id),
    before === undefined ? null : JSON.stringify(before),
    after === undefined ? null : JSON.stringify(after),
    reason ?? null,
    ask?.requestId ?? null,
  ]);
}

async function nationalId(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ id: number }>(
    'SELECT ancestor_id AS id FROM organisation_tree GROUP BY 1 ORDER BY count(*) DESC LIMIT 1',
  );
  return row?.id ?? null;
}

export type AuditVerdict =
  /** Note the head elsewhere: entries cut off at the end are seen only by its absence. */
  | { readonly kind: 'whole'; readonly entries: number; readonly head: string }
  | { readonly kind: 'broken'; readonly sequence: number };

/** Follows the chain from its beginning. Run as system. */
export async function verifyAudit(sql: Sql): Promise<AuditVerdict> {
  const [broken] = await sql.query<{ sequence: number }>(
    `SELECT sequence FROM (
       SELECT a.sequence, a.hash, audit_hash(a) AS computed, a.previous_hash,
         lag(a.hash, 1, '\\x') OVER w AS before, row_number() OVER w AS position
       FROM audit a WINDOW w AS (ORDER BY a.sequence)
     ) entries
     WHERE hash <> computed OR previous_hash <> before OR sequence <> position
     ORDER BY sequence LIMIT 1`,
  );
  if (broken !== undefined) return { kind: 'broken', sequence: broken.sequence };
  const [last] = await sql.query<{ sequence: number; head: string }>(
    `SELECT sequence, encode(hash, 'hex') AS head FROM audit ORDER BY sequence DESC LIMIT 1`,
  );
  return { kind: 'whole', entries: last?.sequence ?? 0, head: last?.head ?? '' };
}
