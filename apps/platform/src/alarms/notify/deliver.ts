// Sends what waits in the outbox. At least once: an entry is leased, sent, and marked afterwards,
// so what a process dies over is sent again by another when the lease is over.
//
// 1. lease: the oldest entries that are due, of targets that are not resting
// 2. send: targets side by side, the entries of one target one after the other, in their order
// 3. mark: sent, or due again later; a target that fails again and again rests
import type { Alarm } from '@rmh/contract/api';
import type { Database } from '../../db/database.ts';
import type { Job, Services } from '../../services.ts';
import { mailText } from './mail.ts';
import type { AlarmEvent } from './outbox.ts';
import { sendTo, type Target } from './send.ts';
import type { Delivered } from './webhook.ts';

// One turn takes at most 50 entries; with ten targets that is five each, one after the other, at
// most 10 s for an answer: within the lease.
const ENTRIES_A_TURN = 50;
const ENTRIES_OF_TARGET = 5;
const LEASE_MS = 60_000;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 3_600_000;
// 5 s doubled: 5 + 10 + … + 2,560 s are 85 minutes, then once an hour: given up after a day.
export const TRIES_MOST = 32;
// The breaker: five failures in a row, and the target is left alone for five minutes; then one
// entry tries whether it is back.
const FAILURES_MOST = 5;
const REST_MS = 300_000;

interface Entry extends Target {
  readonly id: number;
  readonly webhook_id: number;
  readonly event: AlarmEvent;
  readonly body: Alarm;
  readonly tries: number;
  readonly created_at: Date | string;
}

export const deliver: Job = {
  name: 'alarms.deliver',
  everyMs: 1_000,
  async run(services) {
    const entries = await lease(services.db, services.nowMs());
    const byTarget = Map.groupBy(entries, (entry) => entry.webhook_id);
    await Promise.all(
      [...byTarget.values()].map(async (ofTarget) => {
        for (const entry of ofTarget) {
          const delivered = await send(entry, services);
          await mark(services.db, entry, delivered, services.nowMs());
          // The rest waits for its turn: order is kept, and a dead target costs one time-out.
          if (delivered.fault !== null) break;
        }
      }),
    );
  },
};

/** Exponential: 5 s after the first failure, an hour at most. */
export function retryAfterMs(tries: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (tries - 1));
}

async function lease(db: Database, nowMs: number): Promise<Entry[]> {
  const leased = await db.transaction({ kind: 'system' }, (sql) =>
    sql.query<Entry>(
      `WITH due AS (
         SELECT n.id, n.webhook_id, w.failures,
           row_number() OVER (PARTITION BY n.webhook_id ORDER BY n.id) AS place
         FROM notification n JOIN webhook w ON w.id = n.webhook_id
         WHERE n.state = 'waiting' AND n.due_at <= to_timestamp($1::float8 / 1000) AND w.enabled
           AND coalesce(w.resting_until, '-infinity') <= to_timestamp($1::float8 / 1000)),
       taken AS (
         SELECT id FROM due WHERE place <= CASE WHEN failures >= ${FAILURES_MOST} THEN 1
           ELSE ${ENTRIES_OF_TARGET} END ORDER BY id LIMIT ${ENTRIES_A_TURN})
       UPDATE notification n SET due_at = to_timestamp($2::float8 / 1000)
       FROM webhook w WHERE n.id IN (SELECT id FROM taken) AND w.id = n.webhook_id
       RETURNING n.id, n.webhook_id, n.event, n.body, n.tries, n.created_at, w.target, w.secret`,
      [nowMs, nowMs + LEASE_MS],
    ),
  );
  return [...leased].sort((a, b) => a.id - b.id);
}

function send(entry: Entry, services: Services): Promise<Delivered> {
  const message = {
    id: `alarm-event-${entry.id}`,
    type: `alarm.${entry.event}`,
    atMs: new Date(entry.created_at).getTime(),
    data: entry.body,
    mail: mailText(entry.body, entry.event, services.publicUrl),
  };
  return sendTo(entry, message, services);
}

async function mark(db: Database, entry: Entry, delivered: Delivered, nowMs: number) {
  const arrived = delivered.fault === null;
  const tries = entry.tries + 1;
  const state = arrived ? 'sent' : tries >= TRIES_MOST ? 'given-up' : 'waiting';
  await db.transaction({ kind: 'system' }, async (sql) => {
    await sql.query(
      `UPDATE notification SET state = $2, tries = $3, status = $4, fault = $5,
         due_at = to_timestamp($6::float8 / 1000) WHERE id = $1`,
      [entry.id, state, tries, delivered.status, delivered.fault, nowMs + retryAfterMs(tries)],
    );
    // Its later entries were leased with it and not tried.
    await sql.query(
      `UPDATE notification SET due_at = to_timestamp($3::float8 / 1000)
       WHERE webhook_id = $1 AND id > $2 AND state = 'waiting' AND NOT $4::boolean`,
      [entry.webhook_id, entry.id, nowMs + retryAfterMs(tries), arrived],
    );
    await sql.query(
      `UPDATE webhook SET failures = CASE WHEN $2::boolean THEN 0 ELSE failures + 1 END,
         resting_until = CASE WHEN $2::boolean OR failures + 1 < ${FAILURES_MOST} THEN NULL
           ELSE to_timestamp($3::float8 / 1000) END
       WHERE id = $1`,
      [entry.webhook_id, arrived, nowMs + REST_MS],
    );
  });
}
