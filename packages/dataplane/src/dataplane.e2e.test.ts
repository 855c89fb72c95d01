import { strict as assert } from 'node:assert';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { generatePrivateKey, publicKeyOf } from '@rmh/aead';
import { parseEndpoint, parseIp, present } from '@rmh/base';
import type {
  Dataplane,
  DataplaneConfig,
  DataplaneEvent,
  DataplaneStatus,
  Policy,
} from '@rmh/contract';
import {
  allocateArena,
  createNetns,
  inNetns,
  ReceiveBatch,
  Rtnl,
  SendBatch,
  UdpSocket,
  writeEndpoint,
} from '@rmh/netio';
import { runInSandbox, waitForLinks } from '@rmh/netio/testing';
import { startDataplane } from './start.ts';

if (runInSandbox(import.meta.url, { tun: true })) {
  const car = createNetns();
  const site = createNetns();
  const keys = { car: generatePrivateKey(), site: generatePrivateKey() };
  const events: DataplaneEvent[] = [];
  const ends: Dataplane[] = [];
  after(async () => {
    for (const end of ends) await end.stop();
  });

  test('a packet goes through the tunnel both ways, over two links', async () => {
    layCables(car, site);
    const unit = await start(car, 'car');
    await start(site, 'site');
    setTun(car, 'rmhu', '10.100.0.1/32', '10.200.0.0/16');
    setTun(site, 'rmhg', '10.200.0.1/32', '10.100.0.0/16');
    unit.send({ kind: 'link.set', name: 'one', device: 'u1' });
    unit.send({ kind: 'link.set', name: 'two', device: 'u2' });
    await until(async () => (await unit.status()).peers[0]?.active === true);
    const here = inNetns(car, () => open('10.100.0.1', 4000));
    const there = inNetns(site, () => open('10.200.0.1', 5000));
    assert.equal(await exchange(here, there, '10.200.0.1:5000', 100), 100);
    assert.equal(await exchange(there, here, '10.100.0.1:4000', 100), 100);
    const status = await unit.status();
    assert.equal(status.peers[0]?.paths.filter((path) => path.state === 'carrying').length, 2);
    assert.deepEqual(status.peers[0]?.state, 'established');
  });

  test('Another policy holds while packets pass: copies, none lost, and none again', async () => {
    const [unit] = ends;
    assert.ok(unit !== undefined, 'the test before has started both');
    const here = inNetns(car, () => open('10.100.0.1', 4001));
    const there = inNetns(site, () => open('10.200.0.1', 5001));
    const copiesDuring = async (run: () => void) => {
      const before = duplicatedBytes(await unit.status());
      const exchanged = exchange(here, there, '10.200.0.1:5001', 100);
      run();
      assert.equal(await exchanged, 100);
      return duplicatedBytes(await unit.status()) - before;
    };
    // A repair or two is no copy by policy; 50 packets of 228 bytes are.
    const someBytes = 50 * 228;
    assert.ok((await copiesDuring(() => {})) < someBytes);
    assert.ok((await copiesDuring(() => unit.send(copyAll))) > someBytes);
    unit.send({ kind: 'policy.set', policy: null });
    assert.ok((await copiesDuring(() => {})) < someBytes);
  });

  test('[PA-7] A spared link carries no interactive packet, either way', async () => {
    const [unit, gateway] = ends;
    assert.ok(unit !== undefined && gateway !== undefined, 'the first test has started both');
    const here = inNetns(car, () => open('10.100.0.1', 4002));
    const there = inNetns(site, () => open('10.200.0.1', 5002));
    const sentOver = async (end: Dataplane, path: number): Promise<number> =>
      (await end.status()).peers[0]?.paths.find(({ id }) => id === path)?.bytesSent ?? 0;
    // 100 packets are 23 kB; probes and reports in that time are a tenth of it.
    const someBytes = 11_000;
    for (const [i, name] of ['one', 'two'].entries()) {
      unit.send({ kind: 'link.spare', name, from: 'interactive' });
      // A path without traffic is probed by the gateway, and so reported on, each 2 s.
      await pause(2_500);
      const up = await sentOver(unit, i);
      const down = await sentOver(gateway, i);
      assert.equal(await exchange(here, there, '10.200.0.1:5002', 100), 100);
      assert.equal(await exchange(there, here, '10.100.0.1:4002', 100), 100);
      assert.ok((await sentOver(unit, i)) - up < someBytes, `up over ${name}`);
      assert.ok((await sentOver(gateway, i)) - down < someBytes, `down over ${name}`);
      unit.send({ kind: 'link.spare', name, from: null });
    }
  });

  async function start(netns: number, who: 'car' | 'site'): Promise<Dataplane> {
    // The worker thread is made before the first await, so it begins life in the namespace.
    const { started } = inNetns(netns, () => ({
      started: startDataplane(configOf(who), (event) => events.push(event)),
    }));
    const dataplane = await started;
    ends.push(dataplane);
    return dataplane;
  }

  function configOf(who: 'car' | 'site'): DataplaneConfig {
    const unit = who === 'car';
    return {
      role: unit ? 'unit' : 'gateway',
      privateKey: keys[who],
      timestampFloorUs: 0,
      tun: { name: unit ? 'rmhu' : 'rmhg', mtu: 1340, addresses: [] },
      listen: unit ? null : { address: '198.18.0.1', port: 51820 },
      peers: [
        {
          name: unit ? 'gateway1' : 'unit1',
          publicKey: publicKeyOf(keys[unit ? 'site' : 'car']),
          presharedKey: null,
          endpoint: unit ? '198.18.0.1:51820' : null,
          allowedIps: [unit ? '10.200.0.0/16' : '10.100.0.1/32'],
          multipath: true,
        },
      ],
      classes: [],
      policy: null,
    };
  }
}

/** Every packet on two paths, whatever it costs. */
const each: Policy['classes'][0] = {
  deadlineUs: 500_000,
  copiesMost: 2,
  missShareMost: 0,
  repairUntilUs: 500_000,
  holdMostUs: 0,
  queueMostUs: 1_000_000,
  backlogMostUs: 500_000,
  protectEvery: 0,
};
const copyAll = {
  kind: 'policy.set',
  policy: {
    name: 'copy-all',
    duplicateShareMost: 1,
    sharedFate: 0.3,
    queueTargetUs: 8_000,
    classes: { 0: each, 1: each, 2: each, 3: each },
  },
} as const;

function duplicatedBytes({ peers }: DataplaneStatus): number {
  const paths = peers.flatMap((peer) => peer.paths);
  return paths.reduce((sum, { bytesDuplicated }) => sum + bytesDuplicated, 0);
}

/** Two veth pairs; the site's address 198.18.0.1 is reached over either. */
function layCables(car: number, site: number): void {
  inNetns(car, () => {
    const rtnl = Rtnl.open();
    for (const i of [1, 2]) {
      rtnl.createVeth(`u${i}`, `g${i}`, site);
      rtnl.addAddress(`u${i}`, `192.0.2.${i * 8 + 1}/30`);
      rtnl.setLink(`u${i}`, { up: true });
    }
    rtnl.close();
  });
  inNetns(site, () => {
    const rtnl = Rtnl.open();
    rtnl.setLink('lo', { up: true });
    rtnl.addAddress('lo', '198.18.0.1/32');
    for (const i of [1, 2]) {
      rtnl.addAddress(`g${i}`, `192.0.2.${i * 8 + 2}/30`);
      rtnl.setLink(`g${i}`, { up: true });
    }
    rtnl.close();
  });
  inNetns(car, () => {
    waitForLinks(['u1', 'u2']);
    const rtnl = Rtnl.open();
    for (const i of [1, 2]) {
      const via = `192.0.2.${i * 8 + 2}`;
      rtnl.addRoute({ to: 'default', via, device: `u${i}`, metric: 100 + i });
    }
    rtnl.close();
  });
}

function setTun(netns: number, device: string, address: string, route: string): void {
  inNetns(netns, () => {
    const rtnl = Rtnl.open();
    rtnl.addAddress(device, address);
    rtnl.setLink(device, { up: true, mtu: 1340 });
    rtnl.addRoute({ to: route, device });
    rtnl.close();
  });
}

function open(address: string, port: number): UdpSocket {
  return UdpSocket.open({
    family: 4,
    address: present(parseIp(address), address),
    port,
    gro: false,
    receiveBufferBytes: 1 << 20,
    sendBufferBytes: 1 << 20,
  });
}

/** Sends `count` datagrams; how many arrive within two seconds. */
async function exchange(
  from: UdpSocket,
  to: UdpSocket,
  address: string,
  count: number,
): Promise<number> {
  const arena = allocateArena(1 << 20);
  writeEndpoint(arena, 0, present(parseEndpoint(address), address));
  const batch = new SendBatch(arena);
  const incoming = new ReceiveBatch(arena, 4096, 8, 2048);
  let arrived = 0;
  for (let i = 0; i < count; i++) {
    batch.add(64, 200, 200, 0);
    batch.flush(from);
    await pause(2);
    arrived += Math.max(0, incoming.receive(to));
  }
  for (let wait = 0; wait < 100 && arrived < count; wait++) {
    await pause(20);
    arrived += Math.max(0, incoming.receive(to));
  }
  return arrived;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await condition()) return;
    await pause(25);
  }
  assert.fail('the condition did not come true within 5 s');
}
