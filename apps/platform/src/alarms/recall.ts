// The engine's memory from the rows: for the first step of a process, or when another process ran
// the steps before. What was only pending begins again from what the units say.
import type { Sql } from '../db/database.ts';
import type { Area } from './areas.ts';
import type { Case, Memory, Standing } from './engine.ts';
import type { Condition } from './facts.ts';
import { type AlarmRow, SELECT_ALARM } from './rows.ts';

// Who clears an alarm by hand is spared it for as long as the cause stays, a day at most.
const HUSHED_DAYS = 1;

export async function recall(sql: Sql, nowMs: number): Promise<Memory> {
  const open = await sql.query<AlarmRow>(`${SELECT_ALARM} WHERE a.cleared_at IS NULL`);
  const closed = await sql.query<AlarmRow>(
    `${SELECT_ALARM} WHERE (a.cleared_by IS NOT NULL
       AND a.cleared_at > to_timestamp($1::float8 / 1000) - interval '${HUSHED_DAYS} day'
       OR EXISTS (SELECT FROM alarm p WHERE p.id = a.part_of AND p.cleared_at IS NULL))
     AND NOT EXISTS (SELECT FROM alarm n WHERE n.key = a.key AND n.id > a.id)`,
    [nowMs],
  );
  const cases = new Map<string, Case>();
  for (const row of [...closed, ...open]) {
    cases.set(row.key, { condition: conditionOf(row), standing: standingOf(row, nowMs) });
  }
  const areas = open.filter(({ kind }) => kind === 'carrier-area').map(areaOf);
  return { steppedMs: nowMs, cases, areas };
}

function standingOf(row: AlarmRow, nowMs: number): Standing {
  if (row.cleared_at === null) {
    const { length: cells } = row.cells;
    return { phase: 'raised', toldMs: nowMs, vehicleIds: new Set(), cells, goneMs: null };
  }
  return { phase: row.part_of === null ? 'hushed' : 'explained', goneMs: null };
}

function areaOf(row: AlarmRow): Area {
  return {
    key: row.key,
    simulated: row.simulated,
    carrier: row.carrier ?? '',
    cells: new Set(row.cells),
    sinceMs: new Date(row.since).getTime(),
  };
}

function conditionOf(row: AlarmRow): Condition {
  return {
    key: row.key,
    kind: row.kind,
    organisationId: row.organisation_id,
    simulated: row.simulated,
    vehicleId: row.vehicle_id,
    gatewayId: row.gateway_id,
    carrier: row.carrier,
    cells: row.cells,
    sinceMs: new Date(row.since).getTime(),
    vehicleIds: [],
    organisationIds: row.seen_by,
    explains: [],
  };
}
