// One carrier lost by many vehicles in one area is one cause.
//
// 1. by fleet (real, simulated) and carrier: who has it, who lost it while another carrier holds
// 2. a cell is struck when in its neighbourhood (itself and its six neighbours) at least five
//    vehicles lost the carrier within 60 s, and they are 60 % of those there that have it
// 3. struck cells that touch are one area; those that touch an area that is known belong to it
// 4. an area lasts while three vehicles and a fifth of those there are without the carrier
import { gridDisk } from 'h3-js';
import { lostCarriers, vehicleKey } from './conditions.ts';
import type { Condition, Facts, VehicleFact } from './facts.ts';

export const AREA_VEHICLES_LEAST = 5;
export const AREA_SHARE_LEAST = 0.6;
export const AREA_WITHIN_MS = 60_000;
// Well below the ones above: an area at its edge does not come and go.
const AREA_STAYS_VEHICLES = 3;
const AREA_STAYS_SHARE = 0.2;

export interface Area {
  readonly key: string;
  readonly simulated: boolean;
  readonly carrier: string;
  /** H3 r6: struck neighbourhoods' cells with a loss in them. */
  readonly cells: ReadonlySet<string>;
  readonly sinceMs: number;
}

interface Loss {
  readonly vehicle: VehicleFact;
  readonly cell: string;
  readonly sinceMs: number;
}

/** One carrier in one fleet. */
export interface Market {
  readonly simulated: boolean;
  readonly carrier: string;
  /** By cell: vehicles that have the carrier, and those of them that lost it. */
  readonly having: Map<string, number>;
  readonly losses: Map<string, Loss[]>;
}

// Norway has some 10,000 cells of r6 with its waters. Ten neighbourhoods asked for again each
// second cost more than the rest of a step.
const NEIGHBOURS_MOST = 20_000;
const neighbours = new Map<string, readonly string[]>();

/** The cell and its six neighbours. */
function around(cell: string): readonly string[] {
  const known = neighbours.get(cell);
  if (known !== undefined) return known;
  if (neighbours.size >= NEIGHBOURS_MOST) neighbours.clear();
  const found = gridDisk(cell, 1);
  neighbours.set(cell, found);
  return found;
}

/** The areas that are known from now on: old ones as they were or grown, and new ones. */
export function findAreas(known: readonly Area[], markets: readonly Market[]): Area[] {
  return markets.reduce<Area[]>(
    (areas, market) => {
      for (const cell of market.losses.keys()) {
        const struck = strike(market, cell);
        if (struck !== null) areas = join(areas, struck);
      }
      return areas;
    },
    [...known],
  );
}

/** What each area means now; none for an area that has no more than stray losses. */
export function areaConditions(
  areas: readonly Area[],
  markets: readonly Market[],
  facts: Facts,
): Condition[] {
  const byName = new Map(markets.map((market) => [nameOf(market), market]));
  return areas.flatMap((area) => {
    const market = byName.get(nameOf(area));
    if (market === undefined) return [];
    const zone = zoneOf(area.cells);
    const losses = [...zone].flatMap((cell) => market.losses.get(cell) ?? []);
    const having = sum([...zone].map((cell) => market.having.get(cell) ?? 0));
    if (losses.length < AREA_STAYS_VEHICLES || losses.length < AREA_STAYS_SHARE * having) return [];
    return [conditionOf(area, losses, facts)];
  });
}

function conditionOf(area: Area, losses: readonly Loss[], facts: Facts): Condition {
  const organisationIds = [...new Set(losses.map(({ vehicle }) => vehicle.organisationId))];
  return {
    key: area.key,
    kind: 'carrier-area',
    organisationId: facts.commonOf(organisationIds),
    simulated: area.simulated,
    vehicleId: null,
    gatewayId: null,
    carrier: area.carrier,
    cells: [...area.cells].sort(),
    sinceMs: area.sinceMs,
    vehicleIds: losses.map(({ vehicle }) => vehicle.vehicleId),
    organisationIds,
    explains: losses.map(({ vehicle }) =>
      vehicleKey('carrier-down', vehicle.vehicleId, area.carrier),
    ),
  };
}

/** Step 1. */
export function marketsOf(facts: Facts): Market[] {
  const found = new Map<string, Market>();
  for (const vehicle of facts.vehicles) {
    const { cell, simulated, state } = vehicle;
    if (cell === null || (state !== 'up' && state !== 'reduced')) continue;
    const lost = lostCarriers(vehicle);
    for (const carrier of vehicle.carriers) {
      if (carrier.state === 'absent') continue;
      const name = nameOf({ simulated, carrier: carrier.link });
      let market = found.get(name);
      if (market === undefined) {
        market = { simulated, carrier: carrier.link, having: new Map(), losses: new Map() };
        found.set(name, market);
      }
      market.having.set(cell, (market.having.get(cell) ?? 0) + 1);
      if (!lost.includes(carrier)) continue;
      const loss = { vehicle, cell, sinceMs: Math.min(carrier.sinceMs, facts.nowMs) };
      const there = market.losses.get(cell);
      if (there === undefined) market.losses.set(cell, [loss]);
      else there.push(loss);
    }
  }
  return [...found.values()];
}

/** The area that the losses around `cell` make, or null. */
function strike(market: Market, cell: string): Area | null {
  const near = around(cell);
  const losses = near.flatMap((at) => market.losses.get(at) ?? []);
  if (losses.length < AREA_VEHICLES_LEAST) return null;
  const together = mostWithin(losses, AREA_WITHIN_MS);
  const having = sum(near.map((at) => market.having.get(at) ?? 0));
  if (together.length < AREA_VEHICLES_LEAST || together.length < AREA_SHARE_LEAST * having) {
    return null;
  }
  const { simulated, carrier } = market;
  const sinceMs = Math.min(...together.map((loss) => loss.sinceMs));
  const cells = new Set(together.map((loss) => loss.cell));
  const key = `carrier-area:${simulated ? 'simulated' : 'real'}:${carrier}:${cell}:${sinceMs}`;
  return { key, simulated, carrier, cells, sinceMs };
}

/** The largest group of losses that lie within `spanMs` of each other. */
function mostWithin(losses: readonly Loss[], spanMs: number): Loss[] {
  const sorted = [...losses].sort((a, b) => a.sinceMs - b.sinceMs);
  let best: Loss[] = [];
  let from = 0;
  for (let to = 0; to < sorted.length; to++) {
    while ((sorted[to]?.sinceMs ?? 0) - (sorted[from]?.sinceMs ?? 0) > spanMs) from++;
    if (to - from + 1 > best.length) best = sorted.slice(from, to + 1);
  }
  return best;
}

/** Joins `struck` with every area that it touches, under the name of the first of them. */
function join(areas: readonly Area[], struck: Area): Area[] {
  const zone = zoneOf(struck.cells);
  const touches = (area: Area) =>
    nameOf(area) === nameOf(struck) && !zone.isDisjointFrom(area.cells);
  const touched = areas.filter(touches);
  const [oldest] = touched;
  if (oldest === undefined) return [...areas, struck];
  const cells = touched.reduce((all, area) => all.union(area.cells), struck.cells as Set<string>);
  const joined = { ...oldest, cells };
  return areas.filter((area) => !touches(area)).concat(joined);
}

function zoneOf(cells: ReadonlySet<string>): Set<string> {
  return new Set([...cells].flatMap((cell) => around(cell)));
}

function nameOf({ simulated, carrier }: { simulated: boolean; carrier: string }): string {
  return `${simulated}:${carrier}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
