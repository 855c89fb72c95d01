// Evidence as rows, for CSV and Parquet: one a vehicle of an area, one a day and cell of a hole.
import type { Evidence } from '@rmh/contract/api';
import type { CsvValue } from '../statistics/csv.ts';
import type { Column } from '../statistics/parquet.ts';

interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly CsvValue[][];
}

const CASE: readonly Column[] = [
  { name: 'case', type: 'INT32' },
  { name: 'version', type: 'INT32' },
  { name: 'carrier', type: 'STRING' },
  { name: 'simulated', type: 'BOOLEAN' },
];

const AREA: readonly Column[] = [
  ...CASE,
  { name: 'vehicle', type: 'INT32' },
  { name: 'from', type: 'TIMESTAMP' },
  { name: 'to', type: 'TIMESTAMP' },
  { name: 'cell', type: 'STRING' },
  { name: 'lost_s', type: 'DOUBLE' },
  { name: 'rsrp_dbm', type: 'DOUBLE' },
  { name: 'held', type: 'STRING' },
  { name: 'served_throughout', type: 'BOOLEAN' },
];

const HOLE: readonly Column[] = [
  ...CASE,
  { name: 'day', type: 'STRING' },
  { name: 'cell', type: 'STRING' },
  { name: 'vehicles', type: 'INT32' },
  { name: 'lost_s', type: 'DOUBLE' },
];

export function evidenceTable(evidence: Evidence): Table {
  const { caseId, version, carrier, simulated } = evidence;
  const whose = [caseId, version, carrier.key, simulated];
  if (evidence.kind === 'hole') {
    const rows = evidence.days.map(({ day, cell, vehicles, lostMs }) => [
      ...[...whose, day, cell, vehicles, lostMs / 1_000],
    ]);
    return { columns: HOLE, rows };
  }
  const rows = evidence.vehicles.map((one) => [
    ...[...whose, one.number, new Date(one.from), one.to === null ? null : new Date(one.to)],
    ...[one.cell, one.lostMs / 1_000, one.rsrpDbm, one.held.join(' '), one.servedThroughout],
  ]);
  return { columns: AREA, rows };
}
