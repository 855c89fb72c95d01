// What a carrier's contacts are told by mail: a case was sent to them, or health has said or done
// something in one. Written in the transaction that does it; the job sends, at least once, each
// time with the same Message-ID.

import { retryAfterMs, TRIES_MOST } from '../alarms/notify/deliver.ts';
import { mail, osloTime } from '../alarms/notify/mail.ts';
import { NO_NOTIFY_SETTINGS } from '../alarms/notify/settings.ts';
import { type Sql, SYSTEM } from '../db/database.ts';
import type { Ask } from '../http/route.ts';
import type { Job, Services } from '../services.ts';

const WORDS = {
  send: 'Ny sak',
  message: 'Ny melding',
  withdraw: 'Saken er trukket tilbake',
  close: 'Saken er lukket',
  reopen: 'Saken er gjenåpnet',
} as const;
export type DeskEvent = keyof typeof WORDS;

// A mail server answers within 20 s or not at all: a turn is over after 200 s at most.
const MAILS_A_TURN = 10;

export const isDeskEvent = (what: string): what is DeskEvent => Object.hasOwn(WORDS, what);

/** Nothing without a mail server. Who the contacts are is looked up when it is sent. */
export async function tellDesk(
  { sql, services, nowMs }: Pick<Ask, 'sql' | 'services' | 'nowMs'>,
  caseId: number,
  event: DeskEvent,
): Promise<void> {
  if ((services.notify ?? NO_NOTIFY_SETTINGS).mail === null) return;
  await sql.query('INSERT INTO carrier_case_mail (case_id, event, due_at) VALUES ($1, $2, $3)', [
    ...[caseId, event, new Date(nowMs)],
  ]);
}

interface Due {
  readonly id: number;
  readonly case_id: number;
  readonly event: DeskEvent;
  readonly tries: number;
  readonly carrier: string;
  readonly simulated: boolean;
  readonly from_at: Date;
  readonly vehicles: number;
  /** Of this carrier's contacts, with a comma between; null: none has one. */
  readonly addresses: string | null;
}

export const mailDesks: Job = {
  name: 'carriers.mail',
  everyMs: 5_000,
  async run(services) {
    const due = await services.db.transaction(SYSTEM, (sql) => dueAt(sql, services.nowMs()));
    for (const one of due) {
      const arrived = one.addresses === null || (await send(one, one.addresses, services));
      if (!arrived && isLast(one)) {
        const { case_id: of, event } = one;
        services.log.write('mail.given_up', { case: of, event, tries: TRIES_MOST });
      }
      await services.db.transaction(SYSTEM, (sql) => mark(sql, one, arrived, services.nowMs()));
    }
  },
};

function dueAt(sql: Sql, nowMs: number): Promise<readonly Due[]> {
  return sql.query<Due>(
    `SELECT m.id, m.case_id, m.event, m.tries, k.name AS carrier, c.simulated, c.from_at,
       c.vehicles,
       (SELECT string_agg(DISTINCT u.email, ',') FROM app_user u JOIN user_grant g
          ON g.user_id = u.id WHERE g.carrier_id = c.carrier_id AND u.active) AS addresses
     FROM carrier_case_mail m JOIN carrier_case c ON c.id = m.case_id
     JOIN carrier k ON k.id = c.carrier_id
     WHERE m.due_at <= $1 ORDER BY m.id LIMIT ${MAILS_A_TURN}`,
    [new Date(nowMs)],
  );
}

/** One letter to all contacts of the carrier: it has arrived when the server took it for any. */
async function send(due: Due, addresses: string, services: Services): Promise<boolean> {
  const made = due.simulated ? ' (simulert)' : '';
  const subject = `Sak ${due.case_id}, ${due.carrier}: ${WORDS[due.event]}${made}`;
  const text = [
    `${subject}.`,
    '',
    `Begynte: ${osloTime(due.from_at.toISOString())}`,
    `Kjøretøy: ${due.vehicles}`,
    '',
    `${services.publicUrl}/carriers/${due.case_id}`,
    '',
  ].join('\n');
  const message = { id: `carrier-case-mail-${due.id}`, subject, text };
  const settings = services.notify ?? NO_NOTIFY_SETTINGS;
  return (await mail(`mailto:${addresses}`, message, settings)).fault === null;
}

const isLast = ({ tries }: Due) => tries + 1 >= TRIES_MOST;

async function mark(sql: Sql, due: Due, arrived: boolean, nowMs: number): Promise<void> {
  const { id, tries } = due;
  if (arrived || isLast(due)) {
    await sql.query('DELETE FROM carrier_case_mail WHERE id = $1', [id]);
    return;
  }
  await sql.query('UPDATE carrier_case_mail SET tries = tries + 1, due_at = $2 WHERE id = $1', [
    ...[id, new Date(nowMs + retryAfterMs(tries + 1))],
  ]);
}
