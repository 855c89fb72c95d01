// The job that moves preshared keys on, and what people see and ask of it.
import { KEY_AGE } from '@rmh/contract/api';
import { z } from 'zod';
import { type Sql, SYSTEM } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import type { Job, Services } from '../services.ts';
import { giveMissingAddresses } from './enrolment-addresses.ts';
import { NUMBER } from './enrolment-tokens.ts';
import { makeMissingKeys, offerNextKeys, settleHeldKeys, switchHeldKeys } from './keys.ts';

const HOUR_MS = 3_600_000;
/**
 * A step takes as long as its machine needs to look: a minute for a unit, nothing for a gateway.
 * Looking for what is ready each 15 s is an index scan, and a gateway reads its list for it at
 * most so often: 700 units × 200 bytes / 15 s = 10 kB/s on the day of a change.
 */
const EVERY_MS = 15_000;

export const rotateKeys: Job = {
  name: 'preshared-keys',
  everyMs: EVERY_MS,
  async run({ db, vault, nowMs }: Services): Promise<void> {
    // Each step in a transaction of its own: one that fails does not undo the others.
    await db.transaction(SYSTEM, (sql) => settleHeldKeys(sql, nowMs()));
    await db.transaction(SYSTEM, (sql) => switchHeldKeys(sql, nowMs()));
    await db.transaction(SYSTEM, async (sql) => {
      await sql.query(`DELETE FROM preshared_key k WHERE NOT EXISTS
        (SELECT FROM unit u WHERE u.id = k.unit_id AND u.state = 'enrolled') OR NOT EXISTS
        (SELECT FROM gateway g WHERE g.id = k.gateway_id AND g.state = 'enrolled')`);
      await giveMissingAddresses(sql);
      await makeMissingKeys(sql, vault, nowMs());
    });
    await db.transaction(SYSTEM, async (sql) => {
      await offerNextKeys(sql, vault, nowMs(), (await rotateHours(sql)) * HOUR_MS);
    });
  },
};

async function rotateHours(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ rotate_keys_hours: number }>(
    'SELECT rotate_keys_hours FROM network_settings',
  );
  return row?.rotate_keys_hours ?? 24;
}

const PARAMS = z.strictObject({ unitId: NUMBER });

export const keyAges = route({
  id: 'units.keys',
  method: 'GET',
  path: '/units/:unitId/keys',
  summary: "How old the unit's preshared keys are; never the keys themselves",
  access: 'vehicle.read',
  params: PARAMS,
  reply: z.strictObject({ items: z.array(KEY_AGE) }),
  async answer({ sql, params }) {
    await mustSee(sql, params.unitId);
    const rows = await sql.query<{
      gateway_id: number;
      name: string;
      stage: 'steady' | 'offered' | 'switching';
      made_at: Date;
      stage_at: Date;
    }>(
      `SELECT k.gateway_id, g.name, k.stage, k.made_at, k.stage_at
       FROM preshared_key k JOIN gateway g ON g.id = k.gateway_id
       WHERE k.unit_id = $1 ORDER BY g.id`,
      [params.unitId],
    );
    const items = rows.map((row) => ({
      gatewayId: row.gateway_id,
      gateway: row.name,
      stage: row.stage,
      madeAt: row.made_at.toISOString(),
      stageAt: row.stage_at.toISOString(),
    }));
    return { body: { items } };
  },
});

export const rotateNow = route({
  id: 'units.rotate-keys',
  method: 'POST',
  path: '/units/:unitId/rotate-keys',
  summary: 'New preshared keys for the unit, one gateway after the other',
  access: 'unit.enrol',
  params: PARAMS,
  reply: null,
  async answer(ask) {
    const { sql, params } = ask;
    const organisationId = await mustSee(sql, params.unitId);
    await sql.query('UPDATE preshared_key SET wanted = true WHERE unit_id = $1', [params.unitId]);
    await audit(sql, {
      ask,
      action: 'unit.rotate-keys',
      organisationId,
      object: { kind: 'unit', id: params.unitId },
    });
    return { status: 202 };
  },
});

async function mustSee(sql: Sql, unitId: number): Promise<number> {
  const [unit] = await sql.query<{ organisation_id: number }>(
    'SELECT organisation_id FROM unit WHERE id = $1',
    [unitId],
  );
  if (unit === undefined) throw problem('not-found');
  return unit.organisation_id;
}
