// Notes: read by all who may read any, written by the organisation whose they are.
import {
  NOTE,
  NOTE_QUERY,
  NOTE_REVISION,
  NOTE_WRITE,
  type NoteWrite,
  PAGE_QUERY,
  pageOf,
} from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { idCursor, keyCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, type Route, route } from '../http/route.ts';
import { actorOf, audit, authorOf } from '../identity/audit.ts';
import { ownOrganisation } from './own-organisation.ts';
import {
  type NoteRow,
  noteOf,
  noteRow,
  notesOf,
  WRITTEN_COLUMNS,
  writtenOf,
  writtenValues,
} from './rows.ts';

export const NOTE_PARAMS = z.strictObject({ noteId: z.coerce.number().int().positive() });
/** A person writes; whoever writes more is a program. */
export const WRITES_PER_MINUTE = 30;

const list = route({
  id: 'experience.list',
  method: 'GET',
  path: '/experience',
  summary: 'Notes of all regions: what fits best, else the newest, first',
  access: 'experience.read',
  query: NOTE_QUERY,
  reply: pageOf(NOTE),
  async answer({ sql, asker, query }) {
    const key = keyCursor(query.cursor, z.tuple([z.int(), z.iso.datetime(), z.int()]));
    const after = key === null ? null : { rank: key[0], changedAt: key[1], id: key[2] };
    const rows = await notesOf(sql, actorOf(asker), query, after);
    const keyOf = (row: NoteRow) => [row.rank, row.changed_at.toISOString(), row.id];
    return { body: page(rows, query.limit, noteOf, keyOf) };
  },
});

const read = route({
  id: 'experience.read',
  method: 'GET',
  path: '/experience/:noteId',
  summary: 'One note',
  access: 'experience.read',
  params: NOTE_PARAMS,
  reply: NOTE,
  async answer({ sql, asker, params }) {
    const row = await noteRow(sql, actorOf(asker), params.noteId);
    return { body: noteOf(row), version: row.version };
  },
});

const create = route({
  id: 'experience.create',
  method: 'POST',
  path: '/experience',
  summary: "A new note, of the asker's own organisation",
  access: 'experience.write',
  body: NOTE_WRITE,
  reply: NOTE,
  idempotent: true,
  perMinute: WRITES_PER_MINUTE,
  async answer(ask) {
    const { sql, body, asker, nowMs } = ask;
    await checkLayer(sql, body, null);
    const organisationId = await ownOrganisation(ask);
    const at = new Date(nowMs);
    const values = [...writtenValues(body), organisationId, authorOf(ask), at, at];
    const columns = [...WRITTEN_COLUMNS, ...OWN_COLUMNS];
    const [made] = await sql.query<{ id: number }>(
      `INSERT INTO experience_note (${columns.join(', ')})
       VALUES (${columns.map((_, i) => `$${i + 1}`).join(', ')}) RETURNING id`,
      values,
    );
    const row = await noteRow(sql, actorOf(asker), made?.id ?? 0);
    await keep(ask, row);
    await note(ask, 'experience.create', row);
    return { status: 201, body: noteOf(row), version: row.version };
  },
});

const OWN_COLUMNS = ['organisation_id', 'author', 'created_at', 'changed_at'];

const change = route({
  id: 'experience.change',
  method: 'PUT',
  path: '/experience/:noteId',
  summary: 'A new revision of a note of the own organisation',
  access: 'experience.write',
  params: NOTE_PARAMS,
  body: NOTE_WRITE,
  reply: NOTE,
  conditional: true,
  perMinute: WRITES_PER_MINUTE,
  async answer(ask) {
    const { sql, params, body, asker, ifMatch, nowMs } = ask;
    const before = await ownNote(ask, params.noteId);
    if (before.version !== ifMatch) throw problem('changed-meanwhile');
    await checkLayer(sql, body, before.layer_id);
    const sets = WRITTEN_COLUMNS.map((column, i) => `${column} = $${i + 3}`);
    await sql.query(
      `UPDATE experience_note SET ${sets.join(', ')}, changed_at = $2, version = version + 1
       WHERE id = $1`,
      [before.id, new Date(nowMs), ...writtenValues(body)],
    );
    const row = await noteRow(sql, actorOf(asker), before.id);
    await keep(ask, row);
    await note(ask, 'experience.change', row, before);
    return { body: noteOf(row), version: row.version };
  },
});

const remove = route({
  id: 'experience.remove',
  method: 'DELETE',
  path: '/experience/:noteId',
  summary: 'Takes a note away, with all revisions and comments: it named a person',
  access: 'experience.write',
  params: NOTE_PARAMS,
  reply: null,
  conditional: true,
  async answer(ask) {
    const before = await ownNote(ask, ask.params.noteId);
    if (before.version !== ask.ifMatch) throw problem('changed-meanwhile');
    await ask.sql.query('DELETE FROM experience_note WHERE id = $1', [before.id]);
    await note(ask, 'experience.remove', before);
    return {};
  },
});

const revisions = route({
  id: 'experience.revisions',
  method: 'GET',
  path: '/experience/:noteId/revisions',
  summary: 'What a note has said, the newest first',
  access: 'experience.read',
  params: NOTE_PARAMS,
  query: PAGE_QUERY,
  reply: pageOf(NOTE_REVISION),
  async answer({ sql, asker, params, query }) {
    await noteRow(sql, actorOf(asker), params.noteId);
    const rows = await sql.query<RevisionRow>(
      `SELECT version, at, author, content FROM experience_revision
       WHERE note_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3`,
      [params.noteId, idCursor(query.cursor, 2 ** 31 - 1), query.limit + 1],
    );
    return { body: page(rows, query.limit, revisionOf, ({ version }) => version) };
  },
});

interface RevisionRow {
  readonly version: number;
  readonly at: Date;
  readonly author: string;
  readonly content: NoteWrite;
}

const revisionOf = ({ version, at, author, content }: RevisionRow) => {
  return { ...content, version, author, at: at.toISOString() };
};

/** All see it; only its own organisation, or one above, changes it. */
async function ownNote(ask: Ask, id: number): Promise<NoteRow> {
  const row = await noteRow(ask.sql, actorOf(ask.asker), id);
  const [own] = await ask.sql.query(
    `SELECT FROM experience_note
     WHERE id = $1 AND organisation_id = ANY (rmh_visible()) FOR UPDATE`,
    [id],
  );
  if (own === undefined) throw problem('forbidden', 'the note is another organisation’s');
  return row;
}

/** A layer that the asker does not see is not there; one that was named before may stay. */
async function checkLayer(sql: Sql, { layerId }: NoteWrite, before: number | null) {
  if (layerId === null || layerId === before) return;
  const rows = await sql.query('SELECT FROM configuration_layer WHERE id = $1', [layerId]);
  if (rows.length === 0) throw problem('not-found', 'there is no such layer');
}

async function keep(ask: Ask, row: NoteRow): Promise<void> {
  await ask.sql.query(
    `INSERT INTO experience_revision (note_id, version, organisation_id, at, author, content)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      ...[row.id, row.version, row.organisation_id, new Date(ask.nowMs), authorOf(ask)],
      JSON.stringify(writtenOf(row)),
    ],
  );
}

/** Without the texts: the audit log keeps for good, and a note that named a person must go. */
async function note(ask: Ask, action: string, row: NoteRow, before?: NoteRow): Promise<void> {
  await audit(ask.sql, {
    ask,
    action,
    organisationId: row.organisation_id,
    object: { kind: 'experience', id: row.id },
    ...(before === undefined ? {} : { before: { version: before.version, state: before.state } }),
    after: { version: row.version, state: row.state },
  });
}

export const noteRoutes: readonly Route[] = [list, read, create, change, remove, revisions];
