import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { UNIT_CONFIG } from '@rmh/contract';
import { Daemon, ROUTE_METRIC, ROUTE_PROTOCOL } from '@rmh/contract/daemon';
import { FakeDataplane, keepLog } from '@rmh/contract/fakes';
import { Rtnl, readSysctl, sysctl } from '@rmh/netio';
import { openKernel } from '@rmh/netio/kernel';
import { runInSandbox } from '@rmh/netio/testing';
import { ClockFloor } from './clock-floor.ts';
import type { LoadedUnit } from './load.ts';
import { Unit } from './unit.ts';

const KEY = 'GAjYJaAI8xUIN/TyY3Ymmh4DTaOXvMTZAYhWoz0ajnw=';

// The real kernel, and a veth pair in the place of the tunnel that the data plane would make.
if (runInSandbox(import.meta.url)) {
  const folder = mkdtempSync(join(tmpdir(), 'rmh-unit-'));
  after(() => rmSync(folder, { recursive: true }));

  const start = () => {
    const config = UNIT_CONFIG.parse({
      name: 'amb-1',
      privateKeyFile: 'k',
      statusSocket: join(folder, 's.sock'),
      tun: { addresses: ['10.80.1.1/32', 'fd80:1::1/128'] },
      lan: { device: 'lan0', addresses: ['10.81.1.1/24'] },
      gateways: [
        {
          name: 'oslo',
          publicKey: KEY,
          endpoint: '192.0.2.1:1',
          allowedIps: ['10.0.0.0/8', 'fd80::/16', '0.0.0.0/0'],
        },
      ],
      links: [{ name: 'telenor', device: 'wwan0' }],
    });
    const privateKey = new Uint8Array(32);
    const loaded: LoadedUnit = {
      file: 'u',
      config,
      configHash: 'x',
      privateKey,
      peers: [],
      policy: null,
    };
    const [log, dataplane, rtnl] = [keepLog(), new FakeDataplane(), Rtnl.open()];
    dataplane.onStart = () => rtnl.createVeth('rmh0', 'rmh0-far');
    const clock = new ClockFloor(folder, log);
    const unit = new Unit(loaded, { log, clock, reload: () => loaded, nowMs: Date.now });
    const kernel = openKernel({ protocol: ROUTE_PROTOCOL, metric: ROUTE_METRIC });
    const startDataplane = dataplane.start;
    const ports = { kernel, log, startDataplane, version: '1', requireTun: () => {}, secondMs: 50 };
    const daemon = new Daemon(unit, ports);
    const events = () => log.lines.map(({ event }) => event);
    return { daemon, dataplane, rtnl, log, events, ended: daemon.run() };
  };

  const until = async (condition: () => boolean, what: string) => {
    for (let i = 0; i < 600 && !condition(); i++) await sleep(5);
    assert.ok(condition(), what);
  };
  const ours = (rtnl: Rtnl) => rtnl.routes().filter(({ protocol }) => protocol === ROUTE_PROTOCOL);

  test('a unit sets up the kernel, follows its links, heals and leaves nothing', async () => {
    const { daemon, dataplane, rtnl, log, events, ended } = start();
    await until(() => events().includes('daemon.ready'), 'ready');
    assert.ok(events().includes('link.none') && events().includes('net.failed'), 'no lan0 yet');
    assert.equal(ours(rtnl).length, 3);
    assert.equal(rtnl.link('rmh0')?.mtu, 1340);

    rtnl.createVeth('lan0', 'lan0-far');
    rtnl.setLink('lan0', { up: true });
    await until(
      () => rtnl.addresses('lan0').some(({ prefix }) => prefix === '10.81.1.1/24'),
      'lan',
    );
    assert.equal(readSysctl('net/ipv4/conf/lan0/forwarding'), '1');

    sysctl('net/ipv4/conf/all/rp_filter', 1);
    rtnl.createVeth('wwan0', 'wwan0-far');
    for (const name of ['wwan0', 'wwan0-far']) rtnl.setLink(name, { up: true });
    rtnl.addAddress('wwan0', '10.9.0.2/30');
    await until(() => dataplane.commands.some(({ kind }) => kind === 'link.set'), 'link.set');
    assert.equal(readSysctl('net/ipv4/conf/wwan0/rp_filter'), '2');
    rtnl.addAddress('wwan0', '10.9.0.6/30');
    await until(() => dataplane.commands.some(({ kind }) => kind === 'link.changed'), 'changed');
    rtnl.setLink('wwan0-far', { up: false });
    await until(() => dataplane.commands.at(-1)?.kind === 'link.remove', 'carrier lost');

    rtnl.setLink('rmh0', { up: false }); // takes every route with it
    await until(() => rtnl.link('rmh0')?.up === true && ours(rtnl).length === 3, 'healed');

    daemon.stop('SIGTERM');
    assert.equal(await ended, 0);
    assert.deepEqual(ours(rtnl), []);
    assert.deepEqual(
      rtnl.addresses('lan0').filter(({ family }) => family === 4),
      [],
    );
    assert.equal(readSysctl('net/ipv4/conf/lan0/forwarding'), '0');
    assert.ok(!log.lines.some(({ level }) => level === 'error'), JSON.stringify(log.lines));
  });
}
