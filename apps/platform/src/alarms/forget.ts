// Old alarms and their delivery log go: kept for a year's comparison, and a quarter's questions.
import type { Job } from '../services.ts';

const ALARM_DAYS = 400;
const DELIVERY_DAYS = 90;

export const forget: Job = {
  name: 'alarms.forget',
  everyMs: 3_600_000,
  async run({ db, nowMs }) {
    await db.transaction({ kind: 'system' }, async (sql) => {
      const now = nowMs();
      await sql.query(
        `DELETE FROM alarm WHERE cleared_at < to_timestamp($1::float8 / 1000) - interval
         '${ALARM_DAYS} days'`,
        [now],
      );
      await sql.query(
        `DELETE FROM notification WHERE state <> 'waiting'
         AND created_at < to_timestamp($1::float8 / 1000) - interval '${DELIVERY_DAYS} days'`,
        [now],
      );
    });
  },
};
