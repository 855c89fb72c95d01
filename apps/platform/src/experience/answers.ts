// What others do with a note: comment on it, and mark it as useful.
import {
  COMMENTS_MOST,
  NOTE,
  NOTE_COMMENT,
  NOTE_COMMENT_WRITE,
  NOTE_MARK,
  PAGE_QUERY,
  pageOf,
} from '@rmh/contract/api';
import { z } from 'zod';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { actorOf, audit, authorOf } from '../identity/audit.ts';
import { NOTE_PARAMS, WRITES_PER_MINUTE } from './notes.ts';
import { ownOrganisation } from './own-organisation.ts';
import { noteOf, noteRow } from './rows.ts';

interface CommentRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly organisation: string;
  readonly author: string;
  readonly at: Date;
  readonly text: string;
}

const COLUMNS = `id, organisation_id, experience_organisation(organisation_id) AS organisation,
  author, at, text`;

const commentOf = ({ organisation_id: organisationId, at, ...row }: CommentRow) => {
  return { ...row, organisationId, at: at.toISOString() };
};

const comments = route({
  id: 'experience.comments',
  method: 'GET',
  path: '/experience/:noteId/comments',
  summary: 'What was said of a note, the oldest first',
  access: 'experience.read',
  params: NOTE_PARAMS,
  query: PAGE_QUERY,
  reply: pageOf(NOTE_COMMENT),
  async answer({ sql, asker, params, query }) {
    await noteRow(sql, actorOf(asker), params.noteId);
    const rows = await sql.query<CommentRow>(
      `SELECT ${COLUMNS} FROM experience_comment WHERE note_id = $1 AND id > $2
       ORDER BY id LIMIT $3`,
      [params.noteId, idCursor(query.cursor), query.limit + 1],
    );
    return { body: page(rows, query.limit, commentOf, ({ id }) => id) };
  },
});

const comment = route({
  id: 'experience.comment',
  method: 'POST',
  path: '/experience/:noteId/comments',
  summary: 'A comment, whichever region the note is of',
  access: 'experience.write',
  params: NOTE_PARAMS,
  body: NOTE_COMMENT_WRITE,
  reply: NOTE_COMMENT,
  idempotent: true,
  perMinute: WRITES_PER_MINUTE,
  async answer(ask) {
    const { sql, asker, params, body, nowMs } = ask;
    const { comments: count } = await noteRow(sql, actorOf(asker), params.noteId);
    if (count >= COMMENTS_MOST) throw problem('conflict', 'no more comments fit on this note');
    const organisationId = await ownOrganisation(ask);
    const [row] = await sql.query<CommentRow>(
      `INSERT INTO experience_comment (note_id, organisation_id, author, at, text)
       VALUES ($1, $2, $3, $4, $5) RETURNING ${COLUMNS}`,
      [params.noteId, organisationId, authorOf(ask), new Date(nowMs), body.text],
    );
    if (row === undefined) throw problem('our-fault');
    const object = { kind: 'experience', id: params.noteId };
    const after = { comment: row.id };
    await audit(sql, { ask, action: 'experience.comment', organisationId, object, after });
    return { status: 201, body: commentOf(row) };
  },
});

const COMMENT_PARAMS = z.strictObject({
  ...NOTE_PARAMS.shape,
  commentId: z.coerce.number().int().positive(),
});

const removeComment = route({
  id: 'experience.comment-remove',
  method: 'DELETE',
  path: '/experience/:noteId/comments/:commentId',
  summary: 'Takes a comment of the own organisation away',
  access: 'experience.write',
  params: COMMENT_PARAMS,
  reply: null,
  async answer(ask) {
    const { sql, asker, params } = ask;
    await noteRow(sql, actorOf(asker), params.noteId);
    const [row] = await sql.query<{ organisation_id: number }>(
      `DELETE FROM experience_comment WHERE id = $1 AND note_id = $2 RETURNING organisation_id`,
      [params.commentId, params.noteId],
    );
    if (row === undefined) throw problem('not-found');
    const object = { kind: 'experience', id: params.noteId };
    const before = { comment: params.commentId };
    const { organisation_id: organisationId } = row;
    await audit(sql, { ask, action: 'experience.comment-remove', organisationId, object, before });
    return {};
  },
});

const mark = route({
  id: 'experience.mark',
  method: 'POST',
  path: '/experience/:noteId/useful',
  summary: "The asker's own mark that a note is useful; who marked is told to nobody",
  access: 'experience.write',
  params: NOTE_PARAMS,
  body: NOTE_MARK,
  reply: NOTE,
  perMinute: WRITES_PER_MINUTE,
  async answer(ask) {
    const { sql, asker, params, body } = ask;
    const actor = actorOf(asker);
    await noteRow(sql, actor, params.noteId);
    if (body.useful) {
      await sql.query(
        `INSERT INTO experience_mark (note_id, actor, organisation_id) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING`,
        [params.noteId, actor, await ownOrganisation(ask)],
      );
    } else {
      const values = [params.noteId, actor];
      await sql.query('DELETE FROM experience_mark WHERE note_id = $1 AND actor = $2', values);
    }
    return { body: noteOf(await noteRow(sql, actor, params.noteId)) };
  },
});

export const answerRoutes: readonly Route[] = [comments, comment, removeComment, mark];
