import { strict as assert } from 'node:assert';
import { after, type TestContext, test } from 'node:test';
import { closeNetns, createNetns } from '@rmh/netio';
import { runInSandbox } from '@rmh/netio/testing';
import { ask, startServer } from './conversation.ts';
import { checksumErrors, type Inhabitant, layCables, makeDirectory, until } from './ground.ts';
import { CAR_INNER, SITE_INNER, stockToGateway, unitToStock } from './pairs.ts';
import { requireStock } from './stock.ts';
import type { Talk } from './talk.ts';

if (runInSandbox(import.meta.url, { tun: true })) {
  const directory = makeDirectory();
  after(() => directory.remove());

  for (const multipath of [true, false]) {
    const how = multipath ? 'configured for multipath' : 'with multipath off';
    test(`wireguard-go is a client of our gateway ${how}`, async (context) => {
      if (!requireStock(context)) return;
      const { car, site } = makePlace(context);
      const place = { car, site, directory: directory.path };
      const { daemon: gateway, stock } = await stockToGateway(place, multipath);
      context.after(() => gateway.process.stop());
      context.after(() => stock.stop());
      await talkBothWays(context, car, site);

      const peer = async () => (await gateway.status()).dataplane?.peers[0];
      assert.equal((await peer())?.multipath, false);
      assert.ok(gateway.lines.some(({ event }) => event === 'unit.active'));

      stock.set('listen-port', '40001');
      intact(await ask(car, SITE_INNER, 20, 10_000), 'after the client moved to another port');
      intact(await ask(site, CAR_INNER, 20, 10_000), 'the gateway follows to the new port');

      const before = (await peer())?.handshakes ?? 0;
      stock.forget();
      intact(await ask(car, SITE_INNER, 20, 10_000), 'after a new handshake');
      assert.equal((await peer())?.handshakes, before + 1);
      assert.deepEqual(Object.keys(await gateway.drops()).filter(isOurFault), []);
    });
  }

  for (const multipath of [false, true]) {
    const how = multipath ? 'after it fell back from multipath' : 'with multipath off';
    test(`our unit is a client of wireguard-go ${how}`, async (context) => {
      if (!requireStock(context)) return;
      const { car, site } = makePlace(context);
      const place = { car, site, directory: directory.path };
      const { daemon: unit, stock, ourPublicKey } = await unitToStock(place, multipath);
      context.after(() => stock.stop());
      context.after(() => unit.process.stop());
      const peer = async () => (await unit.status()).dataplane?.peers[0];
      await until('the unit speaks stock', async () => (await peer())?.state === 'stock');
      await talkBothWays(context, car, site);
      const before = (await peer())?.handshakes ?? 0;
      // It forgets our session, so its next packet begins a handshake towards us.
      const { endpoint } = stock;
      stock.forget();
      stock.set('peer', ourPublicKey, 'endpoint', endpoint);
      intact(await ask(site, CAR_INNER, 20, 10_000), 'after a handshake begun by wireguard-go');
      assert.equal((await peer())?.handshakes, before + 1);
      assert.deepEqual(Object.keys(await unit.drops()).filter(isOurFault), []);
      // Ten hellos with their probes, then one each 20 s: all that a stock peer throws away.
      const thrown = stock.count('invalid IP version');
      assert.ok(multipath ? thrown <= 30 : thrown === 0, `wireguard-go threw away ${thrown}`);
    });
  }
}

function makePlace(context: TestContext): { car: number; site: number } {
  const car = createNetns();
  const site = createNetns();
  layCables(car, site, 1);
  context.after(() => {
    closeNetns(car);
    closeNetns(site);
  });
  return { car, site };
}

async function talkBothWays(context: TestContext, car: number, site: number): Promise<void> {
  const servers: Inhabitant[] = [
    await startServer(site, SITE_INNER),
    await startServer(car, CAR_INNER),
  ];
  context.after(() => Promise.all(servers.map((server) => server.stop())));
  // The gateway's route to a stock client comes with the client's first packet.
  await ask(car, SITE_INNER, 20, 0);
  const outward = await ask(car, SITE_INNER, 300, 3_000_000);
  const inward = await ask(site, CAR_INNER, 300, 3_000_000);
  intact(outward, 'from the car');
  intact(inward, 'from the site');
  assert.equal(checksumErrors(car), 0);
  assert.equal(checksumErrors(site), 0);
}

/** noRoute: what the kernel itself says on a new device (router solicitations). */
function isOurFault(reason: string): boolean {
  return reason !== 'noRoute';
}

function intact(talk: Talk, when: string): void {
  assert.equal(talk.datagramsReturned, talk.datagramsSent, `every datagram returns ${when}`);
  assert.equal(talk.datagramsDamaged, 0, `every datagram is whole ${when}`);
  assert.ok(talk.tcpIntact, `TCP is whole ${when}`);
}
