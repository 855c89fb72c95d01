// Names of all vehicles that the asker may see, by id: the live stream carries states only.
import type { Vehicle } from '@rmh/contract/api';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from './api.ts';

// The fleet is planned for 2,000; a page holds 500.
const VEHICLES_MAX = 5_000;
const EVERY_MS = 60_000;

export interface VehicleIndex {
  readonly byId: ReadonlyMap<number, Vehicle>;
  /** Links that some vehicle has, in the order of their names. */
  readonly links: readonly string[];
}

export function useVehicleIndex(): VehicleIndex {
  const { data } = useQuery({
    queryKey: ['/vehicles', 'index'],
    queryFn: async () => {
      const vehicles: Vehicle[] = [];
      for await (const vehicle of api.pages<Vehicle>('/vehicles', { limit: 500 })) {
        if (vehicles.push(vehicle) >= VEHICLES_MAX) break;
      }
      return vehicles;
    },
    staleTime: EVERY_MS,
    refetchInterval: EVERY_MS,
  });
  return useMemo(() => {
    const links = new Set(
      data?.flatMap(({ live }) => live?.carriers.map(({ link }) => link) ?? []),
    );
    return {
      byId: new Map(data?.map((vehicle) => [vehicle.id, vehicle])),
      links: [...links].toSorted((a, b) => a.localeCompare(b)),
    };
  }, [data]);
}
