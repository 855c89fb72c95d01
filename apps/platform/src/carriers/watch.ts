// From alarm to case. Each area alarm becomes one case: at its end, when all that can be said of it
// can be said, or when it has lasted for a quarter, so that the carrier may still do something
// about it. A person sends it; nothing leaves the house by itself.
import { SYSTEM } from '../db/database.ts';
import { audit } from '../identity/audit.ts';
import type { Job, Services } from '../services.ts';
import { freezeDue } from './freeze.ts';
import { openHoles } from './holes.ts';
import { alarmsInNeed, caseFrom, openCase } from './open.ts';

const LASTS_MS = 900_000;
const ALARMS_A_TURN = 50;
const KEPT_MS = 29 * 86_400_000;

/** Returns how many cases were opened. */
export async function openAreas({ db, nowMs }: Pick<Services, 'db' | 'nowMs'>): Promise<number> {
  const now = nowMs();
  return await db.transaction(SYSTEM, async (sql) => {
    const alarms = await alarmsInNeed(sql, {
      beforeMs: now - LASTS_MS,
      keptMs: now - KEPT_MS,
      limit: ALARMS_A_TURN,
    });
    let opened = 0;
    for (const alarm of alarms) {
      const caseId = await openCase(sql, caseFrom(alarm, 'platform', now));
      if (caseId === null) continue;
      opened += 1;
      await audit(sql, {
        nowMs: now,
        action: 'case.open',
        organisationId: alarm.organisation_id,
        object: { kind: 'carrier-case', id: caseId },
        after: { kind: 'area', alarmId: alarm.id },
      });
    }
    // One whose alarm has ended since: its end is to be measured now.
    await sql.query(
      `UPDATE carrier_case c SET to_at = a.cleared_at, evidence_due_at = $1 FROM alarm a
       WHERE a.id = c.alarm_id AND c.to_at IS NULL AND c.ended_at IS NULL
         AND a.cleared_at IS NOT NULL`,
      [new Date(now)],
    );
    return opened;
  });
}

export const watchCarriers: Job = {
  name: 'carriers.cases',
  everyMs: 15_000,
  async run(services) {
    await openAreas(services);
    await freezeDue(services);
  },
};

export const watchHoles: Job = {
  name: 'carriers.holes',
  // A look that finds nothing new opens nothing; four a day, so that a restart costs none.
  everyMs: 6 * 3_600_000,
  async run({ db, nowMs }) {
    await openHoles(db, nowMs());
  },
};
