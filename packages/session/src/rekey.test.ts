import assert from 'node:assert/strict';
import test from 'node:test';
import { handshakeCrypto } from '@rmh/aead';
import { present, TrafficClass } from '@rmh/base';
import type { End } from './end.fake.ts';
import { World } from './world.fake.ts';

const SECOND_US = 1_000_000;
const INTERACTIVE = TrafficClass.interactive << 6;

/** What a shell does when the preshared key of a known peer changes. */
function rekey(end: End, other: End, presharedKey: Uint8Array): void {
  const peer = end.peer(other);
  const { publicKey } = other.tunnel.local;
  const remote = present(end.tunnel.identify(publicKey, presharedKey), 'a usable key');
  peer.settings = { ...peer.settings, remote };
}

function pair() {
  const world = new World(handshakeCrypto, 7);
  const gateway = world.addGateway('gw1');
  const unit = world.addUnit('unit1', [{ delayUs: 15_000 }, { delayUs: 35_000 }]);
  world.connect(unit, gateway);
  world.run(2 * SECOND_US);
  return { world, unit, gateway };
}

test('A preshared key that changes at both ends within a session costs no packet', () => {
  const { world, unit, gateway } = pair();
  const before = unit.peer(gateway).handshakes;
  const key = new Uint8Array(32).fill(7);
  unit.delivered.length = gateway.delivered.length = 0;
  world.every(world.nowUs, 200_000, 1_500, (id) => {
    unit.sendInner(unit.peer(gateway), INTERACTIVE, id);
    gateway.sendInner(gateway.peer(unit), INTERACTIVE, id);
  });
  world.at(world.nowUs + 20 * SECOND_US, () => rekey(gateway, unit, key));
  world.at(world.nowUs + 80 * SECOND_US, () => rekey(unit, gateway, key));
  world.run(310 * SECOND_US);
  assert.equal(unit.delivered.length, 1_500);
  assert.equal(gateway.delivered.length, 1_500);
  assert.ok(unit.peer(gateway).handshakes >= before + 2);
});

test('With a preshared key at one end only, the session ends with its keys (the control)', () => {
  const { world, unit, gateway } = pair();
  rekey(gateway, unit, new Uint8Array(32).fill(7));
  world.every(world.nowUs, 200_000, 1_500, (id) => {
    unit.sendInner(unit.peer(gateway), INTERACTIVE, id);
  });
  world.run(310 * SECOND_US);
  assert.ok(gateway.delivered.length < 1_000);
  assert.ok(unit.events.some(({ event }) => event.kind === 'handshake.silent'));
});
