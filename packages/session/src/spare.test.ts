import assert from 'node:assert/strict';
import test from 'node:test';
import { handshakeCrypto } from '@rmh/aead';
import { TrafficClass } from '@rmh/base';
import { NOT_SPARED } from '@rmh/scheduler';
import type { End } from './end.fake.ts';
import { World } from './world.fake.ts';

const SECOND_US = 1_000_000;
const CRITICAL = TrafficClass.critical << 6;
const INTERACTIVE = TrafficClass.interactive << 6;
const BULK = TrafficClass.bulk << 6;

/** A unit with two carriers; the quicker one is link 0. */
function house() {
  const world = new World(handshakeCrypto, 3);
  const gateway = world.addGateway('gw1');
  const unit = world.addUnit('unit1', [{ delayUs: 15_000 }, { delayUs: 40_000 }]);
  world.connect(unit, gateway);
  world.run(2 * SECOND_US);
  const spare = (link: number, from: TrafficClass | null) =>
    unit.tunnel.lanes.spare(unit.tunnel.peers, link, from);
  return { world, gateway, unit, spare };
}

/** Bytes that an end sent over each link while 200 packets of one stream left it in a second. */
function bytesOf(world: World, end: End, of: End, stream: number): number[] {
  const lanes = () => end.peer(of).lanes.map(({ bytesSent }) => bytesSent);
  const before = lanes();
  of.delivered.length = 0;
  world.every(world.nowUs, 5_000, 200, (id) => end.sendInner(end.peer(of), stream, id, 200));
  world.run(1.5 * SECOND_US);
  assert.equal(new Set(of.ids()).size, 200, 'whatever the path, all of it arrives');
  return lanes().map((bytes, i) => bytes - (before[i] ?? 0));
}

/** 200 packets of 200 bytes; reports and pings alone are far less. */
const MOST = 40_000;
const LITTLE = 20_000;

test('[PA-7] a spared link carries no interactive packet and no bulk, in neither direction', () => {
  const { world, gateway, unit, spare } = house();
  for (const [end, of] of [
    [unit, gateway],
    [gateway, unit],
  ] as const) {
    assert.ok((bytesOf(world, end, of, BULK)[0] ?? 0) > MOST, 'the control: it would');
  }
  spare(0, TrafficClass.interactive);
  // The gateway hears of it with the next report: its own ping asks for one within 2 s.
  world.run(3 * SECOND_US);
  for (const [end, of] of [
    [unit, gateway],
    [gateway, unit],
  ] as const) {
    for (const stream of [INTERACTIVE, BULK]) {
      const [spared = 0, other = 0] = bytesOf(world, end, of, stream);
      assert.ok(spared < LITTLE, `${spared} B over the spared link`);
      assert.ok(other > MOST, `${other} B over the other`);
    }
    const [spared = 0] = bytesOf(world, end, of, CRITICAL);
    assert.ok(spared > MOST, 'critical goes over it all the same');
  }
  spare(0, null);
  world.run(3 * SECOND_US);
  assert.ok((bytesOf(world, gateway, unit, BULK)[0] ?? 0) > MOST, 'and it ends');
});

test('[PA-7] spared for bulk alone, a link carries interactive as any, in both directions', () => {
  const { world, gateway, unit, spare } = house();
  spare(0, TrafficClass.bulk);
  world.run(3 * SECOND_US);
  for (const [end, of] of [
    [unit, gateway],
    [gateway, unit],
  ] as const) {
    const [quick = 0] = bytesOf(world, end, of, INTERACTIVE);
    assert.ok(quick > MOST, `${quick} B over the quicker link`);
    const [spared = 0, other = 0] = bytesOf(world, end, of, BULK);
    assert.ok(spared < LITTLE, `${spared} B of bulk over it`);
    assert.ok(other > MOST, `${other} B of bulk over the other`);
  }
  spare(0, TrafficClass.interactive);
  world.run(3 * SECOND_US);
  assert.ok((bytesOf(world, gateway, unit, INTERACTIVE)[0] ?? 0) < LITTLE, 'and it ends');
});

test('[PA-7] a gateway under load hears of it within a report', () => {
  const { world, gateway, unit, spare } = house();
  const lane = gateway.peer(unit).lanes[0];
  world.every(world.nowUs, 5_000, 100, (id) => gateway.sendInner(gateway.peer(unit), BULK, id));
  world.run(100_000);
  spare(0, TrafficClass.interactive);
  world.run(60_000);
  assert.equal(lane?.sparedFrom, TrafficClass.interactive);
});

test('[PA-7] interactive takes a spared link while no other carries, and bulk waits', () => {
  const { world, gateway, unit, spare } = house();
  spare(0, TrafficClass.interactive);
  unit.tunnel.closeLink(1, world.nowUs);
  world.run(SECOND_US);
  assert.ok((bytesOf(world, unit, gateway, INTERACTIVE)[0] ?? 0) > MOST);
  gateway.delivered.length = 0;
  unit.sendInner(unit.peer(gateway), BULK, 999);
  world.run(500_000);
  assert.deepEqual(gateway.ids(), []);
  unit.tunnel.openLink(1, world.nowUs);
  world.run(SECOND_US);
  assert.deepEqual(gateway.ids(), [999], 'until the other link is back');
});

test('[PA-7] a later gateway, and a link that changed its address, are spared too', () => {
  const { world, unit, spare } = house();
  spare(0, TrafficClass.interactive);
  const late = world.addGateway('gw2');
  world.connect(unit, late);
  world.rebind(unit, 0);
  unit.tunnel.openLink(0, world.nowUs);
  world.run(3 * SECOND_US);
  assert.deepEqual(
    unit.peer(late).lanes.map((lane) => lane.sparedFrom),
    [TrafficClass.interactive, NOT_SPARED],
  );
  assert.deepEqual(
    late.peer(unit).lanes.map((lane) => lane.sparedFrom),
    [TrafficClass.interactive, NOT_SPARED],
  );
});
