// Layers as people read and write them. Writing a layer changes what units *shall* run; a rollout
// brings it to them.

import { RmhError } from '@rmh/contract';
import {
  LAYER,
  LAYER_CREATE,
  LAYER_QUERY,
  LAYER_WRITE,
  type Layer,
  type LayerCreate,
  type LayerWrite,
  pageOf,
} from '@rmh/contract/api';
import { parsePolicy } from '@rmh/contract/daemon';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { promoted } from '../experience/promotion.ts';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, route } from '../http/route.ts';
import { audit, authorOf } from '../identity/audit.ts';
import { mayOn } from '../identity/verbs.ts';
import { LAYER_COLUMNS, loadChains, type StoredLayer, storedLayer } from './chains.ts';
import { lockConflicts } from './resolve.ts';

export const NUMBER = z.coerce.number().int().positive();
export const LAYER_PARAMS = z.strictObject({ layerId: NUMBER });

export const listLayers = route({
  id: 'configuration.layers',
  method: 'GET',
  path: '/configuration/layers',
  summary: 'The layers that decide what the units in sight run',
  access: 'configuration.read',
  query: LAYER_QUERY,
  reply: pageOf(LAYER),
  async answer({ sql, query }) {
    const rows = await sql.query<Parameters<typeof storedLayer>[0]>(
      `SELECT ${LAYER_COLUMNS} FROM configuration_layer
       WHERE id > $1 AND ($2::integer IS NULL OR organisation_id = $2)
         AND ($3::text IS NULL OR kind = $3) AND ($4::integer IS NULL OR unit_id = $4)
       ORDER BY id LIMIT $5`,
      [
        idCursor(query.cursor),
        query.organisationId ?? null,
        query.kind ?? null,
        query.unitId ?? null,
        query.limit + 1,
      ],
    );
    return { body: page(rows.map(storedLayer), query.limit, layerOf, (layer) => layer.id) };
  },
});

export const getLayer = route({
  id: 'configuration.layer',
  method: 'GET',
  path: '/configuration/layers/:layerId',
  summary: 'One layer',
  access: 'configuration.read',
  params: LAYER_PARAMS,
  reply: LAYER,
  async answer({ sql, params }) {
    const layer = await layerRow(sql, params.layerId);
    return { body: layerOf(layer), version: layer.version };
  },
});

export const createLayer = route({
  id: 'configuration.create-layer',
  method: 'POST',
  path: '/configuration/layers',
  summary: 'An empty layer where there is none yet',
  access: 'configuration.write',
  body: LAYER_CREATE,
  reply: LAYER,
  async answer(ask) {
    const { sql, body } = ask;
    const name = await nameOf(sql, body);
    const { kind, organisationId, vehicleKind, unitId } = body;
    const [made] = await sql.query<{ id: number }>(
      `INSERT INTO configuration_layer (kind, organisation_id, vehicle_kind, unit_id, name)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id`,
      [kind, organisationId, vehicleKind, unitId, name],
    );
    if (made === undefined) throw problem('conflict', 'there is such a layer already');
    const layer = await layerRow(sql, made.id);
    await note(ask, 'configuration.create-layer', layer, { after: body });
    return { status: 201, body: layerOf(layer), version: layer.version };
  },
});

export const writeLayer = route({
  id: 'configuration.write-layer',
  method: 'PUT',
  path: '/configuration/layers/:layerId',
  summary: 'What a layer gives and locks; units get it by a rollout',
  access: 'configuration.write',
  params: LAYER_PARAMS,
  body: LAYER_WRITE,
  reply: LAYER,
  conditional: true,
  // A policy of 64 kB, and what JSON makes of its quotes and line ends.
  bodyBytesMax: 160_000,
  async answer(ask) {
    const { sql, params, body, ifMatch, nowMs } = ask;
    // Layers above are seen by those below, who may not write them.
    await layerRow(sql, params.layerId);
    const before = await layerRow(sql, params.layerId, 'FOR UPDATE', 'forbidden');
    if (before.version !== ifMatch) throw problem('changed-meanwhile');
    await checkWrite(ask, before, body);
    const version = before.version + 1;
    const given = JSON.stringify(body.values);
    await sql.query(
      `UPDATE configuration_layer SET given = $2, locked = $3, note = $4, version = $5
       WHERE id = $1`,
      [before.id, given, body.locked, body.note, version],
    );
    await sql.query(
      `INSERT INTO configuration_layer_version
         (layer_id, version, organisation_id, at, author, note, given, locked)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        before.id,
        version,
        before.organisationId,
        new Date(nowMs),
        authorOf(ask),
        body.note,
        given,
        body.locked,
      ],
    );
    await promoted(ask, body.noteId, before.organisationId, { layerId: before.id, version });
    await note(ask, 'configuration.write-layer', before, {
      before: { values: before.values, locked: before.locked },
      after: { values: body.values, locked: body.locked },
      ...(body.note === '' ? {} : { reason: body.note }),
    });
    return { body: layerOf(await layerRow(sql, before.id)), version };
  },
});

/** Throws where the write is not the asker's to make, or says what a layer above has locked. */
export async function checkWrite(ask: Ask, before: StoredLayer, body: LayerWrite): Promise<void> {
  const { sql, asker } = ask;
  const { values, locked } = body;
  const empty = locked.filter((field) => values[field] === undefined);
  if (empty.length > 0) {
    const fields = empty.map((field) => ({ field, reason: 'only what is given can be locked' }));
    throw problem('bad-request', undefined, fields);
  }
  checkPolicy(values.policyText);
  const changesLocks = [...locked].sort().join() !== [...before.locked].sort().join();
  if (before.kind === 'national' || changesLocks) {
    if (!(await mayOn(sql, asker, 'configuration.lock', before.organisationId))) {
      throw problem('forbidden', 'the baseline and locks are for the national operator');
    }
  }
  const conflicts = lockConflicts((await loadChains(sql)).above(before), values);
  if (conflicts.length > 0) {
    const fields = conflicts.map(({ field, by }) => ({ field, reason: `locked by ${by.name}` }));
    throw problem('conflict', 'a layer above has locked this', fields);
  }
}

/** A unit would refuse it and fall back; better that its writer hears of it now. */
function checkPolicy(text: string | null | undefined): void {
  if (text === undefined || text === null) return;
  try {
    parsePolicy(text, 'policyText');
  } catch (error) {
    if (!(error instanceof RmhError)) throw error;
    throw problem('bad-request', undefined, [{ field: 'policyText', reason: error.message }]);
  }
}

/** Also checks that a layer of this kind may lie there. */
async function nameOf(sql: Sql, body: LayerCreate): Promise<string> {
  const { kind, organisationId, vehicleKind, unitId } = body;
  if ((kind === 'kind') !== (vehicleKind !== null) || (kind === 'unit') !== (unitId !== null)) {
    throw problem('bad-request', 'vehicleKind is for the kind "kind", unitId for "unit"');
  }
  const [organisation] = await sql.query<{ kind: string; short_name: string }>(
    'SELECT kind, short_name FROM organisation WHERE id = $1',
    [organisationId],
  );
  if (organisation === undefined) throw problem('not-found', 'there is no such organisation');
  if (kind === 'kind') return `${vehicleKind} · ${organisation.short_name}`;
  if (kind !== 'unit') {
    if (organisation.kind === kind) return organisation.short_name;
    throw problem('bad-request', `this layer lies at an organisation of the kind ${kind}`);
  }
  const [unit] = await sql.query<{ call_sign: string | null; serial: string }>(
    `SELECT v.call_sign, u.serial FROM unit u LEFT JOIN vehicle v ON v.id = u.vehicle_id
     WHERE u.id = $1 AND u.organisation_id = $2`,
    [unitId, organisationId],
  );
  if (unit === undefined) throw problem('not-found', 'there is no such unit there');
  return unit.call_sign ?? unit.serial;
}

export async function layerRow(
  sql: Sql,
  layerId: number,
  lock: '' | 'FOR UPDATE' = '',
  otherwise: 'not-found' | 'forbidden' = 'not-found',
): Promise<StoredLayer> {
  const [row] = await sql.query<Parameters<typeof storedLayer>[0]>(
    `SELECT ${LAYER_COLUMNS} FROM configuration_layer WHERE id = $1 ${lock}`,
    [layerId],
  );
  if (row === undefined) throw problem(otherwise);
  return storedLayer(row);
}

function layerOf(layer: StoredLayer): Layer {
  return { ...layer, values: layer.values, locked: [...layer.locked] };
}

async function note(
  ask: Ask,
  action: string,
  layer: StoredLayer,
  more: { before?: unknown; after?: unknown; reason?: string },
): Promise<void> {
  const object = { kind: 'layer', id: layer.id };
  await audit(ask.sql, { ask, action, organisationId: layer.organisationId, object, ...more });
}
