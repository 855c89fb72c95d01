// What the engine must know, read from the database once a second: only what changed, and
// everything each half minute.
import { latLngToCell } from 'h3-js';
import type { Sql } from '../db/database.ts';
import { type LatestRow, readAllLatest, readLatestAfter } from '../live/rows.ts';
import type { Facts, GatewayFact, VehicleFact } from './facts.ts';
import { Rules, readRules } from './rules.ts';

const ALL_EVERY_MS = 30_000;
// A row carries the time at which it was written; it can be seen when its transaction commits,
// some milliseconds later. 2,000 units × 2 s ÷ 10 s = 400 rows read twice.
const COMMITS_WITHIN_MS = 2_000;
// About 36 km², 7 km across.
const AREA_RESOLUTION = 6;
const FULL_SHARE = 0.95;
const HOT_C = 85;
// A day of samples that it could not deliver, though it talks with us.
const WAITING_MOST = 8_640;

export class Look {
  #held = new Map<number, VehicleFact>();
  #refused: ReadonlyMap<number, number> = new Map();
  #rules = new Rules(new Map(), []);
  #allAtMs = 0;
  #newestMs = 0;

  async facts(sql: Sql, nowMs: number, listeningSinceMs: number): Promise<Facts> {
    if (nowMs >= this.#allAtMs) await this.#readAll(sql, nowMs);
    else this.#take(await readLatestAfter(sql, this.#newestMs - COMMITS_WITHIN_MS));
    const rules = this.#rules;
    const open = await sql.query<{ key: string }>('SELECT key FROM alarm WHERE cleared_at IS NULL');
    return {
      nowMs,
      listeningSinceMs,
      vehicles: [...this.#held.values()],
      gateways: await readGateways(sql),
      openKeys: new Set(open.map(({ key }) => key)),
      ruleOf: (organisationId, kind) => rules.ruleOf(organisationId, kind),
      commonOf: (organisationIds) => rules.commonOf(organisationIds),
    };
  }

  async #readAll(sql: Sql, nowMs: number): Promise<void> {
    this.#allAtMs = nowMs + ALL_EVERY_MS;
    this.#rules = await readRules(sql);
    this.#refused = await readRefused(sql);
    this.#held = new Map();
    this.#take(await readAllLatest(sql));
  }

  #take(rows: readonly LatestRow[]): void {
    for (const row of rows) {
      this.#newestMs = Math.max(this.#newestMs, new Date(row.changed_at).getTime());
      // A vehicle that is planned or being built has no alarms yet.
      if (!row.in_operation) this.#held.delete(row.unit_id);
      else this.#held.set(row.unit_id, factOf(row, this.#refused));
    }
  }
}

function factOf(row: LatestRow, refused: ReadonlyMap<number, number>): VehicleFact {
  const { place, gateway, carriers } = row.body;
  return {
    vehicleId: row.vehicle_id,
    organisationId: row.organisation_id,
    simulated: row.simulated,
    state: row.state,
    sinceMs: new Date(row.since).getTime(),
    cell: place === null ? null : latLngToCell(place.latitude, place.longitude, AREA_RESOLUTION),
    gateway,
    carriers,
    ailing: isAiling(row),
    refusedMs: refused.get(row.unit_id) ?? null,
  };
}

function isAiling({ health, body }: LatestRow): boolean {
  return (
    (health?.memoryShare ?? 0) >= FULL_SHARE ||
    (health?.diskShare ?? 0) >= FULL_SHARE ||
    (health?.temperatureC ?? 0) >= HOT_C ||
    (body.waiting ?? 0) > WAITING_MOST
  );
}

/** Units that fell back in a rollout that is under way, and when. */
async function readRefused(sql: Sql): Promise<ReadonlyMap<number, number>> {
  const rows = await sql.query<{ unit_id: number; changed_at: Date | string }>(
    `SELECT ru.unit_id, ru.changed_at FROM rollout_unit ru JOIN rollout r ON r.id = ru.rollout_id
     WHERE ru.state = 'fell-back' AND NOT ru.forgiven AND r.state IN ('running', 'paused')`,
  );
  return new Map(rows.map((row) => [row.unit_id, new Date(row.changed_at).getTime()]));
}

async function readGateways(sql: Sql): Promise<GatewayFact[]> {
  const rows = await sql.query<{
    id: number;
    organisation_id: number;
    name: string;
    heard_at: Date | string;
  }>(
    `SELECT id, organisation_id, name, heard_at FROM gateway
     WHERE state = 'enrolled' AND heard_at IS NOT NULL`,
  );
  return rows.map(({ id, organisation_id, name, heard_at }) => ({
    gatewayId: id,
    organisationId: organisation_id,
    name,
    heardMs: new Date(heard_at).getTime(),
  }));
}
