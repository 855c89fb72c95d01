// The job that opens the next ring when the one before went well, and pauses when it did not.
import { type Sql, SYSTEM } from '../db/database.ts';
import type { Job } from '../services.ts';
import { type RingCount, ringVerdict } from './rings.ts';

/** Units ask each minute: a ring is through minutes after it began, so seconds do not matter. */
const EVERY_MS = 5_000;

export const advanceRollouts: Job = {
  name: 'rollouts',
  everyMs: EVERY_MS,
  async run({ db }): Promise<void> {
    const open = await db.transaction(SYSTEM, (sql) =>
      sql.query<{ id: number }>(`SELECT id FROM rollout WHERE state = 'running' ORDER BY id`),
    );
    for (const { id } of open) {
      // One ring a transaction; rings whose units were all revoked are passed in one run.
      while (await db.transaction(SYSTEM, (sql) => advance(sql, id)));
    }
  },
};

interface Running {
  readonly ring: number;
  readonly rings: number[];
  readonly success_least: number;
}

/** True: it moved to another ring, which may be through already. */
export async function advance(sql: Sql, rolloutId: number): Promise<boolean> {
  const [rollout] = await sql.query<Running>(
    `SELECT ring, rings, success_least FROM rollout WHERE id = $1 AND state = 'running' FOR UPDATE`,
    [rolloutId],
  );
  if (rollout === undefined) return false;
  const { ring, rings, success_least: successLeast } = rollout;
  const count = await countOf(sql, rolloutId, ring);
  const set = (change: string) =>
    sql.query(`UPDATE rollout SET ${change}, version = version + 1 WHERE id = $1`, [rolloutId]);
  switch (ringVerdict(count, successLeast, ring === rings.length - 1)) {
    case 'wait':
      return false;
    case 'pause':
      await set(`state = 'paused', paused_because = 'fell-back'`);
      return false;
    case 'done':
      await set(`state = 'done'`);
      return false;
    case 'next':
      await set('ring = ring + 1');
      return true;
  }
}

async function countOf(sql: Sql, rolloutId: number, ring: number): Promise<RingCount> {
  const [row] = await sql.query<RingCount>(
    `SELECT count(*)::integer AS units,
       count(*) FILTER (WHERE ru.state = 'confirmed')::integer AS confirmed,
       count(*) FILTER (WHERE ru.state = 'fell-back' AND NOT forgiven)::integer AS "fellBack",
       count(*) FILTER (WHERE ru.state = 'fell-back' AND forgiven)::integer AS forgiven
     FROM rollout_unit ru JOIN unit u ON u.id = ru.unit_id AND u.state = 'enrolled'
     WHERE ru.rollout_id = $1 AND ru.ring = $2`,
    [rolloutId, ring],
  );
  return row ?? { units: 0, confirmed: 0, fellBack: 0, forgiven: 0 };
}
