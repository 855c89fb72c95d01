// The namespaces of a run and the wires between them. Made by netlink from the engine; each
// vanishes with the last descriptor and process in it, so nothing is ever removed here.
import { createNetns, inNetns, Rtnl, sysctl } from '@rmh/netio';
import {
  ALONE_ADDRESS,
  type GatewayAddresses,
  HELSENETT_PREFIX,
  PLATFORM_ADDRESS,
  SITE_ADDRESS,
  type VehicleAddresses,
} from './addresses.ts';

export interface VehicleNamespaces {
  readonly lan: number;
  readonly unit: number;
}

/** Descriptors. */
export interface Namespaces {
  readonly internet: number;
  readonly helsenett: number;
  readonly gateways: number[];
  readonly vehicles: VehicleNamespaces[];
}

export function createNamespaces(
  vehicles: readonly VehicleAddresses[],
  gateways: readonly GatewayAddresses[],
): Namespaces {
  const internet = createNode(true);
  const helsenett = createNode(true);
  inRtnl(internet, (rtnl) => rtnl.addAddress('lo', `${ALONE_ADDRESS}/32`));
  for (const address of [SITE_ADDRESS, PLATFORM_ADDRESS]) {
    inRtnl(helsenett, (rtnl) => rtnl.addAddress('lo', `${address}/32`));
  }
  return {
    internet,
    helsenett,
    gateways: gateways.map((gateway) => createGateway(gateway, internet, helsenett)),
    vehicles: vehicles.map(createVehicle),
  };
}

/** Work on the links and routes of another namespace. */
export function inRtnl<T>(fd: number, work: (rtnl: Rtnl) => T): T {
  return inNetns(fd, () => {
    const rtnl = Rtnl.open();
    try {
      return work(rtnl);
    } finally {
      rtnl.close();
    }
  });
}

function createGateway(gateway: GatewayAddresses, internet: number, helsenett: number): number {
  const fd = createNode(true);
  const { index, outer, outerRouter, inner, innerRouter } = gateway;
  connect(
    { fd: internet, device: `gw${index}`, address: `${outerRouter}/24` },
    { fd, device: 'wan0', address: `${outer}/24` },
  );
  connect(
    { fd: helsenett, device: `gw${index}`, address: `${innerRouter}/24` },
    { fd, device: 'hn0', address: `${inner}/24` },
  );
  inRtnl(fd, (rtnl) => {
    rtnl.addRoute({ to: 'default', via: outerRouter });
    rtnl.addRoute({ to: HELSENETT_PREFIX, via: innerRouter });
  });
  return fd;
}

function createVehicle(vehicle: VehicleAddresses): VehicleNamespaces {
  const lan = createNode(false);
  // Forwarding and the LAN address are the unit's own work (unit.yaml, lan).
  const unit = createNode(false);
  connect(
    { fd: unit, device: 'lan0', address: null },
    { fd: lan, device: 'eth0', address: `${vehicle.car}/${vehicle.lanBits}` },
  );
  inRtnl(lan, (rtnl) => rtnl.addRoute({ to: 'default', via: vehicle.lanRouter }));
  return { lan, unit };
}

function createNode(forwards: boolean): number {
  const fd = createNetns();
  inRtnl(fd, (rtnl) => {
    rtnl.setLink('lo', { up: true });
    // Answers leave by another link than the questions came in by: that is the product.
    for (const scope of ['all', 'default']) sysctl(`net/ipv4/conf/${scope}/rp_filter`, 0);
    if (forwards) sysctl('net/ipv4/ip_forward', 1);
  });
  return fd;
}

interface End {
  readonly fd: number;
  readonly device: string;
  readonly address: string | null;
}

function connect(a: End, b: End): void {
  inRtnl(a.fd, (rtnl) => rtnl.createVeth(a.device, b.device, b.fd));
  for (const { fd, device, address } of [a, b]) {
    inRtnl(fd, (rtnl) => {
      rtnl.setLink(device, { up: true });
      if (address !== null) rtnl.addAddress(device, address);
    });
  }
}
