// Results as rows and as the API shows them: what was asked, and the figure beside it.
import type { FactFigures, RequirementResult, ResultState } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { figuresFor } from './judge.ts';
import type { VersionRow } from './register.ts';

export interface Asked {
  readonly organisationId?: number | undefined;
  readonly simulated: boolean;
  readonly state?: ResultState | undefined;
  readonly requirementId?: number | undefined;
  readonly vehicleId?: number | undefined;
}

interface ResultRow {
  readonly id: number;
  readonly requirement_id: number;
  readonly code: string;
  readonly content: VersionRow['content'];
  readonly version: number;
  readonly organisation_id: number;
  readonly vehicle_id: number | null;
  readonly call_sign: string | null;
  readonly state: ResultState;
  readonly from_at: Date;
  readonly to_at: Date | null;
  readonly figures: FactFigures;
  readonly figures_now: FactFigures | null;
}

/** At or below an organisation ($1, or null), of the real or the made-up fleet ($2). */
export const WHOSE = `($1::integer IS NULL OR x.organisation_id IN
    (SELECT organisation_id FROM organisation_tree WHERE ancestor_id = $1))
  AND (x.vehicle_id IS NULL OR x.simulated = $2)`;

const RESULTS = `SELECT x.id, x.requirement_id, r.code, v.content, x.version, x.organisation_id,
    x.vehicle_id, c.call_sign, x.state, x.from_at, x.to_at, x.figures, s.figures AS figures_now
  FROM requirement_result x JOIN requirement r ON r.id = x.requirement_id
  JOIN requirement_version v ON v.requirement_id = x.requirement_id AND v.version = x.version
  LEFT JOIN vehicle c ON c.id = x.vehicle_id
  LEFT JOIN requirement_subject s ON x.to_at IS NULL AND s.organisation_id = x.organisation_id
    AND s.vehicle_id IS NOT DISTINCT FROM x.vehicle_id
  WHERE ${WHOSE} AND ($3::text IS NULL OR x.state = $3)
    AND ($4::integer IS NULL OR x.requirement_id = $4)
    AND ($5::integer IS NULL OR x.vehicle_id = $5)`;

const valuesOf = (asked: Asked) => [
  ...[asked.organisationId ?? null, asked.simulated, asked.state ?? null],
  ...[asked.requirementId ?? null, asked.vehicleId ?? null],
];

/** What holds now, in the order of ids; `limit` and one more. */
export async function currentResults(
  sql: Sql,
  asked: Asked,
  after: number,
  limit: number,
): Promise<readonly ResultRow[]> {
  return await sql.query<ResultRow>(
    `${RESULTS} AND x.to_at IS NULL AND x.id > $6 ORDER BY x.id LIMIT $7`,
    [...valuesOf(asked), after, limit + 1],
  );
}

/** Everything that held at some time between two instants, the newest first. */
export async function pastResults(
  sql: Sql,
  asked: Asked & { readonly from?: string | undefined; readonly to?: string | undefined },
  before: number,
  limit: number,
): Promise<readonly ResultRow[]> {
  return await sql.query<ResultRow>(
    `${RESULTS} AND x.id < $6 AND x.from_at < $8 AND (x.to_at IS NULL OR x.to_at > $9)
     ORDER BY x.id DESC LIMIT $7`,
    [...valuesOf(asked), before, limit + 1, asked.to ?? 'infinity', asked.from ?? '-infinity'],
  );
}

export function resultOf(row: ResultRow): RequirementResult {
  const { nb, en, check } = row.content;
  return {
    id: row.id,
    requirementId: row.requirement_id,
    code: row.code,
    title: { nb: nb.title, en: en.title },
    version: row.version,
    check,
    organisationId: row.organisation_id,
    vehicleId: row.vehicle_id,
    callSign: row.call_sign,
    state: row.state,
    from: row.from_at.toISOString(),
    to: row.to_at?.toISOString() ?? null,
    figures: figuresFor(check, row.figures_now ?? row.figures) as RequirementResult['figures'],
  };
}
