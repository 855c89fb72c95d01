// Every address of the lab in one place. All of it lives in namespaces of the run alone.
//
//   lan_i ── unit_i ══ carriers ══ internet ──┬── gw1 ──┬── helsenett
//   10.101.i.0/24                 198.18.9.9  └── gw2 ──┘  172.30.9.9
//                                 198.18.1|2.0/24     172.30.1|2.0/24
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

export const TUN_NAME = 'rmh0';
export const SITE_ADDRESS = '172.30.9.9';
export const HELSENETT_PREFIX = '172.30.0.0/16';
export const ALONE_ADDRESS = '198.18.9.9';
/** Inner and LAN addresses of all units: what gateways announce lies in it. */
export const FLEET_PREFIX = '10.100.0.0/15';
export const VEHICLES_MAX = 9;

export function vehicleAddresses(index: number): VehicleAddresses {
  return {
    index,
    name: `vehicle${index}`,
    car: `10.101.${index}.10`,
    lanPrefix: `10.101.${index}.0/24`,
    lanRouter: `10.101.${index}.1`,
    inner: `10.100.${index}.1`,
  };
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
