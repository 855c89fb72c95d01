// Real namespaces, real routes, and a TUN device in the gateway's place.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inNetns, TunDevice } from '@rmh/netio';
import { runInSandbox } from '@rmh/netio/testing';
import { gatewayAddresses, TUN_NAME, unitPrefixes, vehicleAddresses } from './addresses.ts';
import { Announcer } from './announcer.ts';
import { createNamespaces, inRtnl } from './namespaces.ts';

const PREFIXES = unitPrefixes(vehicleAddresses(1));

function build(context: TestContext) {
  const gateways = [1, 2].map(gatewayAddresses);
  const namespaces = createNamespaces([vehicleAddresses(1)], gateways);
  const watched = gateways.map((at, i) => ({ fd: namespaces.gateways[i] ?? -1, at }));
  const announcer = new Announcer(namespaces.helsenett, watched);
  // Also after a failure: an open announcer keeps the process alive.
  context.after(() => announcer.close());
  const viaOf = (prefix: string) =>
    inRtnl(namespaces.helsenett, (rtnl) => rtnl.routes()).find(({ to }) => to === prefix)?.via;
  const routesOfHelsenett = () => {
    announcer.look();
    return PREFIXES.map((prefix) => viaOf(prefix) ?? null);
  };
  return { namespaces, routesOfHelsenett };
}

/** A gateway with a live unit: its TUN device, and the unit's routes on it. */
function activate(netnsFd: number): TunDevice {
  const open = () => TunDevice.open({ name: TUN_NAME, vnetHeader: true, offloads: false });
  const tun = inNetns(netnsFd, open);
  inRtnl(netnsFd, (rtnl) => {
    rtnl.setLink(TUN_NAME, { up: true });
    for (const to of PREFIXES) rtnl.addRoute({ to, device: TUN_NAME });
  });
  return tun;
}

if (runInSandbox(import.meta.url, { tun: true })) {
  test('Helsenettet follows the gateway that carries the unit; a dead one is left', (context) => {
    const { namespaces, routesOfHelsenett } = build(context);
    const [gw1 = -1, gw2 = -1] = namespaces.gateways;
    assert.deepEqual(routesOfHelsenett(), [null, null]);
    const first = activate(gw1);
    assert.deepEqual(routesOfHelsenett(), ['172.30.1.2', '172.30.1.2']);
    const second = activate(gw2);
    assert.deepEqual(routesOfHelsenett(), ['172.30.2.2', '172.30.2.2']);
    second.close(); // as SIGKILL does: the device goes, and its routes go without a word
    assert.deepEqual(routesOfHelsenett(), ['172.30.1.2', '172.30.1.2']);
    first.close();
    assert.deepEqual(routesOfHelsenett(), [null, null]);
  });

  test('a route that is withdrawn while the gateway lives is withdrawn here', (context) => {
    const { namespaces, routesOfHelsenett } = build(context);
    const [gw1 = -1] = namespaces.gateways;
    const tun = activate(gw1);
    assert.deepEqual(routesOfHelsenett(), ['172.30.1.2', '172.30.1.2']);
    const [to = ''] = PREFIXES;
    inRtnl(gw1, (rtnl) => rtnl.deleteRoute({ to, device: TUN_NAME }));
    assert.deepEqual(routesOfHelsenett(), [null, '172.30.1.2']);
    tun.close();
  });
}
