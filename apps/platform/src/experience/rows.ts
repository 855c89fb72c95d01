// Notes as they lie in the database, and the question for a list of them.
import type { Note, NoteQuery, NoteWrite } from '@rmh/contract/api';
import { cellToChildren, latLngToCell } from 'h3-js';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';

export interface NoteRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly organisation: string;
  readonly title: string;
  readonly body: string;
  readonly state: Note['state'];
  readonly place_name: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly cell: string | null;
  readonly device_model: string | null;
  readonly carrier_id: number | null;
  readonly vehicle_kind: Note['vehicleKind'];
  readonly layer_id: number | null;
  readonly field: Note['field'];
  readonly author: string;
  readonly created_at: Date;
  readonly changed_at: Date;
  readonly version: number;
  readonly comments: number;
  readonly useful: number;
  readonly useful_to_me: boolean;
  readonly promotions: number;
  /** In millionths; 0 where nothing was searched for. */
  readonly rank: number;
}

/** A third of a kilometre to each side: as coverage has it. */
const RESOLUTION = 8;

// Title over place and model, over text, over the end of a long word. In millionths, so that both
// databases and a cursor hold the same number.
const RANK = `(ts_rank('{0.05, 0.3, 0.6, 1}', n.words, $2::tsquery) * 1000000)::integer`;

/** Of the notes `n` of a page, with their rank; $1: who asks. */
const COLUMNS = `n.id, n.organisation_id,
  experience_organisation(n.organisation_id) AS organisation, n.title, n.body,
  n.state, n.place_name, n.latitude, n.longitude, to_hex(n.cell) AS cell,
  n.device_model, n.carrier_id, n.vehicle_kind, n.layer_id, n.field, n.author, n.created_at,
  n.changed_at, n.version, n.rank,
  (SELECT count(*) FROM experience_comment c WHERE c.note_id = n.id) AS comments,
  (SELECT count(*) FROM experience_mark m WHERE m.note_id = n.id) AS useful,
  EXISTS (SELECT FROM experience_mark m WHERE m.note_id = n.id AND m.actor = $1) AS useful_to_me,
  (SELECT count(*) FROM experience_promotion p WHERE p.note_id = n.id) AS promotions`;

/** What fits a vehicle: something of it is named, and nothing that it is not. A place is not it. */
const FITS = `EXISTS (SELECT FROM vehicle v LEFT JOIN unit u ON u.vehicle_id = v.id
  WHERE v.id = $11 AND n.cell IS NULL AND n.place_name IS NULL
    AND num_nonnulls(n.device_model, n.carrier_id, n.vehicle_kind, n.layer_id) > 0
    AND (n.device_model IS NULL OR lower(n.device_model) = lower(u.model))
    AND (n.vehicle_kind IS NULL OR n.vehicle_kind = v.kind)
    AND (n.carrier_id IS NULL OR EXISTS (SELECT FROM subscription s
      WHERE s.vehicle_id = v.id AND s.carrier_id = n.carrier_id))
    AND (n.layer_id IS NULL OR EXISTS (SELECT FROM configuration_layer l
      JOIN organisation_tree t ON t.ancestor_id = l.organisation_id
      WHERE l.id = n.layer_id AND t.organisation_id = v.organisation_id
        AND (l.vehicle_kind IS NULL OR l.vehicle_kind = v.kind)
        AND (l.unit_id IS NULL OR l.unit_id = u.id))))`;

const WHERE = `($3::text IS NULL OR n.state = $3)
  AND ($4::integer IS NULL OR n.organisation_id = $4)
  AND ($5::integer IS NULL OR n.carrier_id = $5) AND ($6::text IS NULL OR n.vehicle_kind = $6)
  AND ($7::text IS NULL OR lower(n.device_model) = lower($7))
  AND ($8::integer IS NULL OR n.layer_id = $8) AND ($9::text IS NULL OR n.field = $9)
  AND ($10::text[] IS NULL OR n.cell = ANY (ARRAY(
    SELECT ('x' || lpad(hex, 16, '0'))::bit(64)::bigint FROM unnest($10::text[]) AS hex)))
  AND ($11::integer IS NULL OR ${FITS})
  AND ($12::integer IS NULL OR EXISTS (SELECT FROM experience_promotion p
    WHERE p.note_id = n.id AND p.requirement_id = $12))
  AND ($13::integer IS NULL OR EXISTS (SELECT FROM experience_promotion p
    WHERE p.note_id = n.id AND p.layer_id = $13))
  AND (NOT $14 OR n.cell IS NOT NULL OR n.place_name IS NOT NULL)`;

export interface NoteCursor {
  readonly rank: number;
  readonly changedAt: string;
  readonly id: number;
}

/** The best first, and where nothing is searched for, or two are as good, the newest first. */
export async function notesOf(
  sql: Sql,
  actor: string,
  query: NoteQuery,
  after: NoteCursor | null,
): Promise<readonly NoteRow[]> {
  const question = await questionOf(sql, query.q);
  // Two statements, so that each has its index: of words, or of time.
  const isSearch = question !== null;
  const rank = isSearch ? RANK : '0';
  const asked = isSearch ? 'n.words @@ $2::tsquery' : '$2::text IS NULL';
  const order = `${isSearch ? 'rank DESC, ' : ''}n.changed_at DESC, n.id DESC`;
  return await sql.query<NoteRow>(
    `SELECT ${COLUMNS} FROM (SELECT n.id, ${rank} AS rank FROM experience_note n
       WHERE ${asked} AND ${WHERE} AND ($15::integer IS NULL
         OR (${rank}, n.changed_at, n.id) < ($15, $16::timestamptz, $17))
       ORDER BY ${order} LIMIT $18) AS found
     JOIN LATERAL (SELECT *, found.rank FROM experience_note WHERE id = found.id) AS n ON true
     ORDER BY n.rank DESC, n.changed_at DESC, n.id DESC`,
    [
      actor,
      question,
      query.state ?? null,
      query.organisationId ?? null,
      query.carrierId ?? null,
      query.vehicleKind ?? null,
      query.deviceModel ?? null,
      query.layerId ?? null,
      query.field ?? null,
      query.cell === undefined ? null : cellToChildren(query.cell, RESOLUTION),
      query.vehicleId ?? null,
      query.requirementId ?? null,
      query.changedLayerId ?? null,
      query.hasPlace === true,
      after?.rank ?? null,
      after?.changedAt ?? null,
      after?.id ?? null,
      query.limit + 1,
    ],
  );
}

/** Null: nothing that could be searched for. */
async function questionOf(sql: Sql, typed: string | undefined): Promise<string | null> {
  if (typed === undefined || typed === '') return null;
  const [row] = await sql.query<{ question: string | null }>(
    'SELECT experience_question($1)::text AS question',
    [typed],
  );
  return row?.question ?? null;
}

/** Throws "not found". */
export async function noteRow(sql: Sql, actor: string, id: number): Promise<NoteRow> {
  const [row] = await sql.query<NoteRow>(
    `SELECT ${COLUMNS} FROM (SELECT *, 0 AS rank FROM experience_note WHERE id = $2) AS n`,
    [actor, id],
  );
  if (row === undefined) throw problem('not-found');
  return row;
}

export function writtenOf(row: NoteRow): NoteWrite {
  const { latitude, longitude } = row;
  const point = latitude === null || longitude === null ? null : { latitude, longitude };
  const hasPlace = row.place_name !== null || point !== null;
  return {
    title: row.title,
    text: row.body,
    state: row.state,
    place: hasPlace ? { name: row.place_name, point } : null,
    deviceModel: row.device_model,
    carrierId: row.carrier_id,
    vehicleKind: row.vehicle_kind,
    layerId: row.layer_id,
    field: row.field,
  };
}

export function noteOf(row: NoteRow): Note {
  return {
    ...writtenOf(row),
    id: row.id,
    organisationId: row.organisation_id,
    organisation: row.organisation,
    author: row.author,
    createdAt: row.created_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
    cell: row.cell,
    comments: row.comments,
    useful: row.useful,
    usefulToMe: row.useful_to_me,
    promotions: row.promotions,
    version: row.version,
  };
}

/** In the order of WRITTEN_COLUMNS. */
export function writtenValues({ place, ...note }: NoteWrite): unknown[] {
  const point = place?.point ?? null;
  const cell = point === null ? null : latLngToCell(point.latitude, point.longitude, RESOLUTION);
  return [
    ...[note.title, note.text, note.state, place?.name ?? null],
    ...[point?.latitude ?? null, point?.longitude ?? null],
    cell === null ? null : BigInt(`0x${cell}`).toString(),
    ...[note.deviceModel, note.carrierId, note.vehicleKind, note.layerId, note.field],
  ];
}

export const WRITTEN_COLUMNS = [
  ...['title', 'body', 'state', 'place_name', 'latitude', 'longitude', 'cell', 'device_model'],
  ...['carrier_id', 'vehicle_kind', 'layer_id', 'field'],
];
