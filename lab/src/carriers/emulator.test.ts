import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatEndpoint } from '@rmh/base';
import { closeNetns, inNetns, nowUs, Rtnl } from '@rmh/netio';
import { runInSandbox } from '@rmh/netio/testing';
import { type CarrierLinkConfig, CarriersError } from './config.ts';
import { CarrierEmulator } from './emulator.ts';
import { SERVER, twoNamespaces, UdpEnd } from './testing.ts';

const { unit, internet } = runInSandbox(import.meta.url, { tun: true })
  ? twoNamespaces()
  : { unit: -1, internet: -1 };

function linkConfig(more: Partial<CarrierLinkConfig> = {}): CarrierLinkConfig {
  return {
    name: 'telenor',
    unitNetns: unit,
    internetNetns: internet,
    interfaceName: 'telenor0',
    interfaceAddress: '10.64.1.2/30',
    publicAddresses: ['198.51.100.1', '198.51.100.2'],
    metric: 100,
    source: { mbit: 50, delayMs: 15 },
    ...more,
  };
}

interface Bench {
  emulator: CarrierEmulator;
  vehicle: UdpEnd;
  server: UdpEnd;
}

async function withCarrier(
  more: Partial<CarrierLinkConfig>,
  work: (bench: Bench) => Promise<void>,
): Promise<void> {
  const emulator = await CarrierEmulator.start({ links: [linkConfig(more)] });
  const vehicle = new UdpEnd(unit, 0, 'telenor0');
  const server = new UdpEnd(internet, 7000);
  try {
    await work({ emulator, vehicle, server });
  } finally {
    vehicle.close();
    server.close();
    await emulator.stop();
  }
}

const TO_SERVER = `${SERVER}:7000`;

function roundTrip({ vehicle, server }: Bench, text: string, withinMs = 300): string | null {
  vehicle.send(text, TO_SERVER);
  const [asked] = server.receive(1, withinMs);
  if (asked === undefined) return null;
  server.send(`re ${text}`, asked.from);
  const [answer] = vehicle.receive(1, withinMs);
  return answer?.text === `re ${text}` ? formatEndpoint(asked.from) : null;
}

function interfaceNames(netnsFd: number): string[] {
  return inNetns(netnsFd, () => {
    const rtnl = Rtnl.open();
    const names = rtnl.links().map(({ name }) => name);
    rtnl.close();
    return names;
  });
}

if (unit >= 0) {
  test('packets cross a carrier both ways after its delay, from a public address', async () => {
    await withCarrier({}, async (bench) => {
      const startUs = nowUs();
      const seenAs = roundTrip(bench, 'hello');
      const rttUs = nowUs() - startUs;
      assert.match(seenAs ?? '', /^198\.51\.100\.1:\d+$/);
      assert.ok(rttUs > 30_000 && rttUs < 60_000, `round trip ${rttUs} µs`);
      await sleep(50);
      const [stats] = bench.emulator.stats();
      assert.equal(stats?.up.delivered, 1);
      assert.equal(stats?.down.delivered, 1);
    });
    assert.deepEqual(interfaceNames(unit), ['lo']);
    assert.deepEqual(interfaceNames(internet), ['lo']);
  });

  // How exactly it keeps them is for emulator.bench.ts: a busy machine may only make it slower.
  test('no train is faster than rate and delay allow, and none of it is lost', async () => {
    await withCarrier({ source: { mbit: 20, delayMs: 10 } }, async ({ vehicle, server }) => {
      const fromUs = nowUs();
      for (let i = 0; i < 400; i++) vehicle.send(`${i}`, TO_SERVER, 1372); // 1,400 with headers
      const arrivals = server.receive(400, 2000);
      assert.equal(arrivals.length, 400);
      const tookUs = nowUs() - fromUs;
      const leastUs = (400 * 1400 * 8) / 20 + 10_000;
      assert.ok(tookUs >= leastUs * 0.99, `${tookUs} µs, at least ${leastUs}`);
    });
  });

  test('a blackhole is silent both ways, and lifting it restores the flow', async () => {
    await withCarrier({}, async (bench) => {
      assert.notEqual(roundTrip(bench, 'before'), null);
      await bench.emulator.command({ kind: 'blackhole', link: 'telenor', on: true });
      assert.equal(roundTrip(bench, 'in it', 150), null);
      await bench.emulator.command({ kind: 'blackhole', link: 'telenor', on: false });
      assert.notEqual(roundTrip(bench, 'after'), null);
    });
  });

  test('a stall delays packets until its end', async () => {
    await withCarrier({}, async ({ emulator, vehicle, server }) => {
      await emulator.command({ kind: 'stall', link: 'telenor', on: true });
      for (let i = 0; i < 5; i++) vehicle.send(`${i}`, TO_SERVER);
      assert.equal(server.receive(1, 200).length, 0);
      await emulator.command({ kind: 'stall', link: 'telenor', on: false });
      assert.deepEqual(
        server.receive(5, 300).map(({ text }) => text),
        ['0', '1', '2', '3', '4'],
      );
    });
  });

  test('a rebind gives the same socket a new port or address, and the old is dead', async () => {
    await withCarrier({}, async (bench) => {
      const first = roundTrip(bench, 'a');
      await bench.emulator.command({ kind: 'rebind', link: 'telenor' });
      bench.server.send('lost', first ?? '');
      assert.equal(bench.vehicle.receive(1, 100).length, 0);
      const second = roundTrip(bench, 'b');
      await bench.emulator.command({ kind: 'rebind', link: 'telenor', newAddress: true });
      const third = roundTrip(bench, 'c');
      assert.notEqual(second, null);
      assert.notEqual(first, second);
      assert.match(third ?? '', /^198\.51\.100\.2:/);
    });
  });

  test('link down, unplug and readdress each take the interface and give it back', async () => {
    await withCarrier({}, async (bench) => {
      const { emulator } = bench;
      const has = () => inNetns(unit, readUnit);
      assert.deepEqual(has(), { up: true, address: '10.64.1.2/30', defaults: 1 });
      await emulator.command({ kind: 'linkdown', link: 'telenor', on: true });
      assert.equal(has().defaults, 0);
      await emulator.command({ kind: 'linkdown', link: 'telenor', on: false });
      assert.deepEqual(has(), { up: true, address: '10.64.1.2/30', defaults: 1 });
      assert.notEqual(roundTrip(bench, 'up again'), null);

      await emulator.command({ kind: 'readdress', link: 'telenor' });
      assert.deepEqual(has(), { up: true, address: '10.64.1.6/30', defaults: 1 });
      assert.notEqual(roundTrip(bench, 'readdressed'), null);

      await emulator.command({ kind: 'unplug', link: 'telenor', on: true });
      assert.deepEqual(interfaceNames(unit), ['lo']);
      await emulator.command({ kind: 'unplug', link: 'telenor', on: false });
      assert.deepEqual(has(), { up: true, address: '10.64.1.6/30', defaults: 1 });
      bench.vehicle.close();
      bench.vehicle = new UdpEnd(unit, 0, 'telenor0');
      assert.notEqual(roundTrip(bench, 'plugged in'), null);
    });
  });

  test('nine links run in one emulator, each with its own delay', async () => {
    const links = Array.from({ length: 9 }, (_, i) =>
      linkConfig({
        name: `link${i}`,
        interfaceName: `modem${i}`,
        interfaceAddress: `10.64.${i}.2/30`,
        publicAddresses: [`198.51.100.${i + 1}`],
        metric: 100 + i,
        source: { mbit: 100, delayMs: 5 + 5 * i },
      }),
    );
    const emulator = await CarrierEmulator.start({ links });
    const server = new UdpEnd(internet, 7000);
    const vehicles = links.map((_, i) => new UdpEnd(unit, 0, `modem${i}`));
    const sentUs = nowUs();
    for (const [i, vehicle] of vehicles.entries()) vehicle.send(`${i}`, TO_SERVER);
    const arrivals = server.receive(9, 500);
    assert.deepEqual(
      arrivals.map(({ text }) => Number(text)),
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
    );
    for (const [i, { atUs }] of arrivals.entries()) {
      const delayUs = atUs - sentUs;
      assert.ok(delayUs >= 5000 * (i + 1), `link ${i}: ${delayUs} µs`);
    }
    for (const end of [server, ...vehicles]) end.close();
    await emulator.stop();
  });

  test('errors name the link and leave nothing behind', async () => {
    const rejects = async (links: CarrierLinkConfig[], code: string, words: RegExp) => {
      await assert.rejects(CarrierEmulator.start({ links }), (error) => {
        assert.ok(error instanceof CarriersError);
        assert.equal(error.code, code);
        assert.match(error.message, words);
        return true;
      });
      assert.deepEqual(interfaceNames(unit), ['lo']);
      assert.deepEqual(interfaceNames(internet), ['lo']);
    };
    const other = { name: 'telia', publicAddresses: ['198.51.100.9'] };
    await rejects([], 'carriers.config', /no link/);
    await rejects([linkConfig(), linkConfig()], 'carriers.config', /telenor/);
    await rejects([linkConfig({ unitNetns: '/run/netns/none' })], 'carriers.no-namespace', /none/);
    await rejects([linkConfig(), linkConfig(other)], 'carriers.name-in-use', /telia.*telenor0/);
    const emulator = await CarrierEmulator.start({ links: [linkConfig()] });
    await assert.rejects(emulator.command({ kind: 'rebind', link: 'nobody' }), /telenor/);
    await emulator.stop();
    await emulator.stop();
    await assert.rejects(emulator.command({ kind: 'rebind', link: 'telenor' }), /stopped/);
    closeNetns(unit);
    closeNetns(internet);
  });
}

function readUnit(): { up: boolean; address: string | undefined; defaults: number } {
  const rtnl = Rtnl.open();
  try {
    const up = rtnl.link('telenor0')?.up ?? false;
    const [address] = rtnl.addresses('telenor0');
    const routes = rtnl.routes().filter(({ to, family }) => to === 'default' && family === 4);
    return { up, address: address?.prefix, defaults: routes.length };
  } finally {
    rtnl.close();
  }
}
