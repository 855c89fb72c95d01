// From the samples of vehicles in an area to when it lost the carrier and what that cost. Pure.
//
// 1. each vehicle: from when to when it was without the carrier while another carrier held, cell by
//    cell, and when it had it
// 2. the outage is the time in which three vehicles at least were without it at once
// 3. what each vehicle lost counts inside that time; one that lost less than ten seconds lost none
import type { EvidenceVehicle } from '@rmh/contract/api';

/** One sample of a vehicle that has the carrier. Times are Unix ms. */
export interface Measured {
  readonly atMs: number;
  readonly spanMs: number;
  /** H3 r6; null: no place is known. */
  readonly cell: string | null;
  readonly upMs: number;
  readonly downMs: number;
  readonly rsrpDbm: number | null;
  readonly serviceDownMs: number;
  /** Other carriers that were up in it. */
  readonly held: readonly string[];
}

export interface Loss {
  readonly fromMs: number;
  readonly toMs: number;
  readonly cell: string;
  readonly rsrpDbm: number | null;
  readonly held: ReadonlySet<string>;
  readonly served: boolean;
}

export interface Vehicle {
  readonly organisationId: number;
  readonly losses: readonly Loss[];
  /** Samples in the area in which it had the carrier. */
  readonly hadMs: readonly number[];
}

// An area's alarm stands while three lack the carrier; fewer would also be somebody's way.
export const TOGETHER_LEAST = 3;
export const LOST_LEAST_MS = 10_000;
const HEARD_BEFORE_MS = 60_000;

/** Step 1. `samples` in the order of time; `zone`: the cells that count. */
export function lossesOf(samples: readonly Measured[], zone: ReadonlySet<string>) {
  const losses: Loss[] = [];
  const hadMs: number[] = [];
  for (const [i, sample] of samples.entries()) {
    const { cell, atMs, downMs, upMs, held } = sample;
    if (cell === null || !zone.has(cell)) continue;
    if (upMs > 0) hadMs.push(atMs);
    if (downMs === 0 || held.length === 0) continue;
    const before = losses.at(-1);
    const goesOn = before?.toMs === atMs;
    // A sample says how long, not when. What began before it lies at its beginning; what begins in
    // it at its end.
    const fromMs = goesOn ? atMs : atMs + sample.spanMs - downMs;
    const loss: Loss = {
      fromMs,
      toMs: fromMs + downMs,
      cell,
      rsrpDbm: goesOn ? before.rsrpDbm : heardBefore(samples, i),
      held: new Set(held),
      served: sample.serviceDownMs === 0,
    };
    if (before !== undefined && goesOn && before.cell === cell) {
      losses[losses.length - 1] = joined(before, loss);
    } else losses.push(loss);
  }
  return { losses, hadMs };
}

function joined(before: Loss, after: Loss): Loss {
  return {
    ...before,
    toMs: after.toMs,
    held: before.held.union(after.held),
    served: before.served && after.served,
  };
}

/** Mean signal of the last minute before a sample, dBm. */
function heardBefore(samples: readonly Measured[], at: number): number | null {
  const sinceMs = (samples[at]?.atMs ?? 0) - HEARD_BEFORE_MS;
  const heard: number[] = [];
  for (let i = at - 1; i >= 0; i--) {
    const sample = samples[i];
    if (sample === undefined || sample.atMs < sinceMs) break;
    if (sample.rsrpDbm !== null) heard.push(sample.rsrpDbm);
  }
  if (heard.length === 0) return null;
  return Math.round((heard.reduce((sum, one) => sum + one, 0) / heard.length) * 10) / 10;
}

/** Step 2. Null: never three at once. */
export function outageOf(vehicles: readonly Vehicle[]): { fromMs: number; toMs: number } | null {
  const turns = vehicles
    .flatMap(({ losses }) =>
      losses.flatMap(({ fromMs, toMs }) => [
        { ms: fromMs, step: 1 },
        { ms: toMs, step: -1 },
      ]),
    )
    // One that goes on in the next cell ends and begins at once: first the beginning.
    .toSorted((a, b) => a.ms - b.ms || b.step - a.step);
  let count = 0;
  let fromMs: number | null = null;
  let toMs: number | null = null;
  for (const { ms, step } of turns) {
    if (step === -1 && count === TOGETHER_LEAST) toMs = ms;
    count += step;
    if (count === TOGETHER_LEAST) fromMs ??= ms;
  }
  return fromMs === null || toMs === null ? null : { fromMs, toMs };
}

export interface Tally {
  readonly fromMs: number;
  readonly toMs: number;
  readonly lostMs: number;
  readonly vehicles: readonly EvidenceVehicle[];
  readonly cells: readonly { cell: string; vehicles: number; lostMs: number }[];
  readonly held: readonly { carrier: string; vehicles: number }[];
  readonly vehiclesFine: number;
  readonly shares: readonly { organisationId: number; vehicles: number; lostMs: number }[];
}

/** Step 3. Null: nothing that could be shown. `lasts`: those still without it have no end. */
export function tally(all: readonly Vehicle[], lasts: boolean): Tally | null {
  const outage = outageOf(all);
  if (outage === null) return null;
  const inside = all.map((vehicle) => ({ vehicle, losses: clipped(vehicle.losses, outage) }));
  const struck = inside
    .filter(({ losses }) => total(losses) >= LOST_LEAST_MS)
    .toSorted((a, b) => firstMs(a.losses) - firstMs(b.losses));
  const fine = inside.filter(
    ({ vehicle, losses }) =>
      total(losses) < LOST_LEAST_MS &&
      vehicle.hadMs.some((ms) => ms >= outage.fromMs && ms < outage.toMs),
  );
  const every = struck.flatMap(({ losses }, number) => losses.map((loss) => ({ loss, number })));
  return {
    ...outage,
    lostMs: total(every.map(({ loss }) => loss)),
    vehicles: struck.map(({ losses }, i) => vehicleOf(losses, i + 1, lasts ? outage.toMs : null)),
    cells: sums(every, ({ loss }) => loss.cell).map(([cell, one]) => ({ cell, ...one })),
    held: heldBy(struck.map(({ losses }) => losses)),
    vehiclesFine: fine.length,
    shares: sharesOf(struck),
  };
}

function clipped(losses: readonly Loss[], { fromMs, toMs }: { fromMs: number; toMs: number }) {
  return losses
    .map((loss) => ({
      ...loss,
      fromMs: Math.max(loss.fromMs, fromMs),
      toMs: Math.min(loss.toMs, toMs),
    }))
    .filter((loss) => loss.fromMs < loss.toMs);
}

/** `openMs`: an end here is none. */
function vehicleOf(
  losses: readonly Loss[],
  number: number,
  openMs: number | null,
): EvidenceVehicle {
  const [first] = losses as [Loss];
  const toMs = Math.max(...losses.map((loss) => loss.toMs));
  return {
    number,
    from: new Date(first.fromMs).toISOString(),
    to: toMs === openMs ? null : new Date(toMs).toISOString(),
    cell: first.cell,
    lostMs: total(losses),
    rsrpDbm: first.rsrpDbm,
    held: [...losses.reduce((all, { held }) => all.union(held), new Set<string>())].toSorted(),
    servedThroughout: losses.every(({ served }) => served),
  };
}

const firstMs = (losses: readonly Loss[]): number => losses[0]?.fromMs ?? Infinity;
const total = (losses: readonly Loss[]): number =>
  losses.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);

function sums(
  every: readonly { loss: Loss; number: number }[],
  keyOf: (one: { loss: Loss; number: number }) => string,
): [string, { vehicles: number; lostMs: number }][] {
  return [...Map.groupBy(every, keyOf)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, own]) => [
      key,
      {
        vehicles: new Set(own.map(({ number }) => number)).size,
        lostMs: total(own.map(({ loss }) => loss)),
      },
    ]);
}

function heldBy(struck: readonly (readonly Loss[])[]): { carrier: string; vehicles: number }[] {
  const counts = new Map<string, number>();
  for (const losses of struck) {
    const held = losses.reduce((all, loss) => all.union(loss.held), new Set<string>());
    for (const carrier of held) counts.set(carrier, (counts.get(carrier) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([carrier, vehicles]) => ({ carrier, vehicles }));
}

function sharesOf(struck: readonly { vehicle: Vehicle; losses: readonly Loss[] }[]) {
  return [...Map.groupBy(struck, ({ vehicle }) => vehicle.organisationId)].map(
    ([organisationId, own]) => ({
      organisationId,
      vehicles: own.length,
      lostMs: total(own.flatMap(({ losses }) => losses)),
    }),
  );
}
