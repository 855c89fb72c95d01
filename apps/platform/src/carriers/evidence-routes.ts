// Evidence as it was frozen: versions, the thing itself, and packs to take away. The signed one is
// JSON; tables are made of it, and name its SHA-256.
import {
  DOCUMENT_LANGUAGES,
  EVIDENCE,
  EVIDENCE_VERSION,
  type Evidence,
  type EvidenceVersion,
  PAGE_QUERY,
  pageOf,
} from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { renderPdf } from '../document/index.ts';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Answer, type Route, route } from '../http/route.ts';
import { CSV_START, csvLine } from '../statistics/csv.ts';
import { ParquetStream } from '../statistics/parquet.ts';
import { CASE_PARAMS } from './cases.ts';
import { evidenceDocument } from './evidence-document.ts';
import { evidenceTable } from './evidence-table.ts';
import { packText, type Signed } from './pack.ts';
import { caseById } from './rows.ts';

const VERSION_PARAMS = CASE_PARAMS.extend({ version: z.coerce.number().int().positive() });

interface EvidenceRow extends Signed {
  readonly version: number;
  readonly frozen_at: Date;
  readonly vehicles: number;
  readonly lost_ms: number;
}

const COLUMNS = `version, frozen_at, sha256, signature, key_id AS "keyId", vehicles, lost_ms`;

const versions = route({
  id: 'evidence.versions',
  method: 'GET',
  path: '/carrier-cases/:caseId/evidence',
  summary: 'The frozen versions of the evidence, the oldest first',
  access: 'case.read',
  params: CASE_PARAMS,
  query: PAGE_QUERY,
  reply: pageOf(EVIDENCE_VERSION),
  async answer({ sql, params, query }) {
    await caseById(sql, params.caseId);
    const rows = await sql.query<EvidenceRow>(
      `SELECT ${COLUMNS} FROM carrier_evidence WHERE case_id = $1 AND version > $2
       ORDER BY version LIMIT $3`,
      [params.caseId, idCursor(query.cursor), query.limit + 1],
    );
    return { body: page(rows, query.limit, versionOf, ({ version }) => version) };
  },
});

const versionOf = (row: EvidenceRow): EvidenceVersion => ({
  version: row.version,
  frozenAt: row.frozen_at.toISOString(),
  sha256: row.sha256,
  keyId: row.keyId,
  vehicles: row.vehicles,
  lostMs: row.lost_ms,
});

const read = route({
  id: 'evidence.read',
  method: 'GET',
  path: '/carrier-cases/:caseId/evidence/:version',
  summary: 'One version of the evidence: vehicles as numbers, places as cells',
  access: 'case.read',
  params: VERSION_PARAMS,
  reply: EVIDENCE,
  async answer({ sql, params }) {
    const { content } = await frozen(sql, params.caseId, params.version);
    return { body: JSON.parse(content) as Evidence };
  },
});

/** Throws not-found. */
export async function frozen(sql: Sql, caseId: number, version: number): Promise<EvidenceRow> {
  await caseById(sql, caseId);
  const [row] = await sql.query<EvidenceRow>(
    `SELECT ${COLUMNS}, content FROM carrier_evidence WHERE case_id = $1 AND version = $2`,
    [caseId, version],
  );
  if (row === undefined) throw problem('not-found');
  return row;
}

type Made = (signed: EvidenceRow, evidence: Evidence) => NonNullable<Answer['raw']>;

/** 'case-12-v2-1a2b3c4d.csv': the hash in the name finds the signed pack that it was made of. */
function packRoute(ending: string, type: string, summary: string, made: Made): Route {
  return route({
    id: `evidence.${ending}`,
    method: 'GET',
    path: `/carrier-cases/:caseId/evidence/:version/pack.${ending}`,
    summary,
    access: 'case.read',
    params: VERSION_PARAMS,
    reply: null,
    perMinute: 60,
    async answer({ sql, params }): Promise<Answer<never>> {
      const { caseId, version } = params;
      const row = await frozen(sql, caseId, version);
      return {
        headers: asFile(caseId, row, ending, type),
        raw: made(row, JSON.parse(row.content) as Evidence),
      };
    },
  });
}

function asFile(caseId: number, { version, sha256 }: EvidenceRow, ending: string, type: string) {
  const name = `case-${caseId}-v${version}-${sha256.slice(0, 8)}.${ending}`;
  return { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` };
}

const json = packRoute(
  'json',
  'application/json; charset=utf-8',
  'The signed pack: evidence, SHA-256, signature; `rmh platform evidence` checks it',
  (row) => async (stream) => {
    await stream.write(packText(row));
  },
);

const csv = packRoute(
  'csv',
  'text/csv; charset=utf-8',
  'Its rows as CSV',
  (_, evidence) => async (stream) => {
    const { columns, rows } = evidenceTable(evidence);
    await stream.write(CSV_START + csvLine(columns.map(({ name }) => name)));
    for (const row of rows) if (!(await stream.write(csvLine(row)))) return;
  },
);

const parquet = packRoute(
  'parquet',
  'application/vnd.apache.parquet',
  'Its rows as Parquet',
  (_, evidence) => async (stream) => {
    const { columns, rows } = evidenceTable(evidence);
    const file = new ParquetStream(stream, columns);
    if (await file.write(rows)) await file.end();
  },
);

const pdf = route({
  id: 'evidence.pdf',
  method: 'GET',
  path: '/carrier-cases/:caseId/evidence/:version/pack.pdf',
  summary: 'To read and print; names the SHA-256 of the signed pack',
  access: 'case.read',
  params: VERSION_PARAMS,
  query: z.strictObject({ language: z.enum(DOCUMENT_LANGUAGES).default('nb') }),
  reply: null,
  perMinute: 60,
  async answer({ sql, params, query }): Promise<Answer<never>> {
    const row = await frozen(sql, params.caseId, params.version);
    const evidence = JSON.parse(row.content) as Evidence;
    return {
      headers: asFile(params.caseId, row, 'pdf', 'application/pdf'),
      raw: async (stream) => {
        await stream.write(await renderPdf(evidenceDocument(evidence, row.sha256, query.language)));
      },
    };
  },
});

export const evidenceRoutes: readonly Route[] = [versions, read, json, csv, parquet, pdf];
