import assert from 'node:assert/strict';
import test from 'node:test';
import { handshakeCrypto } from '@rmh/aead';
import { TrafficClass } from '@rmh/base';
import { World } from './world.fake.ts';

const SECOND_US = 1_000_000;
const VIDEO = (TrafficClass.realtime << 6) | 3;
const PACKETS = 4000;
const STEP_US = 5_000;

/** One stream of video over carriers of so many ms one way and so much loss. */
function drive(seed: number, delayMs: number, loss: number) {
  const world = new World(handshakeCrypto, seed);
  const gateway = world.addGateway('gw1');
  const carrier = { delayUs: delayMs * 1000, loss };
  const unit = world.addUnit('unit1', [carrier, { ...carrier, delayUs: (delayMs + 10) * 1000 }]);
  world.connect(unit, gateway);
  world.run(5 * SECOND_US);
  gateway.delivered.length = 0;
  const fromUs = world.nowUs;
  // Sizes differ, as those of video do; the end of each packet is its number once more.
  world.every(fromUs, STEP_US, PACKETS, (id) => {
    unit.sendInner(unit.peer(gateway), VIDEO, id, 64 + (id % 90));
  });
  world.run(PACKETS * STEP_US + 2 * SECOND_US);
  const inTime = gateway.delivered.filter(({ id, atUs }) => {
    return atUs - (fromUs + id * STEP_US) <= 150_000;
  });
  const tally = gateway.peer(unit).tallies[TrafficClass.realtime];
  const rebuilt = tally?.rebuilt ?? 0;
  return { gateway, rebuilt, inTimeShare: inTime.length / PACKETS };
}

for (const seed of [1, 2, 3]) {
  test(`[RP-3] what no repair reaches in time is rebuilt from symbols (seed ${seed})`, () => {
    const { gateway, rebuilt, inTimeShare } = drive(seed, 70, 0.02);
    assert.ok(rebuilt > PACKETS * 0.01, `${rebuilt} rebuilt`);
    // Two losses in one group of nine are left: some 0.7 % of the packets.
    assert.ok(inTimeShare > 0.99, `${inTimeShare} in time`);
    assert.equal(new Set(gateway.ids()).size, gateway.delivered.length, 'nothing twice');
    for (const { id, bytes } of gateway.delivered) assert.equal(bytes, 64 + (id % 90));
  });
}

test('[RP-3] where a repair still comes in time, no symbol is sent', () => {
  const { rebuilt, inTimeShare } = drive(1, 15, 0.02);
  assert.equal(rebuilt, 0);
  assert.ok(inTimeShare > 0.995, `${inTimeShare} in time`);
});
