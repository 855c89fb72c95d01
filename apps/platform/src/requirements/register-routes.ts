// The register: read by all, written by the national operator. A change is a new version.
import {
  FACT_NAMES,
  factOf,
  PAGE_QUERY,
  pageOf,
  REQUIREMENT,
  REQUIREMENT_CREATE,
  REQUIREMENT_FACT,
  REQUIREMENT_VERSION,
  REQUIREMENT_WRITE,
  type Requirement,
} from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { promoted } from '../experience/promotion.ts';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { audit, authorOf } from '../identity/audit.ts';
import { dayOf } from '../statistics/period.ts';
import {
  addVersion,
  IN_FORCE,
  requirementOf,
  VERSION_COLUMNS,
  type VersionRow,
  versionOf,
} from './register.ts';

const PARAMS = z.strictObject({ requirementId: z.coerce.number().int().positive() });

type NewestRow = VersionRow & { readonly in_force: number | null };

const NEWEST = `SELECT ${VERSION_COLUMNS}, f.version AS in_force FROM requirement r
  JOIN requirement_version v ON v.requirement_id = r.id AND v.version = r.version
  LEFT JOIN ${IN_FORCE} AS f ON f.requirement_id = r.id`;

const list = route({
  id: 'requirements.list',
  method: 'GET',
  path: '/requirements',
  summary: 'The common requirements, each in its newest version',
  access: 'requirement.read',
  query: PAGE_QUERY,
  reply: pageOf(REQUIREMENT),
  async answer({ sql, query, nowMs }) {
    const rows = await sql.query<NewestRow>(`${NEWEST} WHERE r.id > $2 ORDER BY r.id LIMIT $3`, [
      ...[dayOf(nowMs), idCursor(query.cursor), query.limit + 1],
    ]);
    return { body: page(rows, query.limit, requirementOf, (row) => row.requirement_id) };
  },
});

const read = route({
  id: 'requirements.read',
  method: 'GET',
  path: '/requirements/:requirementId',
  summary: 'One requirement in its newest version',
  access: 'requirement.read',
  params: PARAMS,
  reply: REQUIREMENT,
  async answer({ sql, params, nowMs }) {
    const found = await newest(sql, params.requirementId, nowMs);
    return { body: found, version: found.version };
  },
});

const versions = route({
  id: 'requirements.versions',
  method: 'GET',
  path: '/requirements/:requirementId/versions',
  summary: 'What a requirement has said, the newest first',
  access: 'requirement.read',
  params: PARAMS,
  query: PAGE_QUERY,
  reply: pageOf(REQUIREMENT_VERSION),
  async answer({ sql, params, query, nowMs }) {
    await newest(sql, params.requirementId, nowMs);
    const rows = await sql.query<VersionRow>(
      `SELECT ${VERSION_COLUMNS} FROM requirement_version v
       JOIN requirement r ON r.id = v.requirement_id
       WHERE r.id = $1 AND v.version < $2 ORDER BY v.version DESC LIMIT $3`,
      [params.requirementId, idCursor(query.cursor, 2 ** 31 - 1), query.limit + 1],
    );
    return { body: page(rows, query.limit, versionOf, ({ version }) => version) };
  },
});

const create = route({
  id: 'requirements.create',
  method: 'POST',
  path: '/requirements',
  summary: 'A new requirement: it binds from its day on',
  access: 'requirement.write',
  body: REQUIREMENT_CREATE,
  reply: REQUIREMENT,
  async answer(ask) {
    const { sql, body, nowMs } = ask;
    const { code, noteId, ...content } = body;
    checkDays(content);
    const [nation] = await sql.query<{ id: number }>(
      `SELECT id FROM organisation WHERE kind = 'national'`,
    );
    if (nation === undefined) throw problem('forbidden');
    const taken = await sql.query('SELECT FROM requirement WHERE code = $1', [code]);
    if (taken.length > 0) throw problem('conflict', `there is a requirement ${code} already`);
    const [row] = await sql.query<{ id: number }>(
      'INSERT INTO requirement (organisation_id, code) VALUES ($1, $2) RETURNING id',
      [nation.id, code],
    );
    const id = row?.id ?? 0;
    const by = { author: authorOf(ask), atMs: nowMs };
    await addVersion(sql, { id, organisationId: nation.id, version: 1 }, content, by);
    const after = await newest(sql, id, nowMs);
    const object = { kind: 'requirement', id };
    const organisationId = nation.id;
    await promoted(ask, noteId, organisationId, { requirementId: id, version: 1 });
    await audit(sql, { ask, action: 'requirement.create', organisationId, object, after });
    return { status: 201, body: after, version: after.version };
  },
});

const change = route({
  id: 'requirements.change',
  method: 'PUT',
  path: '/requirements/:requirementId',
  summary: 'A new version of a requirement, with the reason in `note`',
  access: 'requirement.write',
  params: PARAMS,
  body: REQUIREMENT_WRITE,
  reply: REQUIREMENT,
  conditional: true,
  async answer(ask) {
    const { sql, params, body, ifMatch, nowMs } = ask;
    checkDays(body);
    const before = await newest(sql, params.requirementId, nowMs);
    // Row-level security lets those below read the row and not write it.
    const [row] = await sql.query<{ organisation_id: number; version: number }>(
      `UPDATE requirement SET version = version + 1 WHERE id = $1 AND version = $2
       RETURNING organisation_id, version`,
      [before.id, ifMatch],
    );
    if (row === undefined) throw problem('changed-meanwhile');
    const { organisation_id: organisationId, version } = row;
    const by = { author: authorOf(ask), atMs: nowMs };
    await addVersion(sql, { id: before.id, organisationId, version }, body, by);
    const after = await newest(sql, before.id, nowMs);
    await promoted(ask, body.noteId, organisationId, { requirementId: before.id, version });
    const object = { kind: 'requirement', id: before.id };
    await audit(sql, {
      ...{ ask, action: 'requirement.change', organisationId, object, before, after },
      reason: body.note,
    });
    return { body: after, version: after.version };
  },
});

const facts = route({
  id: 'requirements.facts',
  method: 'GET',
  path: '/requirement-facts',
  summary: 'What checks may ask about: a closed list',
  access: 'requirement.read',
  reply: z.array(REQUIREMENT_FACT),
  answer() {
    const body = FACT_NAMES.map((name) => {
      const { of, unit, nb, en, missing, attested = false } = factOf(name);
      return { name, of, unit, nb, en, missing, attested };
    });
    return Promise.resolve({ body });
  },
});

async function newest(sql: Sql, id: number, nowMs: number): Promise<Requirement> {
  const [row] = await sql.query<NewestRow>(`${NEWEST} WHERE r.id = $2`, [dayOf(nowMs), id]);
  if (row === undefined) throw problem('not-found');
  return requirementOf(row);
}

function checkDays({ bindsFrom, bindsUntil }: { bindsFrom: string; bindsUntil: string | null }) {
  if (bindsUntil === null || bindsUntil > bindsFrom) return;
  throw problem('bad-request', undefined, [{ field: 'bindsUntil', reason: 'after bindsFrom' }]);
}

export const registerRoutes: readonly Route[] = [list, read, versions, create, change, facts];
