// The tree: national → region (rhf) → trust (hf) → station. An organisation never moves.
import {
  ORGANISATION,
  ORGANISATION_KINDS,
  ORGANISATION_WRITE,
  type Organisation,
  PAGE_QUERY,
  pageOf,
} from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';

const PARAMS = z.strictObject({ organisationId: z.coerce.number().int().positive() });

interface OrganisationRow {
  readonly id: number;
  readonly parent_id: number | null;
  readonly kind: Organisation['kind'];
  readonly name: string;
  readonly short_name: string;
  readonly org_number: string | null;
  readonly version: number;
}

const COLUMNS = 'id, parent_id, kind, name, short_name, org_number, version';

export const listOrganisations = route({
  id: 'organisations.list',
  method: 'GET',
  path: '/organisations',
  summary: 'The organisations at and below the asker',
  access: 'organisation.read',
  query: PAGE_QUERY,
  reply: pageOf(ORGANISATION),
  async answer({ sql, query }) {
    const rows = await sql.query<OrganisationRow>(
      `SELECT ${COLUMNS} FROM organisation WHERE id > $1 ORDER BY id LIMIT $2`,
      [idCursor(query.cursor), query.limit + 1],
    );
    return { body: page(rows, query.limit, organisationOf, (row) => row.id) };
  },
});

export const readOrganisation = route({
  id: 'organisations.read',
  method: 'GET',
  path: '/organisations/:organisationId',
  summary: 'One organisation',
  access: 'organisation.read',
  params: PARAMS,
  reply: ORGANISATION,
  async answer({ sql, params }) {
    const organisation = await seen(sql, params.organisationId);
    return { body: organisation, version: organisation.version };
  },
});

export const createOrganisation = route({
  id: 'organisations.create',
  method: 'POST',
  path: '/organisations',
  summary: 'A new organisation below one of the asker',
  access: 'organisation.write',
  body: ORGANISATION_WRITE,
  reply: ORGANISATION,
  async answer(ask) {
    const { sql, body } = ask;
    const parent = await seen(sql, body.parentId);
    const wanted = ORGANISATION_KINDS[ORGANISATION_KINDS.indexOf(parent.kind) + 1];
    if (body.kind !== wanted) {
      throw problem('bad-request', undefined, [
        { field: 'kind', reason: `below ${parent.kind} comes ${wanted ?? 'nothing'}` },
      ]);
    }
    const [drawn] = await sql.query<{ id: number }>(
      `SELECT nextval('organisation_id_seq')::integer AS id`,
    );
    const id = drawn?.id ?? 0;
    await sql.query(
      `INSERT INTO organisation (id, parent_id, kind, name, short_name, org_number)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, body.parentId, body.kind, body.name, body.shortName, body.orgNumber],
    );
    const organisation = await seen(sql, id);
    await audit(sql, {
      ask,
      action: 'organisation.create',
      organisationId: id,
      object: { kind: 'organisation', id },
      after: organisation,
    });
    return { status: 201, body: organisation, version: organisation.version };
  },
});

export const changeOrganisation = route({
  id: 'organisations.change',
  method: 'PUT',
  path: '/organisations/:organisationId',
  summary: 'Names and number of an organisation',
  access: 'organisation.write',
  params: PARAMS,
  body: ORGANISATION_WRITE.omit({ parentId: true, kind: true }),
  reply: ORGANISATION,
  conditional: true,
  async answer(ask) {
    const { sql, params, body, ifMatch } = ask;
    const before = await seen(sql, params.organisationId, 'FOR UPDATE');
    if (before.version !== ifMatch) throw problem('changed-meanwhile');
    await sql.query(
      `UPDATE organisation SET name = $2, short_name = $3, org_number = $4, version = version + 1
       WHERE id = $1`,
      [before.id, body.name, body.shortName, body.orgNumber],
    );
    const organisation = await seen(sql, before.id);
    await audit(sql, {
      ask,
      action: 'organisation.change',
      organisationId: before.id,
      object: { kind: 'organisation', id: before.id },
      before,
      after: organisation,
    });
    return { body: organisation, version: organisation.version };
  },
});

async function seen(sql: Sql, id: number, lock: '' | 'FOR UPDATE' = ''): Promise<Organisation> {
  const [row] = await sql.query<OrganisationRow>(
    `SELECT ${COLUMNS} FROM organisation WHERE id = $1 ${lock}`,
    [id],
  );
  if (row === undefined) throw problem('not-found');
  return organisationOf(row);
}

function organisationOf(row: OrganisationRow): Organisation {
  return {
    id: row.id,
    parentId: row.parent_id,
    kind: row.kind,
    name: row.name,
    shortName: row.short_name,
    orgNumber: row.org_number,
    version: row.version,
  };
}
