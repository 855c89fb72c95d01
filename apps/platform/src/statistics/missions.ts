// Figures of missions, urgency by urgency: the same definitions as the service's, over the minutes
// that began in a mission. Read by weeks and days, as a period is made of them.
import {
  MISSION_STATISTICS,
  type MissionFigures,
  TREND_QUERY,
  URGENCIES,
  type Urgency,
} from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { type Route, route } from '../http/route.ts';
import { CLASS_FIGURES, CLASS_NAMES, share } from './figures.ts';
import { type Question, wholeDays } from './questions.ts';
import { GAP_SUMS, instant, rowsIn, type Selection } from './sums.ts';

const CLASS_SUMS = CLASS_NAMES.flatMap((name) => CLASS_FIGURES.map((of) => `${name}_${of}`));
const SUMS = ['missions', 'up_ms', 'down_ms', ...CLASS_SUMS, ...GAP_SUMS];

type SumRow = { readonly urgency: Urgency; readonly vehicles: number } & Readonly<
  Record<string, number>
>;

export async function missionFigures(sql: Sql, selection: Selection): Promise<MissionFigures[]> {
  const { period, simulated, organisationId } = selection;
  const of = (cast: string) => SUMS.map((name) => `sum(${name}${cast}) AS ${name}`).join(', ');
  const rowsOf = rowsIn(period, (stepS) => {
    return `SELECT * FROM ${stepS === 604_800 ? 'mission_week' : 'mission_day'} WHERE true`;
  });
  // First by vehicle: 120,000 rows of a year are added up by hashing, where counting different
  // vehicles would sort them (three times as long).
  const rows = await sql.query<SumRow>(
    `SELECT urgency, count(*)::integer AS vehicles, ${of('')} FROM (
      SELECT urgency, vehicle_id, ${of('::float8')}
      FROM (${rowsOf}) AS part GROUP BY urgency, vehicle_id
    ) AS one GROUP BY urgency`,
    [simulated, organisationId],
  );
  return URGENCIES.map((urgency) =>
    figuresOf(
      urgency,
      rows.find((row) => row.urgency === urgency),
    ),
  );
}

function figuresOf(urgency: Urgency, row: SumRow | undefined): MissionFigures {
  const of = (name: string) => row?.[name] ?? 0;
  const [upMs, downMs] = [of('up_ms'), of('down_ms')];
  return {
    urgency,
    missions: of('missions'),
    vehicles: of('vehicles'),
    times: { up: upMs / 1_000, down: downMs / 1_000 },
    availability: share(upMs, downMs),
    classes: CLASS_NAMES.map((name) => ({
      class: name,
      sent: of(`${name}_sent`),
      lost: of(`${name}_lost`),
      late: of(`${name}_late`),
      repaired: of(`${name}_repaired`),
    })),
    gaps: {
      under1s: of('gaps_under_1s'),
      under10s: of('gaps_under_10s'),
      under1min: of('gaps_under_1min'),
      under10min: of('gaps_under_10min'),
      longer: of('gaps_longer'),
    },
  };
}

export async function missionsOf(sql: Sql, question: Question, nowMs: number) {
  const selection = wholeDays(question, nowMs);
  return { period: selection.period, urgencies: await missionFigures(sql, selection) };
}

const missions = route({
  id: 'statistics.missions',
  method: 'GET',
  path: '/statistics/missions',
  summary: 'What vehicles had during missions of each urgency',
  access: 'statistics.read',
  query: TREND_QUERY,
  reply: MISSION_STATISTICS,
  async answer({ sql, query, nowMs }) {
    const { period, urgencies } = await missionsOf(sql, query, nowMs);
    return { body: { from: instant(period.fromMs), to: instant(period.toMs), urgencies } };
  },
});

export const missionRoutes: readonly Route[] = [missions];
