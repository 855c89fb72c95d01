// Figures of missions to take away: one row an urgency and class.
import { TREND_QUERY } from '@rmh/contract/api';
import { type Route, route } from '../http/route.ts';
import { CSV_START, csvLine } from './csv.ts';
import { asFile } from './exports.ts';
import { missionsOf } from './missions.ts';

const COLUMNS = [
  ...['urgency', 'missions', 'vehicles', 'up_s', 'down_s', 'availability', 'gaps_under_1s'],
  ...['gaps_under_10s', 'gaps_under_1min', 'gaps_under_10min', 'gaps_longer', 'class', 'sent'],
  ...['lost', 'late', 'repaired'],
];

const missionsCsv = route({
  id: 'exports.missions.csv',
  method: 'GET',
  path: '/exports/missions.csv',
  summary: 'Figures of missions by urgency and class, as CSV',
  access: 'export.read',
  query: TREND_QUERY,
  reply: null,
  async answer({ sql, query, nowMs }) {
    const { urgencies } = await missionsOf(sql, query, nowMs);
    const rows = urgencies.flatMap((one) =>
      one.classes.map((of) => [
        ...[one.urgency, one.missions, one.vehicles, one.times.up, one.times.down],
        ...[one.availability, ...Object.values(one.gaps)],
        ...[of.class, of.sent, of.lost, of.late, of.repaired],
      ]),
    );
    return {
      headers: asFile('missions.csv', 'text/csv; charset=utf-8'),
      raw: async (stream) => {
        await stream.write(CSV_START + [COLUMNS, ...rows].map((row) => csvLine(row)).join(''));
      },
    };
  },
});

export const missionExportRoutes: readonly Route[] = [missionsCsv];
