// What units run, and whether that is what the layers say.
import type { Configuration } from '@rmh/contract/api';
import { bodyOf, loadChains } from '../../configuration/chains.ts';
import { differing } from '../../configuration/resolve.ts';
import type { Sql } from '../../db/database.ts';
import type { FiguresById } from './sources.ts';

interface Row {
  readonly vehicle_id: number;
  readonly unit_id: number;
  readonly organisation_id: number;
  readonly kind: string;
  readonly version: number;
  readonly confirmed_version: number;
  readonly body_id: number | null;
}

export async function configured(sql: Sql): Promise<FiguresById> {
  const rows = await sql.query<Row>(
    `SELECT u.vehicle_id, u.id AS unit_id, u.organisation_id, v.kind,
       coalesce(c.version, 0) AS version, coalesce(c.confirmed_version, 0) AS confirmed_version,
       c.body_id
     FROM unit u JOIN vehicle v ON v.id = u.vehicle_id
     LEFT JOIN unit_configuration c ON c.unit_id = u.id WHERE u.state = 'enrolled'`,
  );
  // A body may hold a policy of 64 kB; a fleet shares a few of them.
  const bodies = await sql.query<{ id: number; body: Partial<Configuration> }>(
    `SELECT id, body FROM configuration_body
     WHERE id IN (SELECT body_id FROM unit_configuration)`,
  );
  const bodyById = new Map(bodies.map(({ id, body }) => [id, body]));
  const chains = await loadChains(sql);
  // Units under the same layers share what these say, and are compared once for each body.
  const compared = new Map<Configuration, Map<number | null, number>>();
  return new Map(
    rows.map((row) => {
      const told = bodyOf(bodyById.get(row.body_id ?? 0) ?? null);
      const { values: wanted } = chains.resolve({
        unitId: row.unit_id,
        organisationId: row.organisation_id,
        vehicleKind: row.kind,
      });
      const ofWanted = compared.get(wanted) ?? new Map<number | null, number>();
      compared.set(wanted, ofWanted);
      const behind = ofWanted.get(row.body_id) ?? differing(wanted, told).length;
      ofWanted.set(row.body_id, behind);
      return [
        row.vehicle_id,
        {
          configurationBehind: behind,
          configurationConfirmed: row.version === row.confirmed_version ? 1 : 0,
          sampleKeepDays: told.sampleKeepDays,
          debugLog: told.logLevel === 'debug' ? 1 : 0,
        },
      ];
    }),
  );
}
