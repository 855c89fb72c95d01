// The access log: who looked at one vehicle. A track asks for a reason each time; what happened to
// a vehicle, and the cells in which it did, is an entry too, once a person and hour: the console
// asks again all the time, and an entry a minute would hide the looks among themselves.
import type { Ask } from '../http/route.ts';
import { actorOf, audit } from '../identity/audit.ts';

export const LOOKS = ['track.read', 'vehicle.look'];

// A machine that asks for all 2,000 vehicles writes 2,000 entries a day, 700,000 a year.
const PERSON_AGAIN_MS = 3_600_000;
const MACHINE_AGAIN_MS = 86_400_000;

/** Last in its transaction: entries wait for each other until the commit. */
export async function noteLook(ask: Ask, vehicleId: number, organisationId: number) {
  const { sql, asker, nowMs } = ask;
  const again = asker.kind === 'user' ? PERSON_AGAIN_MS : MACHINE_AGAIN_MS;
  const known = await sql.query(
    `SELECT FROM audit WHERE object_kind = 'vehicle' AND object_id = $1 AND action = 'vehicle.look'
       AND actor = $2 AND at > $3 LIMIT 1`,
    [String(vehicleId), actorOf(asker), new Date(nowMs - again)],
  );
  if (known.length > 0) return;
  const object = { kind: 'vehicle', id: vehicleId };
  await audit(sql, { ask, action: 'vehicle.look', organisationId, object });
}
