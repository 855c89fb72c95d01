// Every address of the lab in one place. All of it lives in namespaces of the run alone.
//
//   lan_i ── unit_i ══ carriers ══ internet ──┬── gw1 ──┬── helsenett
//   10.101.i.0/24                 198.18.9.9  └── gw2 ──┘  172.30.9.9
//                                 198.18.1|2.0/24     172.30.1|2.0/24
import { formatIp, parsePrefix, present } from '@rmh/base';

export interface CarrierName {
  readonly name: string;
  readonly device: string;
}

export interface VehicleAddresses {
  /** From 1. */
  readonly index: number;
  readonly name: string;
  /** The systems of the car, all in one address. */
  readonly car: string;
  readonly lanPrefix: string;
  readonly lanBits: number;
  readonly lanRouter: string;
  /** The unit's own address inside the tunnel. */
  readonly inner: string;
}

export interface GatewayAddresses {
  readonly index: number;
  readonly name: string;
  /** Outside, towards the carriers. */
  readonly outer: string;
  readonly outerRouter: string;
  readonly port: number;
  /** Inside, towards Helsenettet. */
  readonly inner: string;
  readonly innerRouter: string;
  /** Its own address in the tunnel. */
  readonly tunnel: string;
}

/** A machine of the run that the platform knows: what its enrolment decided. */
export interface EnrolledVehicle {
  /** As the lab calls it; its files lie in a directory of this name. */
  readonly name: string;
  /** Of the tunnel, without prefix length. */
  readonly inner: string;
  /** The network in the car, /29. */
  readonly lanPrefix: string;
}

export const TUN_NAME = 'rmh0';
export const SITE_ADDRESS = '172.30.9.9';
export const HELSENETT_PREFIX = '172.30.0.0/16';
export const ALONE_ADDRESS = '198.18.9.9';
/** Inner and LAN addresses of all units, the platform's pool: what gateways announce lies in it. */
export const FLEET_PREFIX = '10.64.0.0/10';
/** Where the platform answers, in Helsenettet. */
export const PLATFORM_ADDRESS = '172.30.9.10';
export const PLATFORM_PORT = 8443;
export const VEHICLES_MAX = 9;

export function vehicleAddresses(index: number): VehicleAddresses {
  return {
    index,
    name: `vehicle${index}`,
    car: `10.101.${index}.10`,
    lanPrefix: `10.101.${index}.0/24`,
    lanBits: 24,
    lanRouter: `10.101.${index}.1`,
    inner: `10.100.${index}.1`,
  };
}

/** The same vehicle with the addresses that the platform gave it. */
export function enrolledAddresses(
  index: number,
  { name, inner, lanPrefix }: EnrolledVehicle,
): VehicleAddresses {
  const lan = present(parsePrefix(lanPrefix), 'the platform gives prefixes');
  const host = (number: number) => {
    const bytes = lan.address.bytes.slice();
    bytes[3] = (bytes[3] ?? 0) + number;
    return formatIp({ ...lan.address, bytes });
  };
  const lanBits = lan.length;
  return { index, name, car: host(2), lanPrefix, lanBits, lanRouter: host(1), inner };
}

export function gatewayAddresses(index: number): GatewayAddresses {
  return {
    index,
    name: `gateway${index}`,
    outer: `198.18.${index}.2`,
    outerRouter: `198.18.${index}.1`,
    port: 51820,
    inner: `172.30.${index}.2`,
    innerRouter: `172.30.${index}.1`,
    tunnel: `10.100.0.${index}`,
  };
}

/** What a gateway may carry for a unit, and announces while it does. */
export function unitPrefixes(vehicle: VehicleAddresses): string[] {
  return [`${vehicle.inner}/32`, vehicle.lanPrefix];
}
