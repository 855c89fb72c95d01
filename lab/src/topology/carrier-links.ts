// The emulated carriers of all vehicles: their addresses, and the faults of a run as commands.
import type { CarrierCommand, CarrierLinkConfig } from '../carriers/config.ts';
import type { CarrierName } from './addresses.ts';
import type { Namespaces } from './namespaces.ts';

/** Four bits of a vehicle's private and public addresses tell its carriers apart. */
export const CARRIERS_MAX = 8;

export interface VehicleCarriers {
  readonly carriers: readonly CarrierName[];
  readonly sources: readonly CarrierLinkConfig['source'][];
}

/** Unique in the emulator: "1.telenor". */
export function linkName(vehicle: number, carrier: CarrierName): string {
  return `${vehicle}.${carrier.name}`;
}

export function carrierLinks(
  vehicles: readonly VehicleCarriers[],
  namespaces: Namespaces,
): CarrierLinkConfig[] {
  return vehicles.flatMap(({ carriers, sources }, v) =>
    carriers.map((carrier, c): CarrierLinkConfig => {
      const source = sources[c];
      const unit = namespaces.vehicles[v]?.unit;
      if (source === undefined || unit === undefined)
        throw new Error(`no source for ${carrier.name}`);
      const block = 1 + c * 8;
      return {
        name: linkName(v + 1, carrier),
        unitNetns: unit,
        internetNetns: namespaces.internet,
        interfaceName: carrier.device,
        interfaceAddress: `10.${64 + v}.${c}.2/30`,
        gatewayAddress: `10.${64 + v}.${c}.1`,
        internetInterfaceName: `c${v + 1}-${c + 1}`,
        publicAddresses: [0, 1, 2, 3].map((n) => `198.19.${v + 1}.${block + n}`),
        metric: 100 + c,
        source,
      };
    }),
  );
}

/** The commands of a fault's beginning (on) and of its end. */
export function carrierCommand(
  kind: 'blackhole' | 'linkdown' | 'unplug' | 'delay' | 'rebind' | 'readdress',
  link: string,
  on: boolean,
): CarrierCommand {
  switch (kind) {
    case 'delay':
      return { kind: 'stall', link, on };
    case 'rebind':
      return { kind, link, newAddress: true };
    case 'readdress':
      return { kind, link };
    default:
      return { kind, link, on };
  }
}
