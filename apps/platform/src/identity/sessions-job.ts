import { SYSTEM } from '../db/database.ts';
import type { Job } from '../services.ts';

// Kept for a day, so that "your session is over" can be told from "there was none" in the log.
const KEPT_MS = 86_400_000;

export const forgetSessions: Job = {
  name: 'sessions.forget',
  everyMs: 3_600_000,
  async run({ db, nowMs }) {
    const before = [new Date(nowMs() - KEPT_MS)];
    await db.transaction(SYSTEM, async (sql) => {
      await sql.query('DELETE FROM session WHERE expires_at < $1', before);
      await sql.query('DELETE FROM sign_in_link WHERE expires_at < $1', before);
    });
  },
};
