// A unit that said nothing for a while is neither up nor down: its state is unknown.
import type { Job } from '../services.ts';
import { LIVE_CHANNEL } from './report.ts';
import { SILENT_AFTER_MS } from './state.ts';

export const silence: Job = {
  name: 'live.silence',
  everyMs: 1_000,
  async run({ db, nowMs }) {
    await db.transaction({ kind: 'system' }, async (sql) => {
      // At most 2,000 rows, read without an index: about a millisecond.
      const silent = await sql.query<{ unit_id: number }>(
        `UPDATE unit_latest SET state = 'unknown', since = heard_at, changed_at = clock_timestamp()
         WHERE state NOT IN ('off', 'unknown') AND heard_at < to_timestamp($1::float8 / 1000)
         RETURNING unit_id`,
        [nowMs() - SILENT_AFTER_MS],
      );
      for (const { unit_id } of silent) await db.notify(sql, LIVE_CHANNEL, String(unit_id));
    });
  },
};
