// The audit log: every write by a person or a machine that changes what others rely on, and every
// look at one vehicle. Append-only and hash-chained; `rmh audit verify` checks it (../audit).
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

/** As people read it in a history. */
export function authorOf({ asker }: Pick<Ask, 'asker'>): string {
  return asker.kind === 'user' || asker.kind === 'service' ? asker.name : asker.kind;
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
