// What may be ordered under the framework agreement. The national operator writes it; another price
// or text is another revision, so an order keeps what it was placed by.
import {
  CATALOGUE_END,
  CATALOGUE_ITEM,
  CATALOGUE_QUERY,
  CATALOGUE_WRITE,
  type CatalogueItem,
  pageOf,
} from '@rmh/contract/api';
import { z } from 'zod';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, type Route, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { mayOn } from '../identity/verbs.ts';

interface CatalogueRow {
  readonly id: number;
  readonly code: string;
  readonly revision: number;
  readonly kind: CatalogueItem['kind'];
  readonly carrier_id: number | null;
  readonly name: string;
  readonly description: string;
  readonly once_ore: number;
  readonly monthly_ore: number;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly version: number;
}

const COLUMNS = `id, code, revision, kind, carrier_id, name, description, once_ore, monthly_ore,
  valid_from, valid_to, version`;
/** The day in Norway of a moment. */
export const dayOf = (moment: string): string => `(${moment} AT TIME ZONE 'Europe/Oslo')::date`;

const list = route({
  id: 'catalogue.list',
  method: 'GET',
  path: '/catalogue',
  summary: 'What can be ordered on a day, or every revision of it',
  access: 'order.read',
  query: CATALOGUE_QUERY,
  reply: pageOf(CATALOGUE_ITEM),
  async answer({ sql, query, nowMs }) {
    const rows = await sql.query<CatalogueRow>(
      `SELECT ${COLUMNS} FROM catalogue_item,
         (SELECT coalesce($2::date, ${dayOf('$3::timestamptz')}) AS day) AS asked
       WHERE id > $1 AND ($4 OR (valid_from <= day AND (valid_to IS NULL OR day < valid_to)))
       ORDER BY id LIMIT $5`,
      [
        idCursor(query.cursor),
        query.on ?? null,
        new Date(nowMs),
        query.revisions === 'all',
        query.limit + 1,
      ],
    );
    return { body: page(rows, query.limit, itemOf, (row) => row.id) };
  },
});

const create = route({
  id: 'catalogue.create',
  method: 'POST',
  path: '/catalogue',
  summary: 'A new thing to order, or the next revision of one; the one before ends that day',
  access: 'catalogue.write',
  body: CATALOGUE_WRITE,
  reply: CATALOGUE_ITEM,
  idempotent: true,
  async answer(ask) {
    const { sql, body } = ask;
    const nationId = await nationOf(ask);
    const [last] = await sql.query<CatalogueRow>(
      `SELECT ${COLUMNS} FROM catalogue_item WHERE code = $1
       ORDER BY revision DESC LIMIT 1 FOR UPDATE`,
      [body.code],
    );
    if (last !== undefined) await endBefore(ask, last);
    const [row] = await sql.query<CatalogueRow>(
      `INSERT INTO catalogue_item (organisation_id, code, revision, kind, carrier_id, name,
         description, once_ore, monthly_ore, valid_from)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING ${COLUMNS}`,
      [
        nationId,
        body.code,
        (last?.revision ?? 0) + 1,
        body.kind,
        body.carrierId,
        body.name,
        body.description,
        body.onceOre,
        body.monthlyOre,
        body.validFrom,
      ],
    );
    if (row === undefined) throw problem('our-fault');
    await note(ask, 'catalogue.create', nationId, row, last ?? null);
    return { status: 201, body: itemOf(row), version: row.version };
  },
});

const end = route({
  id: 'catalogue.end',
  method: 'PUT',
  path: '/catalogue/:catalogueItemId/end',
  summary: 'The first day on which it cannot be ordered any more',
  access: 'catalogue.write',
  params: z.strictObject({ catalogueItemId: z.coerce.number().int().positive() }),
  body: CATALOGUE_END,
  reply: CATALOGUE_ITEM,
  conditional: true,
  async answer(ask) {
    const { sql, params, body, ifMatch } = ask;
    const nationId = await nationOf(ask);
    const [before] = await sql.query<CatalogueRow>(
      `SELECT ${COLUMNS} FROM catalogue_item WHERE id = $1 FOR UPDATE`,
      [params.catalogueItemId],
    );
    if (before === undefined) throw problem('not-found');
    if (before.version !== ifMatch) throw problem('changed-meanwhile');
    const [row] = await sql.query<CatalogueRow>(
      `UPDATE catalogue_item SET valid_to = $2, version = version + 1 WHERE id = $1
       RETURNING ${COLUMNS}`,
      [before.id, body.validTo],
    );
    if (row === undefined) throw problem('our-fault');
    await note(ask, 'catalogue.end', nationId, row, before);
    return { body: itemOf(row), version: row.version };
  },
});

/** One list for the nation: a region's own would be another agreement. */
async function nationOf({ sql, asker }: Pick<Ask, 'sql' | 'asker'>): Promise<number> {
  const [nation] = await sql.query<{ id: number }>(
    `SELECT id FROM organisation WHERE kind = 'national'`,
  );
  if (nation === undefined || !(await mayOn(sql, asker, 'catalogue.write', nation.id))) {
    throw problem('forbidden', 'the catalogue is for the national operator');
  }
  return nation.id;
}

async function endBefore(
  { sql, body }: Pick<Ask<unknown, unknown, z.output<typeof CATALOGUE_WRITE>>, 'sql' | 'body'>,
  last: CatalogueRow,
): Promise<void> {
  const field =
    last.kind !== body.kind
      ? 'kind'
      : last.carrier_id !== body.carrierId
        ? 'carrierId'
        : last.valid_from >= body.validFrom
          ? 'validFrom'
          : null;
  if (field !== null) {
    const reason = field === 'validFrom' ? 'later than the revision before' : 'as in revision 1';
    throw problem('bad-request', undefined, [{ field, reason }]);
  }
  await sql.query(
    `UPDATE catalogue_item SET valid_to = least(valid_to, $2::date), version = version + 1
     WHERE id = $1`,
    [last.id, body.validFrom],
  );
}

function itemOf(row: CatalogueRow): CatalogueItem {
  return {
    id: row.id,
    code: row.code,
    revision: row.revision,
    kind: row.kind,
    carrierId: row.carrier_id,
    name: row.name,
    description: row.description,
    onceOre: row.once_ore,
    monthlyOre: row.monthly_ore,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    version: row.version,
  };
}

async function note(
  ask: Ask,
  action: string,
  organisationId: number,
  row: CatalogueRow,
  before: CatalogueRow | null,
): Promise<void> {
  await audit(ask.sql, {
    ask,
    action,
    organisationId,
    object: { kind: 'catalogue-item', id: row.id },
    before: before === null ? null : itemOf(before),
    after: itemOf(row),
  });
}

export const catalogueRoutes: readonly Route[] = [list, create, end];
