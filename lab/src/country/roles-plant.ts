// What the carriers do to a simulated fleet while people look on, planted in the platform's own
// tables as its units would tell it; and the sums of it by another way than the platform's.
import { present } from '@rmh/base';
import type { Batch, Evidence, Sample, SimulatedMade } from '@rmh/contract/api';
import type { Client } from '@rmh/contract/client';
import { Identity } from '@rmh/contract/daemon';
import { type Database, openTables, type Sql } from './blows-database.ts';

interface PlantedUnit {
  readonly unitId: number;
  readonly vehicleId: number;
  readonly organisationId: number;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Drive {
  readonly unit: PlantedUnit;
  readonly latitude: number;
  readonly longitude: number;
  /** Degrees of latitude an hour. */
  readonly north: number;
  readonly lost: readonly Span[];
}

/** Of `apps/platform/src/carriers/testing.ts`. */
interface Plant {
  readonly LOST_LINK: string;
  areaOutage(
    units: readonly PlantedUnit[],
    outage: { readonly seed: number; readonly fromMs: number; readonly lengthMs: number },
  ): Drive[];
  samplesOf(drive: Drive, span: Span): Sample[];
  deliver(db: Database, drives: readonly Drive[], span: Span, nowMs: number): Promise<void>;
  speak(db: Database, drives: readonly Drive[], nowMs: number, fromMs: number): Promise<void>;
}

/** Of `apps/platform/src/telemetry/intake.ts`. */
interface Intake {
  takeIn(
    db: Database,
    sql: Sql,
    deliveries: readonly { readonly unitId: number; readonly batch: Batch }[],
    nowMs: number,
  ): Promise<unknown>;
}

const INTAKE = new URL('../../../apps/platform/src/telemetry/intake.ts', import.meta.url);
const PLANT = new URL('../../../apps/platform/src/carriers/testing.ts', import.meta.url);
const MINUTE_MS = 60_000;
const VEHICLES = 20;

/** Twenty simulated vehicles around Oslo that lost one carrier 16 minutes ago. */
export class PlantedOutage {
  readonly db: Database;
  readonly #plant: Plant;
  readonly #drives: readonly Drive[];
  readonly #fromMs: number;

  private constructor(db: Database, plant: Plant, drives: readonly Drive[], fromMs: number) {
    this.db = db;
    this.#plant = plant;
    this.#drives = drives;
    this.#fromMs = fromMs;
  }

  /** `trusts`: their vehicles take turns. An outage of a quarter becomes a case while it lasts. */
  static async prepare(client: Client, trusts: readonly number[], databaseUrl: string) {
    const plant = (await import(PLANT.href)) as Plant;
    const units = await makeVehicles(client, trusts);
    // Whole tens of seconds: where a sample ends.
    const nowMs = Math.floor(Date.now() / 10_000) * 10_000;
    const outage = { seed: 5, fromMs: nowMs - 17 * MINUTE_MS, lengthMs: 60 * MINUTE_MS };
    const fromMs = outage.fromMs - 2 * MINUTE_MS;
    const db = await openTables('', databaseUrl);
    return new PlantedOutage(db, plant, plant.areaOutage(units, outage), fromMs);
  }

  get beganMs(): number {
    return Math.min(...this.#drives.flatMap(({ lost }) => lost.map(({ fromMs }) => fromMs)));
  }

  /** The units tell what they measured until now, then how they are now. */
  async strike(): Promise<void> {
    const nowMs = Date.now();
    await this.#plant.deliver(this.db, this.#drives, { fromMs: this.#fromMs, toMs: nowMs }, nowMs);
    await this.#plant.speak(this.db, this.#drives, nowMs, this.#fromMs);
  }

  /** They all have the carrier again. */
  async mend(): Promise<void> {
    const nowMs = Date.now();
    const back = this.#drives.map((drive) => ({
      ...drive,
      lost: drive.lost.map(({ fromMs }) => ({ fromMs, toMs: nowMs })),
    }));
    await this.#plant.speak(this.db, back, nowMs, this.#fromMs);
  }

  /** The same figures by another way: plain sums over the raw rows. */
  async recount({ from, frozenAt }: Evidence): Promise<Recount> {
    const rows = await this.db.transaction({ kind: 'system' }, (sql) =>
      sql.query<Recount>(
        `SELECT sum(p.down_ms)::bigint AS lost_ms,
           count(DISTINCT s.vehicle_id)::integer AS vehicles, min(s.at) AS from_at
         FROM sample s, sample_path p
         WHERE p.unit_id = s.unit_id AND p.at = s.at AND p.link = $1 AND p.down_ms > 0
           AND s.at + s.span_ms * interval '1 ms' > $2 AND s.at < $3
           AND EXISTS (SELECT FROM sample_path o WHERE o.unit_id = s.unit_id AND o.at = s.at
             AND o.link <> $1 AND o.up_ms > 0)`,
        [this.#plant.LOST_LINK, new Date(from), new Date(frozenAt)],
      ),
    );
    return present(rows[0], 'sums without a group are one row');
  }
}

/**
 * What a unit measures on its acceptance drive: 55 km/h to the north, and Telia's card out of its
 * slot for half a minute on the way.
 */
export async function tellDrive(db: Database, unitId: number, span: Span): Promise<void> {
  const plant = (await import(PLANT.href)) as Plant;
  const intake = (await import(INTAKE.href)) as Intake;
  const lost = { fromMs: span.fromMs + 5 * MINUTE_MS, toMs: span.fromMs + 5.5 * MINUTE_MS };
  const unit = { unitId, vehicleId: 0, organisationId: 0 };
  const road = { latitude: 59.91, longitude: 10.75, north: 0.5 };
  const samples = plant.samplesOf({ unit, ...road, lost: [lost] }, span);
  const teller = samples.find(({ atMs, spanMs }) => atMs + spanMs >= lost.toMs);
  present(teller, 'the drive goes on after it').outages.push({
    ...{ number: 1, link: plant.LOST_LINK, ...lost },
    ...{ movedTo: 'telenor', movedAfterMs: 250, criticalLost: 0, frozenMs: 0 },
  });
  const batch = { journal: crypto.randomUUID(), samples };
  await db.transaction({ kind: 'system' }, (sql) =>
    intake.takeIn(db, sql, [{ unitId, batch }], span.toMs),
  );
}

export interface Recount {
  readonly lost_ms: number;
  readonly vehicles: number;
  readonly from_at: Date;
}

async function makeVehicles(client: Client, trusts: readonly number[]): Promise<PlantedUnit[]> {
  const vehicles = Array.from({ length: VEHICLES }, (_, i) => ({
    organisationId: present(trusts[i % trusts.length], 'there is a trust'),
    ...{ callSign: `SIM ${i + 1}`, kind: 'ambulance', serial: `SIM-${i + 1}` },
    identityKey: new Identity(new Uint8Array(32).fill(i + 1)).publicKey,
  }));
  const path = '/simulated-vehicles';
  const { body } = await client.call<SimulatedMade>(path, { method: 'POST', body: { vehicles } });
  return body.units.map((unit, i) => ({
    ...unit,
    organisationId: present(vehicles[i], 'in the order of the question').organisationId,
  }));
}
