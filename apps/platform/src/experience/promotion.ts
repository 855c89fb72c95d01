// What was made of a note. Requirements and layers are written where they are written anyway, with
// all their checks; a write that names a note is remembered here, in the same transaction.
import { NOTE_PROMOTION, type NotePromotion, PAGE_QUERY, pageOf } from '@rmh/contract/api';
import { idCursor, page } from '../http/paging.ts';
import { type Ask, type Route, route } from '../http/route.ts';
import { actorOf, authorOf } from '../identity/audit.ts';
import { NOTE_PARAMS } from './notes.ts';
import { noteRow } from './rows.ts';

export type Made =
  | { readonly requirementId: number; readonly version: number }
  | { readonly layerId: number; readonly version: number };

/** Throws "not found" where there is no such note. */
export async function promoted(
  ask: Ask,
  noteId: number | undefined,
  organisationId: number,
  made: Made,
): Promise<void> {
  if (noteId === undefined) return;
  const { sql, asker, nowMs } = ask;
  await noteRow(sql, actorOf(asker), noteId);
  const requirementId = 'requirementId' in made ? made.requirementId : null;
  const layerId = 'layerId' in made ? made.layerId : null;
  await sql.query(
    `INSERT INTO experience_promotion
       (note_id, organisation_id, requirement_id, layer_id, version, author, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [noteId, organisationId, requirementId, layerId, made.version, authorOf(ask), new Date(nowMs)],
  );
}

interface PromotionRow {
  readonly id: number;
  readonly requirement_id: number | null;
  readonly layer_id: number | null;
  readonly name: string | null;
  readonly version: number;
  readonly author: string;
  readonly at: Date;
}

function promotionOf(row: PromotionRow): NotePromotion {
  const { id, requirement_id: requirementId, layer_id: layerId, name, version, author } = row;
  return {
    id,
    kind: requirementId === null ? 'baseline' : 'requirement',
    targetId: requirementId ?? layerId ?? 0,
    ...{ name, version, author },
    at: row.at.toISOString(),
  };
}

const promotions = route({
  id: 'experience.promotions',
  method: 'GET',
  path: '/experience/:noteId/promotions',
  summary: 'The requirements and layers that were made of a note, the oldest first',
  access: 'experience.read',
  params: NOTE_PARAMS,
  query: PAGE_QUERY,
  reply: pageOf(NOTE_PROMOTION),
  async answer({ sql, asker, params, query }) {
    await noteRow(sql, actorOf(asker), params.noteId);
    const rows = await sql.query<PromotionRow>(
      `SELECT p.id, p.requirement_id, p.layer_id, coalesce(r.code, l.name) AS name, p.version,
         p.author, p.at
       FROM experience_promotion p LEFT JOIN requirement r ON r.id = p.requirement_id
       LEFT JOIN configuration_layer l ON l.id = p.layer_id
       WHERE p.note_id = $1 AND p.id > $2 ORDER BY p.id LIMIT $3`,
      [params.noteId, idCursor(query.cursor), query.limit + 1],
    );
    return { body: page(rows, query.limit, promotionOf, ({ id }) => id) };
  },
});

export const promotionRoutes: readonly Route[] = [promotions];
