// Installations as they lie in the database, and as the API shows them.
import type { Installation, InstallationState } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';

interface InstallationRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly vehicle_id: number;
  readonly call_sign: string;
  readonly registration: string | null;
  readonly order_id: number;
  readonly unit_id: number | null;
  readonly serial: string | null;
  readonly state: InstallationState;
  readonly ticked: number;
  readonly drive_passed: boolean | null;
  readonly ordered_at: Date;
  readonly delivered_at: Date | null;
  readonly installed_at: Date | null;
  readonly accepted_at: Date | null;
  readonly operation_at: Date | null;
  readonly version: number;
}

/** The last that happened. */
export const STATE = `CASE WHEN n.cancelled_at IS NOT NULL THEN 'cancelled'
  WHEN n.operation_at IS NOT NULL THEN 'in-operation'
  WHEN n.accepted_at IS NOT NULL THEN 'accepted'
  WHEN n.installed_at IS NOT NULL THEN 'installed'
  WHEN n.delivered_at IS NOT NULL THEN 'delivered' ELSE 'ordered' END`;

// The unit that is in the vehicle now: one that was replaced in the garage has left.
const FROM = `installation n JOIN vehicle v ON v.id = n.vehicle_id
  JOIN service_order_item i ON i.id = n.order_item_id
  LEFT JOIN unit u ON u.vehicle_id = n.vehicle_id AND u.state <> 'revoked'`;
const COLUMNS = `n.id, n.organisation_id, n.vehicle_id, v.call_sign, v.registration, i.order_id,
  u.id AS unit_id, u.serial, ${STATE} AS state, n.ordered_at, n.delivered_at, n.installed_at,
  n.accepted_at, n.operation_at, n.version,
  (SELECT count(*)::integer FROM installation_point p
    WHERE p.installation_id = n.id AND p.ticked) AS ticked,
  (SELECT d.passed FROM acceptance_drive d WHERE d.installation_id = n.id
    ORDER BY d.id DESC LIMIT 1) AS drive_passed`;

export interface InstallationFilter {
  readonly organisationId?: number | undefined;
  readonly orderId?: number | undefined;
  readonly vehicleId?: number | undefined;
  readonly state?: InstallationState | undefined;
}

/** The newest first. */
export async function installationsBefore(
  sql: Sql,
  filter: InstallationFilter,
  before: number,
  limit: number,
): Promise<readonly Installation[]> {
  const rows = await sql.query<InstallationRow>(
    `SELECT ${COLUMNS} FROM ${FROM}
     WHERE n.id < $1 AND ($2::integer IS NULL OR n.organisation_id IN
         (SELECT organisation_id FROM organisation_tree WHERE ancestor_id = $2))
       AND ($3::integer IS NULL OR i.order_id = $3) AND ($4::integer IS NULL OR n.vehicle_id = $4)
       AND ($5::text IS NULL OR ${STATE} = $5)
     ORDER BY n.id DESC LIMIT $6`,
    [
      before,
      filter.organisationId ?? null,
      filter.orderId ?? null,
      filter.vehicleId ?? null,
      filter.state ?? null,
      limit,
    ],
  );
  return rows.map(installationOf);
}

/** Throws not-found. `lock`: for this transaction alone. */
export async function installationById(
  sql: Sql,
  installationId: number,
  lock: '' | 'FOR UPDATE OF n' = '',
): Promise<Installation> {
  const [row] = await sql.query<InstallationRow>(
    `SELECT ${COLUMNS} FROM ${FROM} WHERE n.id = $1 ${lock}`,
    [installationId],
  );
  if (row === undefined) throw problem('not-found');
  return installationOf(row);
}

function installationOf(row: InstallationRow): Installation {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    vehicleId: row.vehicle_id,
    callSign: row.call_sign,
    registration: row.registration,
    orderId: row.order_id,
    unitId: row.unit_id,
    serial: row.serial,
    state: row.state,
    pointsTicked: row.ticked,
    drivePassed: row.drive_passed,
    orderedAt: row.ordered_at.toISOString(),
    deliveredAt: row.delivered_at?.toISOString() ?? null,
    installedAt: row.installed_at?.toISOString() ?? null,
    acceptedAt: row.accepted_at?.toISOString() ?? null,
    operationAt: row.operation_at?.toISOString() ?? null,
    version: row.version,
  };
}
