// To which group of a statistic a vehicle belongs. Pure.
import type { GROUPS } from '@rmh/contract/api';
import type { Group, VehicleSums } from './figures.ts';

export interface Branch {
  readonly id: number;
  readonly parentId: number | null;
  readonly kind: 'national' | 'rhf' | 'hf' | 'station';
  readonly name: string;
}

type Kind = (typeof GROUPS)[number];
const DEPTH = { national: 0, nation: 0, rhf: 1, hf: 2, station: 3, vehicle: 4 } as const;

/** `branches`: the organisations that the asker sees. Groups are sorted by name. */
export function grouped(
  vehicles: readonly VehicleSums[],
  kind: Kind,
  branches: readonly Branch[],
): { group: Group; vehicles: VehicleSums[] }[] {
  const byId = new Map(branches.map((branch) => [branch.id, branch]));
  const groups = new Map<number, { group: Group; vehicles: VehicleSums[] }>();
  // The whole that the asker may see has figures even where there is no vehicle.
  if (kind === 'nation') groups.set(0, { group: wholeOf(branches), vehicles: [] });
  for (const one of vehicles) {
    const group = kind === 'nation' ? wholeOf(branches) : groupOf(one, kind, byId);
    const key = kind === 'nation' ? 0 : (group.id ?? 0);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { group, vehicles: [one] });
    else known.vehicles.push(one);
  }
  const order = new Intl.Collator('nb', { numeric: true });
  return [...groups.values()].toSorted(
    (a, b) => order.compare(a.group.name, b.group.name) || (a.group.id ?? 0) - (b.group.id ?? 0),
  );
}

function wholeOf(branches: readonly Branch[]): Group {
  const ids = new Set(branches.map(({ id }) => id));
  const tops = branches.filter(({ parentId }) => parentId === null || !ids.has(parentId));
  const national = tops.find(({ kind }) => kind === 'national');
  const name = tops.map((top) => top.name).join(', ');
  return { kind: 'nation', id: national?.id ?? null, name: name.slice(0, 200) };
}

function groupOf(one: VehicleSums, kind: Kind, byId: ReadonlyMap<number, Branch>): Group {
  if (kind === 'vehicle') return { kind, id: one.vehicleId, name: one.callSign };
  // Upwards from its organisation; where the asker sees no further, the topmost that she sees. A
  // vehicle that hangs higher than the groups stands for itself: under its own organisation.
  let branch = byId.get(one.organisationId);
  while (branch !== undefined && DEPTH[branch.kind] > DEPTH[kind]) {
    const parent = branch.parentId === null ? undefined : byId.get(branch.parentId);
    if (parent === undefined) break;
    branch = parent;
  }
  return { kind, id: branch?.id ?? null, name: branch?.name ?? '' };
}
