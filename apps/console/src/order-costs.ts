// What an order that is being filled in would cost each trust: the platform's own arithmetic, in
// whole øre, before it is asked.
import type { CatalogueItem, CostShare, Organisation, Vehicle } from '@rmh/contract/api';

export interface OrderedVehicle {
  /** Null: one that is not registered yet. */
  readonly vehicleId: number | null;
  readonly callSign: string;
  readonly organisationId: number;
}

type Priced = Pick<CatalogueItem, 'onceOre' | 'monthlyOre'>;

/** The trust pays; a vehicle that belongs to none is paid for by its own organisation. */
export function costShares(
  tree: readonly Organisation[],
  vehicles: readonly OrderedVehicle[],
  items: readonly Priced[],
): CostShare[] {
  const byId = new Map(tree.map((one) => [one.id, one]));
  const payerOf = (id: number): number => {
    let at = byId.get(id);
    while (at !== undefined && at.kind !== 'hf') at = byId.get(at.parentId ?? 0);
    return at?.id ?? id;
  };
  const onceOre = items.reduce((sum, item) => sum + item.onceOre, 0);
  const monthlyOre = items.reduce((sum, item) => sum + item.monthlyOre, 0);
  return [...Map.groupBy(vehicles, (vehicle) => payerOf(vehicle.organisationId))]
    .map(([organisationId, own]) => ({
      organisationId,
      organisation: byId.get(organisationId)?.shortName ?? '–',
      vehicles: own.length,
      onceOre: own.length * onceOre,
      monthlyOre: own.length * monthlyOre,
    }))
    .toSorted((a, b) => a.organisationId - b.organisationId);
}

/** Vehicles for which a kit can be ordered: none in it, and none on its way. */
export function vehiclesWithoutKit(
  vehicles: readonly Vehicle[],
  installations: readonly { readonly vehicleId: number; readonly state: string }[],
): Vehicle[] {
  const ordered = new Set(
    installations.flatMap(({ vehicleId, state }) => (state === 'cancelled' ? [] : [vehicleId])),
  );
  return vehicles.filter(
    ({ id, unitId, stage }) => unitId === null && stage !== 'retired' && !ordered.has(id),
  );
}
