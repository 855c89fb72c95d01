// POST /units/self/now: the newest word of a unit replaces the one before.
import { NOW, type Now } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { gathering } from '../db/gather.ts';
import { type Ask, route } from '../http/route.ts';
import { sinceMsOf, stateOf } from './state.ts';

/** Payload: numbers of units, with commas between them. */
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

interface Word {
  readonly speaker: Speaker;
  readonly now: Now;
}

const wordsOf = gathering<Word, null>({
  unitOf: ({ speaker }) => speaker.unitId,
  sizeOf: () => 1,
  // A word is some 2 kB.
  waitingMost: 20_000,
  async write({ db, nowMs }, sql, words) {
    const news = await writeLatest(sql, words, nowMs());
    // The payload leaves when the rows are committed, so whoever hears it finds them.
    if (news.length > 0) await db.notify(sql, LIVE_CHANNEL, news.join(','));
    return words.map(() => null);
  },
});

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
  noTransaction: true,
  async answer({ asker, body: now, services }: Ask<unknown, unknown, Now>) {
    if (asker.kind !== 'unit') throw new Error('access "unit" let somebody else in');
    await wordsOf(services).take({ speaker: asker, now });
    return { status: 204 };
  },
});

/** One word a unit. Returns the units of which it was news: nothing newer was there already. */
export async function writeLatest(
  sql: Sql,
  words: readonly Word[],
  nowMs: number,
): Promise<readonly number[]> {
  const rows = await sql.query<{ unit_id: number }>(
    `INSERT INTO unit_latest AS old (unit_id, vehicle_id, organisation_id, state, since, heard_at,
       at_ms, body, health)
     SELECT unit_id, vehicle_id, organisation_id, state, to_timestamp(since_ms / 1000),
       to_timestamp($9::float8 / 1000), at_ms, body::jsonb, health::jsonb
     FROM unnest($1::integer[], $2::integer[], $3::integer[], $4::text[], $5::float8[],
       $6::bigint[], $7::text[], $8::text[])
       AS word (unit_id, vehicle_id, organisation_id, state, since_ms, at_ms, body, health)
     ORDER BY unit_id
     ON CONFLICT (unit_id) DO UPDATE SET
       vehicle_id = EXCLUDED.vehicle_id, organisation_id = EXCLUDED.organisation_id,
       since = CASE WHEN old.state = EXCLUDED.state AND old.vehicle_id = EXCLUDED.vehicle_id
         THEN old.since ELSE EXCLUDED.since END,
       state = EXCLUDED.state, heard_at = EXCLUDED.heard_at, at_ms = EXCLUDED.at_ms,
       changed_at = clock_timestamp(), body = EXCLUDED.body, health = EXCLUDED.health
     WHERE old.at_ms < EXCLUDED.at_ms OR old.at_ms > EXCLUDED.at_ms + ${CLOCK_STEP_MS}
     RETURNING unit_id`,
    [
      words.map(({ speaker }) => speaker.unitId),
      words.map(({ speaker }) => speaker.vehicleId),
      words.map(({ speaker }) => speaker.organisationId),
      words.map(({ now }) => stateOf(now)),
      words.map(({ now }) => sinceMsOf(now, nowMs)),
      // A clock that runs ahead must not make its own later words old.
      words.map(({ now }) => Math.min(now.atMs, nowMs)),
      words.map(({ now }) => JSON.stringify(bodyOf(now))),
      words.map(({ now: { health } }) => (health === null ? null : JSON.stringify(health))),
      nowMs,
    ],
  );
  return rows.map((row) => row.unit_id);
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
