// Cases as they lie in the database, and as the API shows them.
import type { CarrierCase, CaseKind, CaseSide, CaseState } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import type { Asker } from '../identity/asker.ts';
import { deskOf, rootsOf } from '../identity/verbs.ts';
import { commandsFor } from './states.ts';

export interface CaseRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly carrier_id: number;
  readonly carrier: string;
  readonly kind: CaseKind;
  readonly state: CaseState;
  readonly simulated: boolean;
  readonly alarm_id: number | null;
  readonly from_at: Date;
  readonly to_at: Date | null;
  readonly cells: string[];
  readonly vehicles: number;
  readonly lost_ms: number;
  readonly evidence: number;
  readonly reference: string | null;
  readonly opened_at: Date;
  readonly opened_by: string;
  readonly sent_at: Date | null;
  readonly answered_at: Date | null;
  readonly resolved_at: Date | null;
  readonly ended_at: Date | null;
  readonly version: number;
  /** May this transaction change it? Seeing it because it struck one's vehicles is not enough. */
  readonly own: boolean;
}

/** Followed by a WHERE on `c`. */
export const SELECT_CASE = `
  SELECT c.*, k.name AS carrier,
    c.organisation_id = ANY ((SELECT rmh_visible())::integer[])
      OR c.carrier_id = ANY ((SELECT rmh_desk())::integer[]) AS own
  FROM carrier_case c JOIN carrier k ON k.id = c.carrier_id`;

/** Throws not-found. */
export async function caseById(sql: Sql, caseId: number): Promise<CaseRow> {
  const [row] = await sql.query<CaseRow>(`${SELECT_CASE} WHERE c.id = $1`, [caseId]);
  if (row === undefined) throw problem('not-found');
  return row;
}

/** One that the asker may change, for this transaction alone. Throws not-found and forbidden. */
export async function ownCase(sql: Sql, caseId: number): Promise<CaseRow> {
  await sql.query('SELECT FROM carrier_case WHERE id = $1 FOR UPDATE', [caseId]);
  const row = await caseById(sql, caseId);
  if (!row.own) throw problem('forbidden', 'it belongs to an organisation above yours');
  return row;
}

/** On which side of a case the asker stands. Who speaks for a carrier has no organisation. */
export function sideOf(asker: Asker): CaseSide {
  const onDesk = deskOf(asker, 'case.read').length > 0 && rootsOf(asker, 'case.read').length === 0;
  return onDesk ? 'carrier' : 'health';
}

export function caseOf(row: CaseRow, asker: Asker): CarrierCase {
  const time = (at: Date | null) => at?.toISOString() ?? null;
  const mayWrite =
    row.own && rootsOf(asker, 'case.write').length + deskOf(asker, 'case.write').length > 0;
  return {
    id: row.id,
    organisationId: row.organisation_id,
    carrierId: row.carrier_id,
    carrier: row.carrier,
    kind: row.kind,
    state: row.state,
    simulated: row.simulated,
    alarmId: row.alarm_id,
    from: row.from_at.toISOString(),
    to: time(row.to_at),
    cells: row.cells,
    vehicles: row.vehicles,
    lostMs: row.lost_ms,
    evidence: row.evidence,
    reference: row.reference,
    openedAt: row.opened_at.toISOString(),
    openedBy: row.opened_by,
    sentAt: time(row.sent_at),
    answeredAt: time(row.answered_at),
    resolvedAt: time(row.resolved_at),
    endedAt: time(row.ended_at),
    commands: mayWrite ? commandsFor(row.state, sideOf(asker)) : [],
    mayWrite,
    version: row.version,
  };
}
