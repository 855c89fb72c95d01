// Months of every carrier. Availability comes from the days of the asker's organisations; what
// outages cost is the asker's part of it (row-level security shows no other).
import type { Scorecard, ScorecardMonth } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { highest } from '../organisations/highest.ts';
import { share } from '../statistics/figures.ts';
import { BELOW, instant } from '../statistics/sums.ts';
import type { Month } from './record-routes.ts';

export interface Asked {
  readonly simulated: boolean;
  /** Null: all that the asker sees. */
  readonly organisationId: number | null;
}

type ByCarrier = ReadonlyMap<string, number | null>;

/** By the month's first day, and by the carrier's key. */
export async function availabilityBy(
  sql: Sql,
  months: readonly Month[],
  { simulated, organisationId }: Asked,
): Promise<ReadonlyMap<string, ByCarrier>> {
  const fromMs = Math.min(...months.map((month) => month.fromMs));
  const rows = await sql.query<{ month: string; link: string; up: number; down: number }>(
    `SELECT date_trunc('month', at AT TIME ZONE 'Europe/Oslo')::date AS month, link,
       sum(up_ms)::bigint AS up, sum(down_ms)::bigint AS down
     FROM availability_day WHERE organisation_id IN ${highest('$2')} AND simulated = $1
       AND at >= $3 AND link <> '' GROUP BY 1, 2`,
    [simulated, organisationId, instant(fromMs)],
  );
  return new Map(
    [...Map.groupBy(rows, ({ month }) => month)].map(([month, own]) => [
      month,
      new Map(own.map(({ link, up, down }) => [link, share(up, down)])),
    ]),
  );
}

// Cases that struck the organisation asked for, or belong there.
const OF_ASKED = `simulated = $1 AND ($2::integer IS NULL OR id IN (
    SELECT case_id FROM carrier_case_share WHERE ${BELOW}) OR ${BELOW})`;
const IN_MONTH = (time: string) => `${time} >= $3 AND ${time} < $4`;
const MEDIAN = (from: string, to: string) =>
  `(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ${to} - ${from}) * 1000)
     FILTER (WHERE ${IN_MONTH(from)} AND ${to} IS NOT NULL))::bigint`;

interface CarrierRow extends Omit<ScorecardMonth, 'month' | 'availability'> {
  readonly key: string;
}

export async function casesBy(
  sql: Sql,
  { first: month, fromMs, toMs }: Month,
  { simulated, organisationId }: Asked,
  availability: ByCarrier | undefined,
): Promise<ScorecardMonth[]> {
  const rows = await sql.query<CarrierRow>(
    `WITH own AS (SELECT * FROM carrier_case WHERE ${OF_ASKED}),
       counted AS (
         SELECT carrier_id,
           count(*) FILTER (WHERE kind = 'area' AND state <> 'withdrawn'
             AND ${IN_MONTH('from_at')}) AS areas,
           count(*) FILTER (WHERE kind = 'hole' AND state <> 'withdrawn'
             AND ${IN_MONTH('opened_at')}) AS holes,
           count(*) FILTER (WHERE ${IN_MONTH('opened_at')}) AS opened,
           count(*) FILTER (WHERE ${IN_MONTH('ended_at')}) AS closed,
           ${MEDIAN('sent_at', 'answered_at')} AS answer_ms,
           ${MEDIAN('sent_at', 'ended_at')} AS close_ms
         FROM own GROUP BY carrier_id),
       lost AS (
         SELECT own.carrier_id, sum(s.lost_ms)::bigint AS lost_ms
         FROM own JOIN carrier_case_share s ON s.case_id = own.id
         WHERE own.kind = 'area' AND own.state <> 'withdrawn' AND ${IN_MONTH('own.from_at')}
           AND ($2::integer IS NULL OR s.organisation_id IN (
             SELECT organisation_id FROM organisation_tree WHERE ancestor_id = $2))
         GROUP BY 1)
     SELECT k.id AS "carrierId", k.key, k.name AS carrier,
       coalesce(c.areas, 0)::integer AS areas, coalesce(l.lost_ms, 0)::bigint AS "lostMs",
       coalesce(c.holes, 0)::integer AS holes, coalesce(c.opened, 0)::integer AS "casesOpened",
       coalesce(c.closed, 0)::integer AS "casesClosed", c.answer_ms AS "answerMs",
       c.close_ms AS "closeMs"
     FROM carrier k LEFT JOIN counted c ON c.carrier_id = k.id
       LEFT JOIN lost l ON l.carrier_id = k.id ORDER BY k.key`,
    [simulated, organisationId, instant(fromMs), instant(toMs)],
  );
  return rows.map(({ key, ...row }) => ({
    ...row,
    month,
    availability: availability?.get(key) ?? null,
  }));
}

export async function openBy(
  sql: Sql,
  { simulated, organisationId }: Asked,
): Promise<Scorecard['open']> {
  const rows = await sql.query<Scorecard['open'][number]>(
    `SELECT carrier_id AS "carrierId", count(*)::integer AS cases FROM carrier_case
     WHERE ${OF_ASKED} AND ended_at IS NULL GROUP BY 1 ORDER BY 1`,
    [simulated, organisationId],
  );
  return [...rows];
}
