// The façade for ticket systems: TMF621 at its own address, for service accounts with `case.read`
// and `case.write`. Behind it stand the same cases as in /api/v1.
import {
  TMF_TICKET,
  TMF_TICKET_PATCH,
  TMF_TICKET_QUERY,
  TMF_TICKET_WRITE,
  TMF621_BASE,
  type TmfTicket,
  type TmfTicketWrite,
} from '@rmh/contract/api';
import { z } from 'zod';
import { problem } from '../http/problem.ts';
import { type Ask, type Route, route } from '../http/route.ts';
import { casesAt, commandCase, openByHand } from './cases.ts';
import { messagesAfter, sayIn } from './messages.ts';
import { type CaseRow, caseById, caseOf } from './rows.ts';
import { commandFor, statesFor, tmfTicket } from './tmf621.ts';

const PARAMS = z.strictObject({ troubleTicketId: z.coerce.number().int().positive() });
// 20 notes of 4,000 characters with room for what we do not read.
const BODY_BYTES_MAX = 262_144;
const NOTES_MAX = 500;

const list = route({
  id: 'troubleTicket.list',
  method: 'GET',
  base: TMF621_BASE,
  path: '/troubleTicket',
  summary: 'TMF621: cases, the newest first; counts in X-Total-Count and X-Result-Count',
  access: 'case.read',
  query: TMF_TICKET_QUERY,
  reply: z.array(TMF_TICKET),
  async answer(ask) {
    const { status, offset, limit } = ask.query;
    const states = status === undefined ? null : statesFor(status);
    const { total, rows } = await casesAt(ask.sql, states, offset, limit);
    const body: TmfTicket[] = [];
    for (const row of rows) body.push(await shown(ask, row));
    return {
      body,
      headers: { 'x-total-count': String(total), 'x-result-count': String(body.length) },
    };
  },
});

const read = route({
  id: 'troubleTicket.retrieve',
  method: 'GET',
  base: TMF621_BASE,
  path: '/troubleTicket/:troubleTicketId',
  summary: 'TMF621: one case',
  access: 'case.read',
  params: PARAMS,
  reply: TMF_TICKET,
  async answer(ask) {
    return { body: await shown(ask, await caseById(ask.sql, ask.params.troubleTicketId)) };
  },
});

const create = route({
  id: 'troubleTicket.create',
  method: 'POST',
  base: TMF621_BASE,
  path: '/troubleTicket',
  summary: 'TMF621: makes a case of an area alarm, which a related entity of type Alarm names',
  access: 'case.write',
  body: TMF_TICKET_WRITE,
  reply: TMF_TICKET,
  bodyBytesMax: BODY_BYTES_MAX,
  async answer(ask) {
    const { id } = await openByHand(ask, alarmOf(ask.body));
    for (const { text } of ask.body.note ?? []) await sayIn(ask, id, text);
    const made = await shown(ask, await caseById(ask.sql, id));
    return { status: 201, body: made, headers: { location: made.href } };
  },
});

const change = route({
  id: 'troubleTicket.patch',
  method: 'PATCH',
  base: TMF621_BASE,
  path: '/troubleTicket/:troubleTicketId',
  summary: 'TMF621: status with its reason, the carrier’s identifier, notes that are new',
  access: 'case.write',
  params: PARAMS,
  body: TMF_TICKET_PATCH,
  reply: TMF_TICKET,
  bodyBytesMax: BODY_BYTES_MAX,
  async answer(ask) {
    const { sql, body, params } = ask;
    const caseId = params.troubleTicketId;
    // A merge patch brings the whole list: what stands there already is no new note.
    const known = new Set((await messagesAfter(sql, caseId, 0, NOTES_MAX)).map(({ id }) => id));
    for (const { text, id } of body.note ?? []) {
      if (!known.has(Number(id))) await sayIn(ask, caseId, text);
    }
    if (body.status !== undefined) {
      const row = await caseById(sql, caseId);
      const command = commandFor(row.state, body.status);
      if (command === null) {
        const reason = 'no case here comes into this status';
        throw problem('bad-request', undefined, [{ field: 'status', reason }]);
      }
      const reference = body.externalIdentifier?.at(-1)?.id ?? null;
      const reason = body.statusChangeReason ?? null;
      await commandCase(ask, caseId, { command, reason, reference }, null);
    }
    return { body: await shown(ask, await caseById(sql, caseId)) };
  },
});

function alarmOf({ relatedEntity = [] }: TmfTicketWrite): number {
  const alarm = relatedEntity.find(({ entity }) => entity['@referredType'] === 'Alarm')?.entity.id;
  if (alarm !== undefined && /^\d{1,9}$/.test(alarm)) return Number(alarm);
  const field = { field: 'relatedEntity', reason: 'expected an Alarm, by its number here' };
  throw problem('bad-request', undefined, [field]);
}

async function shown({ sql, asker }: Pick<Ask, 'sql' | 'asker'>, row: CaseRow): Promise<TmfTicket> {
  const [told] = await sql.query<{ at: Date; reason: string | null; name: string | null }>(
    `SELECT at, reason, (SELECT name FROM organisation WHERE id = $2) AS name
     FROM carrier_case_change WHERE case_id = $1 ORDER BY id DESC LIMIT 1`,
    [row.id, row.organisation_id],
  );
  return tmfTicket(caseOf(row, asker), {
    // Above the asker's own: its name is out of his sight.
    organisation: told?.name ?? '–',
    messages: await messagesAfter(sql, row.id, 0, NOTES_MAX),
    changedAt: (told?.at ?? row.opened_at).toISOString(),
    reason: told?.reason ?? null,
  });
}

export const tmf621Routes: readonly Route[] = [list, read, create, change];
