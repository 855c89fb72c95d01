// What layers said before, and what changed since.
import {
  LAYER_DIFF,
  LAYER_DIFF_QUERY,
  LAYER_VERSION,
  type LayerValues,
  PAGE_QUERY,
  pageOf,
} from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { LAYER_PARAMS, layerRow } from './layers.ts';
import { diffOf, EMPTY, type LayerContent } from './resolve.ts';

const NEWEST = 2_147_483_647;

export const listVersions = route({
  id: 'configuration.layer-versions',
  method: 'GET',
  path: '/configuration/layers/:layerId/versions',
  summary: 'What a layer said before, the newest first',
  access: 'configuration.read',
  params: LAYER_PARAMS,
  query: PAGE_QUERY,
  reply: pageOf(LAYER_VERSION),
  async answer({ sql, params, query }) {
    await layerRow(sql, params.layerId);
    const rows = await sql.query<VersionRow>(
      `SELECT version, at, author, note, given, locked FROM configuration_layer_version
       WHERE layer_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3`,
      [params.layerId, idCursor(query.cursor, NEWEST), query.limit + 1],
    );
    return { body: page(rows, query.limit, versionOf, (row) => row.version) };
  },
});

export const diffLayer = route({
  id: 'configuration.layer-diff',
  method: 'GET',
  path: '/configuration/layers/:layerId/diff',
  summary: 'What differs between any two versions of a layer',
  access: 'configuration.read',
  params: LAYER_PARAMS,
  query: LAYER_DIFF_QUERY,
  reply: LAYER_DIFF,
  async answer({ sql, params, query }) {
    await layerRow(sql, params.layerId);
    const from = await contentOf(sql, params.layerId, query.from);
    const to = await contentOf(sql, params.layerId, query.to);
    return { body: { fields: diffOf(from, to) } };
  },
});

interface VersionRow {
  readonly version: number;
  readonly at: Date;
  readonly author: string;
  readonly note: string;
  readonly given: LayerValues;
  readonly locked: string[];
}

function versionOf(row: VersionRow) {
  const { version, author, note, given, locked } = row;
  return { version, at: row.at.toISOString(), author, note, values: given, locked };
}

async function contentOf(sql: Sql, layerId: number, version: number): Promise<LayerContent> {
  if (version === 0) return EMPTY;
  const [row] = await sql.query<{ given: LayerValues; locked: string[] }>(
    'SELECT given, locked FROM configuration_layer_version WHERE layer_id = $1 AND version = $2',
    [layerId, version],
  );
  if (row === undefined) throw problem('not-found', `there is no version ${version}`);
  return { values: row.given, locked: row.locked };
}
