// Figures and samples to take away: CSV and Parquet, sent while they are made.
import { EXPORT_SAMPLES_QUERY, EXPORT_STATISTICS_QUERY, type Figures } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { type Answer, type Route, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { admit } from '../identity/verbs.ts';
import { CSV_START, type CsvValue, csvLine } from './csv.ts';
import { type Column, ParquetStream } from './parquet.ts';
import { figuresBy, selectionOf } from './questions.ts';
import { BELOW } from './sums.ts';

// One row a group and carrier; the service itself has an empty carrier.
const FIGURE_COLUMNS: readonly Column[] = [
  { name: 'group_kind', type: 'STRING' },
  { name: 'group_id', type: 'INT32' },
  { name: 'group_name', type: 'STRING' },
  { name: 'carrier', type: 'STRING' },
  { name: 'vehicles', type: 'INT32' },
  { name: 'up_s', type: 'DOUBLE' },
  { name: 'down_s', type: 'DOUBLE' },
  { name: 'off_s', type: 'DOUBLE' },
  { name: 'unknown_s', type: 'DOUBLE' },
  { name: 'availability', type: 'DOUBLE' },
  { name: 'rtt_ms', type: 'DOUBLE' },
  { name: 'loss_share', type: 'DOUBLE' },
  { name: 'bytes', type: 'INT64' },
  { name: 'bytes_duplicated', type: 'INT64' },
  { name: 'gaps_under_1s', type: 'INT32' },
  { name: 'gaps_under_10s', type: 'INT32' },
  { name: 'gaps_under_1min', type: 'INT32' },
  { name: 'gaps_under_10min', type: 'INT32' },
  { name: 'gaps_longer', type: 'INT32' },
];

function figureRows(figures: Figures): CsvValue[][] {
  const { group, vehicles, times, availability, gaps, bytes, bytesDuplicated } = figures;
  const whose = [group.kind, group.id, group.name];
  return [
    [
      ...[...whose, '', vehicles, times.up, times.down, times.off, times.unknown, availability],
      ...[null, null, bytes, bytesDuplicated],
      ...[gaps.under1s, gaps.under10s, gaps.under1min, gaps.under10min, gaps.longer],
    ],
    ...figures.carriers.map((one) => [
      ...[...whose, one.link, vehicles, one.times.up, one.times.down, one.times.off],
      ...[one.times.unknown, one.availability, one.rttMs, one.lossShare, one.bytes, null],
      ...[null, null, null, null, null],
    ]),
  ];
}

export const asFile = (name: string, type: string) => ({
  'content-type': type,
  'content-disposition': `attachment; filename="${name}"`,
});

const statisticsCsv = route({
  id: 'exports.statistics.csv',
  method: 'GET',
  path: '/exports/statistics.csv',
  summary: 'Figures by group as CSV',
  access: 'export.read',
  query: EXPORT_STATISTICS_QUERY,
  reply: null,
  async answer({ sql, query, nowMs }) {
    const rows = (await figuresBy(sql, selectionOf(query, nowMs), query.groupBy)).flatMap(
      figureRows,
    );
    return {
      headers: asFile('statistics.csv', 'text/csv; charset=utf-8'),
      raw: async (stream) => {
        await stream.write(CSV_START + csvLine(FIGURE_COLUMNS.map(({ name }) => name)));
        for (const row of rows) if (!(await stream.write(csvLine(row)))) return;
      },
    };
  },
});

const PARQUET = 'application/vnd.apache.parquet';

const statisticsParquet = route({
  id: 'exports.statistics.parquet',
  method: 'GET',
  path: '/exports/statistics.parquet',
  summary: 'Figures by group as Parquet',
  access: 'export.read',
  query: EXPORT_STATISTICS_QUERY,
  reply: null,
  async answer({ sql, query, nowMs }) {
    const rows = (await figuresBy(sql, selectionOf(query, nowMs), query.groupBy)).flatMap(
      figureRows,
    );
    return {
      headers: asFile('statistics.parquet', PARQUET),
      raw: async (stream) => {
        const file = new ParquetStream(stream, FIGURE_COLUMNS);
        if (await file.write(rows)) await file.end();
      },
    };
  },
});

// No places: where one vehicle was is a track, and asks for a reason.
const SAMPLE_COLUMNS: readonly Column[] = [
  { name: 'vehicle_id', type: 'INT32' },
  { name: 'unit_id', type: 'INT32' },
  { name: 'organisation_id', type: 'INT32' },
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'span_ms', type: 'INT32' },
  { name: 'service_up_ms', type: 'INT32' },
  { name: 'service_down_ms', type: 'INT32' },
  { name: 'gateway', type: 'STRING' },
  { name: 'link', type: 'STRING' },
  { name: 'up_ms', type: 'INT32' },
  { name: 'down_ms', type: 'INT32' },
  { name: 'rtt_us', type: 'INT32' },
  { name: 'packets_sent', type: 'INT64' },
  { name: 'packets_lost', type: 'INT64' },
  { name: 'bytes_sent', type: 'INT64' },
  { name: 'bytes_received', type: 'INT64' },
  { name: 'bytes_duplicated', type: 'INT64' },
  { name: 'technology', type: 'STRING' },
  { name: 'rsrp_dbm', type: 'DOUBLE' },
  { name: 'rsrq_db', type: 'DOUBLE' },
  { name: 'sinr_db', type: 'DOUBLE' },
];

// Some 15,000 rows with three carriers: 3 MB while they are written.
const SAMPLES_AT_ONCE = 5_000;

interface SamplesQuestion {
  readonly from: string;
  readonly to: string;
  readonly organisationId?: number | undefined;
  readonly simulated: boolean;
}

interface Place {
  readonly at: string;
  readonly unitId: number;
}

type SampleRow = Record<string, unknown> & { readonly at: Date; readonly unit_id: number };

/** The samples after `after`, in the order of their index, with a row for each carrier. */
async function someSamples(
  sql: Sql,
  question: SamplesQuestion,
  after: Place | null,
): Promise<readonly SampleRow[]> {
  return await sql.query<SampleRow>(
    `SELECT s.vehicle_id, s.unit_id, s.organisation_id, s.at, s.span_ms, s.up_ms AS service_up_ms,
      s.down_ms AS service_down_ms, s.gateway, p.link, p.up_ms, p.down_ms, p.rtt_us,
      p.packets_sent, p.packets_lost, p.bytes_sent, p.bytes_received, p.bytes_duplicated,
      p.technology, p.rsrp_dbm, p.rsrq_db, p.sinr_db
    FROM (SELECT * FROM sample WHERE simulated = $1 AND ${BELOW} AND at >= $3 AND at < $4
      AND ($5::timestamptz IS NULL OR (unit_id, at) > ($6::integer, $5))
      ORDER BY unit_id, at LIMIT ${SAMPLES_AT_ONCE}) AS s
    LEFT JOIN sample_path p ON p.unit_id = s.unit_id AND p.at = s.at AND p.at >= $3 AND p.at < $4
    ORDER BY s.unit_id, s.at, p.link`,
    [
      ...[question.simulated, question.organisationId ?? null, question.from, question.to],
      ...[after?.at ?? null, after?.unitId ?? null],
    ],
  );
}

const samplesParquet: Route = route({
  id: 'exports.samples.parquet',
  method: 'GET',
  path: '/exports/samples.parquet',
  summary: 'Raw samples of seven days at most, without places, as Parquet',
  access: 'export.read',
  query: EXPORT_SAMPLES_QUERY,
  reply: null,
  perMinute: 10,
  async answer(ask): Promise<Answer<never>> {
    const { sql, query, asker, services } = ask;
    const { from, to, organisationId = null } = query;
    await audit(sql, {
      ask,
      action: 'export.samples',
      organisationId,
      object: { kind: 'samples', id: null },
      after: { from, to },
    });
    const admission = admit(asker, 'export.read');
    if (admission.kind === 'refused') throw problem(admission.problem);
    return {
      headers: asFile('samples.parquet', PARQUET),
      raw: async (stream) => {
        const file = new ParquetStream(stream, SAMPLE_COLUMNS);
        let after: Place | null = null;
        for (;;) {
          const rows: readonly SampleRow[] = await services.db.transaction(admission.scope, (own) =>
            someSamples(own, query, after),
          );
          const last = rows.at(-1);
          if (last === undefined) break;
          const values = rows.map((row) => SAMPLE_COLUMNS.map(({ name }) => row[name]));
          if (!(await file.write(values))) return;
          after = { at: last.at.toISOString(), unitId: last.unit_id };
        }
        await file.end();
      },
    };
  },
});

export const exportRoutes: readonly Route[] = [statisticsCsv, statisticsParquet, samplesParquet];
