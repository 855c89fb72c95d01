// What people answer for, as no machine measures it: that a risk assessment was made, and when.
import {
  ATTESTATION,
  ATTESTATION_QUERY,
  ATTESTATION_WRITE,
  type Attestation,
  factOf,
  pageOf,
} from '@rmh/contract/api';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { audit, authorOf } from '../identity/audit.ts';
import { dayOf } from '../statistics/period.ts';

interface AttestationRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly fact: Attestation['fact'];
  readonly done_on: string;
  readonly note: string;
  readonly author: string;
  readonly at: Date;
}

const COLUMNS = 'id, organisation_id, fact, done_on, note, author, at';

const list = route({
  id: 'attestations.list',
  method: 'GET',
  path: '/attestations',
  summary: 'Who answered for what, the newest first',
  access: 'requirement.read',
  query: ATTESTATION_QUERY,
  reply: pageOf(ATTESTATION),
  async answer({ sql, query }) {
    const rows = await sql.query<AttestationRow>(
      `SELECT ${COLUMNS} FROM attestation
       WHERE id < $1 AND ($2::integer IS NULL OR organisation_id IN
         (SELECT organisation_id FROM organisation_tree WHERE ancestor_id = $2))
       ORDER BY id DESC LIMIT $3`,
      [idCursor(query.cursor, 2 ** 31 - 1), query.organisationId ?? null, query.limit + 1],
    );
    return { body: page(rows, query.limit, attestationOf, ({ id }) => id) };
  },
});

const create = route({
  id: 'attestations.create',
  method: 'POST',
  path: '/attestations',
  summary: 'Answers for that something was done on a day, and says where the proof lies',
  access: 'requirement.attest',
  body: ATTESTATION_WRITE,
  reply: ATTESTATION,
  async answer(ask) {
    const { sql, body, nowMs } = ask;
    const { organisationId, fact, doneOn, note } = body;
    const [organisation] = await sql.query<{ kind: string }>(
      'SELECT kind FROM organisation WHERE id = $1',
      [organisationId],
    );
    if (organisation === undefined) throw problem('not-found');
    if (factOf(fact).of === 'national' && organisation.kind !== 'national') {
      throw problem('bad-request', undefined, [{ field: 'fact', reason: 'of the nation alone' }]);
    }
    if (organisation.kind === 'station') {
      throw problem('bad-request', undefined, [
        { field: 'organisationId', reason: 'no requirement binds a station' },
      ]);
    }
    if (doneOn > dayOf(nowMs)) {
      throw problem('bad-request', undefined, [{ field: 'doneOn', reason: 'not in the future' }]);
    }
    const [row] = await sql.query<AttestationRow>(
      `INSERT INTO attestation (organisation_id, fact, done_on, note, author, at)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${COLUMNS}`,
      [organisationId, fact, doneOn, note, authorOf(ask), new Date(nowMs)],
    );
    if (row === undefined) throw problem('our-fault');
    const after = attestationOf(row);
    const object = { kind: 'attestation', id: row.id };
    await audit(sql, { ask, action: 'requirement.attest', organisationId, object, after });
    return { status: 201, body: after };
  },
});

function attestationOf(row: AttestationRow): Attestation {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    fact: row.fact,
    doneOn: row.done_on,
    note: row.note,
    author: row.author,
    at: row.at.toISOString(),
  };
}

export const attestationRoutes: readonly Route[] = [list, create];
