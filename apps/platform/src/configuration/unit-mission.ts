// What the vehicle of the asking unit is out for: the unit waits for it, so that it treats its
// traffic accordingly within two seconds of dispatch's word.
import {
  UNIT_MISSION,
  UNIT_MISSION_POLL_MS,
  UNIT_MISSION_QUERY,
  type UnitMission,
  type Urgency,
} from '@rmh/contract/api';
import { type Sql, SYSTEM } from '../db/database.ts';
import { heldOpen } from '../http/held-open.ts';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';

/** Payloads name the vehicle. */
export const MISSION_CHANNEL = 'mission';

const NONE: UnitMission = { version: 'none', mission: null };

export const unitMission = route({
  id: 'units.mission',
  method: 'GET',
  path: '/units/self/mission',
  summary: "The mission of the asking unit's vehicle; waits until it is another",
  access: 'unit',
  query: UNIT_MISSION_QUERY,
  reply: UNIT_MISSION,
  async answer({ asker, sql, query, services, nowMs }) {
    if (asker.kind !== 'unit') throw problem('forbidden');
    const { unitId } = asker;
    const body = await missionOf(sql, unitId, nowMs);
    if (body.version !== query.holds) return { body };
    const look = (later: Sql) => missionOf(later, unitId, services.nowMs());
    let found = body;
    return heldOpen(
      services,
      {
        channel: MISSION_CHANNEL,
        // Without a vehicle nothing rings, and what vehicle it has is looked at with each poll.
        id: asker.vehicleId ?? 0,
        forMs: UNIT_MISSION_POLL_MS,
        // Each look is a transaction of every unit that drives; a poll is never long.
        lookEveryMs: UNIT_MISSION_POLL_MS,
        isOther: async () => {
          found = await services.db.transaction(SYSTEM, look);
          return found.version !== query.holds;
        },
      },
      () => found,
    );
  },
});

async function missionOf(sql: Sql, unitId: number, nowMs: number): Promise<UnitMission> {
  const [row] = await sql.query<{ urgency: Urgency; until: Date }>(
    `SELECT m.urgency, m.until FROM mission m JOIN unit u ON u.vehicle_id = m.vehicle_id
     WHERE u.id = $1 AND m.until > $2`,
    [unitId, new Date(nowMs)],
  );
  if (row === undefined) return NONE;
  const { urgency, until } = row;
  const version = `${urgency} ${until.toISOString()}`;
  return { version, mission: { urgency, leftMs: until.getTime() - nowMs } };
}
