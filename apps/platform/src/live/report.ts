// POST /units/self/now: the newest word of a unit replaces the one before.
import { NOW, type Now } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { type Ask, route } from '../http/route.ts';
import { sinceMsOf, stateOf } from './state.ts';

/** Payload: a unit's number. */
export const LIVE_CHANNEL = 'live';
const OUTAGES_SHOWN = 3;
// A word is tried again for some seconds at most. One that is older by more than this comes from
// a clock that was set back, and is news.
const CLOCK_STEP_MS = 60_000;

export interface Speaker {
  readonly unitId: number;
  readonly vehicleId: number | null;
  readonly organisationId: number;
}

export const reportNow = route({
  id: 'units.now',
  method: 'POST',
  path: '/units/self/now',
  summary: 'A unit tells how it is now',
  access: 'unit',
  body: NOW,
  reply: null,
  // Every ten seconds and at each change; a flapping carrier changes twice a second at most.
  perMinute: 240,
  async answer(ask: Ask<unknown, unknown, Now>) {
    if (ask.asker.kind !== 'unit') throw new Error('access "unit" let somebody else in');
    if (await writeLatest(ask.sql, ask.asker, ask.body, ask.nowMs)) {
      // The payload leaves when the row is committed, so whoever hears it finds the row.
      await ask.services.db.notify(ask.sql, LIVE_CHANNEL, String(ask.asker.unitId));
    }
    return { status: 204 };
  },
});

/** False: something newer is there already. */
export async function writeLatest(
  sql: Sql,
  speaker: Speaker,
  now: Now,
  nowMs: number,
): Promise<boolean> {
  const rows = await sql.query(
    `INSERT INTO unit_latest AS old (unit_id, vehicle_id, organisation_id, state, since, heard_at,
       at_ms, body, health)
     VALUES ($1, $2, $3, $4, to_timestamp($5::float8 / 1000), to_timestamp($6::float8 / 1000),
       $7, $8::jsonb, $9::jsonb)
     ON CONFLICT (unit_id) DO UPDATE SET
       vehicle_id = EXCLUDED.vehicle_id, organisation_id = EXCLUDED.organisation_id,
       since = CASE WHEN old.state = EXCLUDED.state AND old.vehicle_id = EXCLUDED.vehicle_id
         THEN old.since ELSE EXCLUDED.since END,
       state = EXCLUDED.state, heard_at = EXCLUDED.heard_at, at_ms = EXCLUDED.at_ms,
       changed_at = clock_timestamp(), body = EXCLUDED.body, health = EXCLUDED.health
     WHERE old.at_ms < EXCLUDED.at_ms OR old.at_ms > EXCLUDED.at_ms + ${CLOCK_STEP_MS}
     RETURNING unit_id`,
    [
      speaker.unitId,
      speaker.vehicleId,
      speaker.organisationId,
      stateOf(now),
      sinceMsOf(now, nowMs),
      nowMs,
      // A clock that runs ahead must not make its own later words old.
      Math.min(now.atMs, nowMs),
      JSON.stringify(bodyOf(now)),
      now.health === null ? null : JSON.stringify(now.health),
    ],
  );
  return rows.length > 0;
}

function bodyOf(now: Now) {
  return {
    gateway: now.gateway,
    place: now.place,
    // Only what the unit has now: a link that it no longer names is gone.
    carriers: now.carriers,
    outages: [...now.outages].sort((a, b) => b.fromMs - a.fromMs).slice(0, OUTAGES_SHOWN),
    configurationVersion: now.configurationVersion,
    softwareVersion: now.softwareVersion,
    waiting: now.waiting,
  };
}
