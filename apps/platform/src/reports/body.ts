// A month of a region or of the nation, read from what is kept: the same rows give the same body,
// letter by letter, whenever it is made. Nothing in it hangs on the hour of its making.
import { present } from '@rmh/base';
import { REPORT_DEFINITIONS, REPORT_VEHICLES_LEAST, type ReportBody } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { figuresOf, type VehicleSums } from '../statistics/figures.ts';
import { type Branch, grouped } from '../statistics/groups.ts';
import { missionFigures } from '../statistics/missions.ts';
import { dayStart, periodOf } from '../statistics/period.ts';
import { instant, type Selection, sumsOf } from '../statistics/sums.ts';
import { areasOf } from './areas.ts';
import { casesOf } from './cases.ts';
import { requirementsOf } from './compliance.ts';
import { programmeOfMonth } from './programme.ts';

export interface Wanted {
  readonly organisationId: number;
  /** Its first day: 'YYYY-MM-01'. */
  readonly month: string;
  readonly simulated: boolean;
}

export interface Month {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A month of Norway. */
export function monthSpan(month: string): Month {
  const [year = 0, number = 0] = month.split('-').map(Number);
  const noon = (at: number) => Date.UTC(year, at, 1, 12);
  return { fromMs: dayStart(noon(number - 1)), toMs: dayStart(noon(number)) };
}

/** `sql`: as the platform itself, each statement for itself, so that others get their turn. */
export async function bodyOf(sql: Sql, wanted: Wanted, nowMs: number): Promise<ReportBody> {
  const { organisationId, month, simulated } = wanted;
  const { fromMs, toMs } = monthSpan(month);
  const branches = await sql.query<Branch>(
    'SELECT id, parent_id AS "parentId", kind, name FROM organisation',
  );
  const { id, kind, name } = present(
    branches.find((branch) => branch.id === organisationId),
    'who asked for it has seen it',
  );
  if (kind !== 'national' && kind !== 'rhf') throw new Error('reports are of regions');
  const period = periodOf(fromMs, toMs, nowMs);
  const selection: Selection = { period, simulated, organisationId, nowMs };
  const vehicles = inOrder(await sumsOf(sql, selection));
  const { group: _, ...whole } = figuresOf({ kind: 'nation', id, name }, vehicles);
  return {
    definitions: REPORT_DEFINITIONS,
    organisation: { id, kind, name },
    month,
    simulated,
    from: instant(fromMs),
    to: instant(toMs),
    whole,
    groups: groupsOf(vehicles, kind, branches),
    missions: await missionFigures(sql, selection),
    requirements: await requirementsOf(sql, selection),
    areas: await areasOf(sql, selection),
    cases: await casesOf(sql, selection),
    programme: await programmeOfMonth(sql, wanted, toMs),
  };
}

/** Sums of round trips are rounded, so they depend on the order in which they are added. */
function inOrder(vehicles: readonly VehicleSums[]): VehicleSums[] {
  return vehicles
    .map((one) => ({
      ...one,
      carriers: one.carriers.toSorted((a, b) => (a.link < b.link ? -1 : 1)),
    }))
    .toSorted((a, b) => a.vehicleId - b.vehicleId || a.organisationId - b.organisationId);
}

function groupsOf(
  vehicles: readonly VehicleSums[],
  kind: 'national' | 'rhf',
  branches: readonly Branch[],
): ReportBody['groups'] {
  return grouped(vehicles, kind === 'national' ? 'rhf' : 'hf', branches).map((one) => {
    const all = figuresOf(one.group, one.vehicles);
    const { availability, bestAlone, times, gaps } = all;
    const isShown = all.vehicles >= REPORT_VEHICLES_LEAST;
    return {
      name: one.group.name,
      vehicles: all.vehicles,
      figures: isShown ? { availability, bestAlone, times, gaps } : null,
    };
  });
}
