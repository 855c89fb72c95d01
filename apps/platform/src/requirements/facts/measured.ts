// What vehicles measured in the last 30 days: the same sums that the statistics are made of.
import type { FactFigures } from '@rmh/contract/api';
import type { Sql } from '../../db/database.ts';
import type { VehicleSums } from '../../statistics/figures.ts';
import { periodOf } from '../../statistics/period.ts';
import { instant, sumsOf } from '../../statistics/sums.ts';
import { type FiguresById, partOf, SPAN_MS } from './sources.ts';

export async function measured(sql: Sql, nowMs: number): Promise<FiguresById> {
  const period = periodOf(nowMs - SPAN_MS, nowMs, nowMs);
  const outages = await outagesOf(sql, period.fromMs, nowMs);
  const figures = new Map<number, FactFigures>(
    [...outages].map(([vehicleId, row]) => [vehicleId, { switchoverMs: row.switchover_ms }]),
  );
  for (const simulated of [false, true]) {
    const sums = await sumsOf(sql, { period, simulated, organisationId: null, nowMs });
    // A vehicle that went to another organisation has sums in both.
    for (const [vehicleId, own] of Map.groupBy(sums, (one) => one.vehicleId)) {
      const gapMinutes = outages.get(vehicleId)?.gap_min ?? 0;
      figures.set(vehicleId, { ...figures.get(vehicleId), ...figuresOf(own, gapMinutes) });
    }
  }
  return figures;
}

interface OutageRow {
  readonly vehicle_id: number;
  readonly switchover_ms: number | null;
  readonly gap_min: number | null;
}

async function outagesOf(
  sql: Sql,
  fromMs: number,
  nowMs: number,
): Promise<ReadonlyMap<number, OutageRow>> {
  // A car that lost its power is no fault of the service.
  const rows = await sql.query<OutageRow>(
    `SELECT vehicle_id, (max(moved_after_ms) FILTER (WHERE link IS NOT NULL))::float8
         AS switchover_ms,
       (max(extract(epoch FROM coalesce(to_at, $2::timestamptz) - from_at))
         FILTER (WHERE link IS NULL AND cause <> 'power') / 60)::float8 AS gap_min
     FROM outage WHERE from_at >= $1 AND from_at < $2 GROUP BY vehicle_id`,
    [instant(fromMs), instant(nowMs)],
  );
  return new Map(rows.map((row) => [row.vehicle_id, row]));
}

function figuresOf(sums: readonly VehicleSums[], gapMinutes: number): FactFigures {
  const total = (of: (one: VehicleSums) => number) => sums.reduce((sum, one) => sum + of(one), 0);
  const [up, down, off] = [
    total(({ upMs }) => upMs),
    total(({ downMs }) => downMs),
    total(({ offMs }) => offMs),
  ];
  const critical = (at: number) => total(({ classes }) => classes[0]?.[at] ?? 0);
  const [sent, lost, late] = [critical(0), critical(1), critical(2)];
  const reported = partOf(
    up + down + off,
    total(({ watchedMs }) => watchedMs),
  );
  const links = sums.flatMap(({ carriers }) => carriers).filter(({ upMs }) => upMs > 0);
  const isMeasured = up + down > 0;
  return {
    availability: partOf(up, up + down),
    criticalLoss: partOf(lost, sent),
    criticalLate: partOf(late, sent),
    carriersUsed: isMeasured ? new Set(links.map(({ link }) => link)).size : null,
    // A sample belongs to the minute in which it begins, so one may reach over the end.
    reportedShare: reported === null ? null : Math.min(1, reported),
    longestGapMinutes: isMeasured ? gapMinutes : null,
  };
}
