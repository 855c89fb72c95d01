import assert from 'node:assert/strict';
import test from 'node:test';
import { handshakeCrypto } from '@rmh/aead';
import { MessageType, TRANSPORT_BYTES_MIN } from '@rmh/wire';
import type { End } from './end.fake.ts';
import { type Datagram, World } from './world.fake.ts';

const SECOND_US = 1_000_000;
const STREAM = 128;

interface Stock {
  readonly world: World;
  readonly unit: End;
  readonly gateway: End;
  readonly seen: Datagram[];
}

/** One end speaks frames, or neither does. Two links, so that a stock end has a choice to avoid. */
function stock(seed: number, speaks: { unit: boolean; gateway: boolean }): Stock {
  const world = new World(handshakeCrypto, seed);
  const seen: Datagram[] = [];
  world.tap = (datagram) => seen.push(datagram) > 0;
  const gateway = world.addGateway('gw1');
  const unit = world.addUnit('unit1', [{}]);
  world.connect(unit, gateway, speaks);
  world.run(6 * SECOND_US);
  return { world, unit, gateway, seen };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function exchange({ world, unit, gateway }: Stock, count: number, stepUs: number): void {
  unit.delivered.length = gateway.delivered.length = 0;
  world.every(world.nowUs, stepUs, count, (id) => {
    unit.sendInner(unit.peer(gateway), STREAM, id, 100);
    gateway.sendInner(gateway.peer(unit), STREAM, id, 100);
  });
  world.run(count * stepUs + SECOND_US);
  assert.deepEqual(gateway.ids(), range(count), 'up');
  assert.deepEqual(unit.ids(), range(count), 'down');
}

const MIXES = [
  ['neither end', { unit: false, gateway: false }],
  ['only the gateway', { unit: false, gateway: true }],
  ['only the unit', { unit: true, gateway: false }],
] as const;

for (const [who, speaks] of MIXES) {
  test(`[FR-1] where ${who} speaks frames, bare IP packets go both ways, padded to 16`, () => {
    const both = stock(1, speaks);
    assert.notEqual(both.gateway.peer(both.unit).speech, 'multipath');
    assert.equal(both.unit.peer(both.gateway).speech, 'stock');
    both.seen.length = 0;
    exchange(both, 100, 10_000);
    for (const { bytes } of both.seen) assert.equal(bytes.length % 16, 0, `${bytes.length}`);
    for (const { bytes } of both.gateway.delivered) assert.ok(bytes >= 100 && bytes <= 112);
    assert.equal(both.unit.tunnel.choice.active?.settings.name, 'gw1');
  });

  test(`[HS-8] where ${who} speaks frames, keys are renewed at least twice in 300 s`, () => {
    const both = stock(2, speaks);
    const before = both.unit.peer(both.gateway).handshakes;
    exchange(both, 1500, 200_000);
    assert.ok(both.unit.peer(both.gateway).handshakes - before >= 2);
  });
}

test('a stock end that only listens answers within 10 s with an empty message', () => {
  const both = stock(3, { unit: false, gateway: false });
  const { world, unit, gateway, seen } = both;
  world.run(20 * SECOND_US);
  seen.length = 0;
  unit.sendInner(unit.peer(gateway), STREAM, 1, 100);
  const sentUs = world.nowUs;
  world.run(12 * SECOND_US);
  const answer = seen.find(({ to }) => to === world.textOf(unit, 0));
  assert.equal(answer?.bytes.length, TRANSPORT_BYTES_MIN);
  assert.ok((answer?.atUs ?? Infinity) - sentUs < 10.5 * SECOND_US);
  world.run(60 * SECOND_US);
  const keepalives = seen.filter(({ bytes }) => bytes.length === TRANSPORT_BYTES_MIN);
  assert.equal(keepalives.length, 1, 'and empty messages are not answered with empty messages');
});

test('unanswered stock data brings a new handshake after 15 s', () => {
  const both = stock(4, { unit: false, gateway: false });
  const { world, unit, gateway, seen } = both;
  gateway.alive = false;
  seen.length = 0;
  unit.sendInner(unit.peer(gateway), STREAM, 1, 100);
  const sentUs = world.nowUs;
  world.run(20 * SECOND_US);
  const initiation = seen.find(({ bytes }) => bytes[0] === MessageType.initiation);
  const afterUs = (initiation?.atUs ?? Infinity) - sentUs;
  assert.ok(afterUs > 14 * SECOND_US && afterUs < 16.5 * SECOND_US, `${afterUs}`);
});

test('[FR-1] frames for an end that is configured stock are refused, and counted', () => {
  const both = stock(5, { unit: true, gateway: false });
  const dropped = both.gateway.env.drops.reduce((sum, count) => sum + count, 0);
  assert.ok(dropped >= 10, 'the control: hellos came');
  assert.equal(both.gateway.peer(both.unit).lanes.length, 0);
});

test('[HS-3] a roaming stock unit is answered where it was heard last', () => {
  const both = stock(6, { unit: false, gateway: false });
  exchange(both, 10, 10_000);
  both.world.rebind(both.unit, 0);
  both.unit.sendInner(both.unit.peer(both.gateway), STREAM, 1, 100);
  both.world.run(SECOND_US);
  exchange(both, 10, 10_000);
});
