import { strict as assert } from 'node:assert';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createNetns } from '@rmh/netio';
import { runInSandbox } from '@rmh/netio/testing';
import { Daemon, DaemonFiles, RMH } from './daemon.ts';
import {
  ask,
  type Finished,
  Inhabitant,
  inRtnl,
  layCables,
  makeDirectory,
  SITE_ADDRESS,
  until,
} from './ground.ts';
import { makeKeys } from './keys.ts';

const PORT = 51820;
const DAY_SECONDS = 86_400;

if (runInSandbox(import.meta.url, { tun: true })) {
  const directory = makeDirectory();
  after(() => directory.remove());

  test('without CAP_NET_ADMIN a daemon says what it needs and ends with 2', async () => {
    const { site, gatewayFiles } = makePair();
    const before = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--'];
    const { code, err } = await new Daemon(site, gatewayFiles, before).process.ended;
    assert.equal(code, 2);
    assert.match(err, /RMH_TUN_PERMISSION/);
    assert.match(err, /systemd unit or root/);
    assert.doesNotMatch(err, /\n\s+at /, 'no stack for a person');
  });

  test('an unknown field and a wrong key are named with file and line', async () => {
    const { site, gatewayFiles, gatewayFields } = makePair();
    const { listen, ...rest } = gatewayFields();
    gatewayFiles.write({ ...rest, lisen: listen });
    const unknown = await new Daemon(site, gatewayFiles).process.ended;
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /gateway\.yaml:\d+: lisen is not a field; did you mean "listen"\?/);
    gatewayFiles.write({ ...gatewayFields(), units: [{ ...unitEntry('short'), name: 'car' }] });
    const key = await new Daemon(site, gatewayFiles).process.ended;
    assert.equal(key.code, 2);
    assert.match(key.err, /gateway\.yaml:\d+: units\[0\]\.publicKey is not a key \(5 characters\)/);
    assert.doesNotMatch(key.err, /short/, 'a key is never shown, not even a wrong one');
  });

  test('a port in use is tried again until it is free, and nothing is left', async (context) => {
    const { site, gatewayFiles, gatewayFields, keys } = makePair();
    const before = traces(site);
    const script = `require('dgram').createSocket('udp4').bind(${PORT}, () => console.log('held'))`;
    const holder = new Inhabitant(site, [process.execPath, '-e', script]);
    context.after(() => holder.stop());
    await until('the port is held', () => holder.out.includes('held'));
    const gateway = new Daemon(site, gatewayFiles);
    context.after(() => gateway.process.stop());
    await until('two tries', () => retries(gateway).length === 2);
    assert.deepEqual(
      retries(gateway).map(({ code, retrySeconds }) => [code, retrySeconds]),
      [
        ['RMH_PORT_IN_USE', 1],
        ['RMH_PORT_IN_USE', 2],
      ],
    );
    const waiting = await status(site, gateway);
    assert.equal(waiting.code, 1);
    assert.match(waiting.out, /waiting[\s\S]*UDP port is used by another process/);
    await holder.stop();
    await gateway.logged('daemon.ready');
    assert.equal((await status(site, gateway)).code, 0);

    gatewayFiles.write({ ...gatewayFields(), unitz: [] });
    gateway.process.child.kill('SIGHUP');
    await gateway.logged('reload.refused');
    const other = { name: 'b', publicKey: makeKeys().publicText, allowedIps: ['10.100.0.2/32'] };
    const units = [unitEntry(keys.unit.publicText), other];
    gatewayFiles.write({ ...gatewayFields(), units });
    gateway.process.child.kill('SIGHUP');
    await gateway.logged('reload.done');
    assert.equal((await gateway.status()).dataplane?.peers.length, 2);

    // Twice at once, as a terminal and a wrapper do together: still an orderly end.
    gateway.process.child.kill('SIGTERM');
    gateway.process.child.kill('SIGTERM');
    assert.equal((await gateway.process.ended).code, 0);
    assert.ok(gateway.lines.some(({ event }) => event === 'daemon.stopped'));
    assert.deepEqual(traces(site), before);
    assert.ok(!existsSync(gatewayFiles.socket));
  });

  test('no carrier, then one, then none: the unit waits and goes on', async (context) => {
    const { car, site, unitFiles, gatewayFiles } = makePair();
    inRtnl(car, (rtnl) => rtnl.setLink('u1', { up: false }));
    const before = traces(car);
    const gateway = await Daemon.start(site, gatewayFiles);
    const unit = await Daemon.start(car, unitFiles);
    context.after(() => Promise.all([unit.process.stop(), gateway.process.stop()]));
    await unit.logged('link.none');
    assert.match((await status(car, unit)).out, /one\s+u1\s+✗ switched off/);
    inRtnl(car, (rtnl) => {
      rtnl.setLink('u1', { up: true });
      rtnl.addRoute({ to: 'default', via: '192.0.2.10', device: 'u1' });
    });
    await established(unit);
    inRtnl(car, (rtnl) => rtnl.setLink('u1', { up: false }));
    await until('the link is lost', () => unit.lines.some(({ event }) => event === 'link.lost'));
    const { code } = await unit.process.stop();
    assert.equal(code, 0);
    assert.deepEqual(traces(car), before);
  });

  test('a wrong key or a dead gateway is said with reasons, seldom, and heals', async (context) => {
    const { car, site, unitFiles, unitFields, gatewayFiles, keys } = makePair();
    unitFiles.write(unitFields(makeKeys().publicText));
    const unit = await Daemon.start(car, unitFiles); // no gateway at all
    context.after(() => unit.process.stop());
    const line = await unit.logged('gateway.silent', 30_000);
    assert.match(String(line['hints']), /gateway down or endpoint wrong.*publicKey here is wrong/);
    const gateway = await Daemon.start(site, gatewayFiles); // there, but with another key
    context.after(() => gateway.process.stop());
    await until('counted', async () => ((await gateway.drops())['badMac1'] ?? 0) > 0);
    assert.ok(unit.lines.length < 20, `a quiet log: ${unit.lines.length} lines`);
    unitFiles.write(unitFields(keys.gateway.publicText));
    unit.process.child.kill('SIGHUP');
    await established(unit);
    assert.equal(unit.process.running, true);
  });

  test('a unit whose key the gateway does not know is counted', async (context) => {
    const { car, site, unitFiles, gatewayFiles, gatewayFields } = makePair();
    gatewayFiles.write({ ...gatewayFields(), units: [unitEntry(makeKeys().publicText)] });
    const gateway = await Daemon.start(site, gatewayFiles);
    const unit = await Daemon.start(car, unitFiles);
    context.after(() => Promise.all([unit.process.stop(), gateway.process.stop()]));
    await until('counted', async () => ((await gateway.drops())['unknownPeer'] ?? 0) > 0);
    assert.match((await status(site, gateway)).out, /unknownPeer/);
  });

  test('a clock that was a day ahead: the floor carries on, or a hand helps', async (context) => {
    const { car, site, unitFiles, gatewayFiles, gatewayFields } = makePair();
    const floor = join(unitFiles.directory, 'handshake-clock');
    writeFileSync(floor, `${(Math.floor(Date.now() / 1000) + DAY_SECONDS) * 1e6}\n`);
    const gateway = await Daemon.start(site, gatewayFiles);
    context.after(() => gateway.process.stop());
    for (const run of ['the clock is put back', 'a restart']) {
      const unit = await Daemon.start(car, unitFiles);
      const { seconds } = await unit.logged('clock.behind');
      assert.ok(Math.abs(Number(seconds) - DAY_SECONDS) < 300, `${run}: ${String(seconds)} s`);
      await established(unit);
      await unit.process.stop();
    }
    rmSync(floor);
    const unit = await Daemon.start(car, unitFiles);
    context.after(() => unit.process.stop());
    const refused = await gateway.logged('handshake.refused');
    assert.ok(Math.abs(Number(refused['seconds']) - DAY_SECONDS) < 300);
    assert.notEqual((await unit.status()).dataplane?.peers[0]?.state, 'established');
    gatewayFiles.write({ ...gatewayFields(), units: [] });
    gateway.process.child.kill('SIGHUP');
    await gateway.logged('reload.done');
    gatewayFiles.write(gatewayFields());
    gateway.process.child.kill('SIGHUP');
    await established(unit);
    assert.equal(gateway.lines.filter(({ event }) => event === 'handshake.refused').length, 1);
  });

  let pairs = 0;

  function makePair() {
    const [car, site] = [createNetns(), createNetns()];
    layCables(car, site, 1);
    const keys = { unit: makeKeys(), gateway: makeKeys() };
    const parent = join(directory.path, String(pairs++));
    const gatewayFiles = new DaemonFiles(parent, 'gateway', 'gateway', keys.gateway);
    const gatewayFields = () => ({
      tun: { name: 'rmhg', addresses: ['10.200.0.1/32'] },
      listen: { port: PORT },
      units: [unitEntry(keys.unit.publicText)] as object[],
    });
    gatewayFiles.write(gatewayFields());
    const unitFiles = new DaemonFiles(parent, 'unit', 'unit', keys.unit);
    const unitFields = (publicKey: string) => ({
      tun: { name: 'rmhu', addresses: ['10.100.0.1/32'] },
      gateways: [
        {
          name: 'gateway1',
          publicKey,
          endpoint: `${SITE_ADDRESS}:${PORT}`,
          allowedIps: ['10.200.0.0/16'],
        },
      ],
      links: [{ name: 'one', device: 'u1' }],
    });
    unitFiles.write(unitFields(keys.gateway.publicText));
    return { car, site, keys, gatewayFiles, gatewayFields, unitFiles, unitFields };
  }
}

function unitEntry(publicKey: string) {
  return { name: 'car', publicKey, allowedIps: ['10.100.0.1/32'] };
}

function retries(daemon: Daemon) {
  return daemon.lines.filter(({ event }) => event === 'dataplane.retry');
}

async function established(unit: Daemon): Promise<void> {
  await until(
    'the session is there',
    async () => (await unit.status()).dataplane?.peers[0]?.state === 'established',
  );
}

async function status(netns: number, daemon: Daemon): Promise<Finished> {
  const words = [...RMH, 'status', '--lang', 'en', '--socket', daemon.files.socket];
  return await new Inhabitant(netns, words).ended;
}

/** Everything that a daemon may set in a namespace. */
function traces(netns: number) {
  const addresses = inRtnl(netns, (rtnl) => rtnl.addresses().map(({ prefix }) => prefix));
  return {
    links: inRtnl(netns, (rtnl) => rtnl.links().map(({ name }) => name)),
    addresses: addresses.filter((prefix) => !prefix.startsWith('fe80')).toSorted(),
    routes: inRtnl(netns, (rtnl) => rtnl.routes().map(({ to, device }) => `${to} ${device}`))
      .filter((route) => !route.startsWith('fe80') && !route.startsWith('ff00'))
      .toSorted(),
    forwarding: ask(netns, ['cat', '/proc/sys/net/ipv4/conf/all/forwarding']),
  };
}
