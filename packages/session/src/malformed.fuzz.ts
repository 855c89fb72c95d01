/**
 * A peer that has the true keys and lies: random, damaged and contradictory frames, sealed as its
 * own. Nothing throws or hangs, every table stays within its bounds, and a unit that behaves
 * keeps its traffic. RMH_FUZZ_RUNS=1000000 takes half a minute of CPU; RMH_FUZZ_SEED repeats it.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { handshakeCrypto } from '@rmh/aead';
import { Random, TrafficClass } from '@rmh/base';
import {
  type ControlType,
  FRAME_HEADER_BYTES,
  FrameKind,
  PATHS_MAX,
  STREAMS_MAX,
  stampTransmission,
  TAG_BYTES,
  TRANSPORT_HEADER_BYTES,
  writeControlHeader,
  writeFrameHeader,
  writeTransportHeader,
} from '@rmh/wire';
import { ENDPOINTS, type End, HOLD_SLOTS } from './end.fake.ts';
import { World } from './world.fake.ts';

const RUNS = Number(process.env['RMH_FUZZ_RUNS'] ?? 2000);
const SEED = Number(process.env['RMH_FUZZ_SEED'] ?? Date.now());
const SECOND_US = 1_000_000;
const INTERACTIVE = TrafficClass.interactive << 6;
const RUNS_A_TURN = 200;
const CONTROL_RUNS = 2000;
const CONTROL_SEED = 1;
const CONTROL_STREAMS = 40;
const PLAIN_MAX = 600;

// What a lie tells is drawn from this; each test begins it anew.
let random = new Random(SEED);
const plain = new Uint8Array(PLAIN_MAX + 64);
const view = new DataView(plain.buffer);

/** A few numbers near each other and near the ends of the circle: they collide and jump. */
function number32(): number {
  const near = [random.below(300), 2 ** 31 + random.below(9), 2 ** 32 - 1 - random.below(300)];
  return random.below(8) === 0 ? random.u32() : (near[random.below(3)] ?? 0);
}

/** Fills `plain` with something that a liar could seal; returns its length. */
function lie(): number {
  const kind = random.below(10);
  if (kind === 0) return random.fill(plain.subarray(0, random.below(PLAIN_MAX))).length;
  if (kind < 4) return lieAboutData();
  let end = FRAME_HEADER_BYTES;
  for (let frames = random.below(12); frames > 0; frames--) end = lieInControl(end);
  header(FrameKind.control);
  if (random.below(6) === 0) plain[random.below(end)] = random.u32();
  return random.below(12) === 0 ? random.below(end + 1) : end;
}

function header(kind: FrameKind): void {
  const path = random.below(random.below(20) === 0 ? 256 : PATHS_MAX);
  const flags = random.below(random.below(20) === 0 ? 256 : 16);
  writeFrameHeader(view, 0, kind, path, random.u32() & 0xff, flags);
  stampTransmission(view, 0, number32(), number32());
}

function lieAboutData(): number {
  random.fill(plain.subarray(0, 100));
  header(random.below(20) === 0 ? FrameKind.fragment : FrameKind.data);
  view.setUint32(12, number32(), true);
  return 17 + random.below(random.below(10) === 0 ? PLAIN_MAX - 20 : 60);
}

function lieInControl(at: number): number {
  const type = (random.below(12) + (random.below(30) === 0 ? 200 : 0)) as ControlType;
  const exact = [0, 8, 8, 20, 4, 8, 8, 24, 4, 0, 8, 4][type] ?? random.below(30);
  const body = writeControlHeader(view, at, type, exact);
  if (body + exact > PLAIN_MAX) return at;
  random.fill(plain.subarray(body, body + exact));
  if (type <= 2) {
    plain[body] = 1;
    view.setUint32(body + 4, random.below(200) === 0 ? random.below(9) : 0, true);
  }
  if (type === 7) {
    plain[body] = random.below(PATHS_MAX);
    view.setUint16(body + 2, 32 - random.below(8), true);
    view.setUint32(body + 4, number32(), true);
  }
  if (type === 10) view.setUint32(body, number32(), true);
  return body + exact;
}

/** Seals `plain` as `from` would for `to`, and lets it arrive; false when there is no session. */
function pass(from: End, to: End, length: number, link: number, source: Uint8Array): boolean {
  const keypair = from.peer(to).keys.current;
  if (keypair === null) return false;
  from.arena.bytes.set(plain.subarray(0, length), TRANSPORT_HEADER_BYTES);
  const counter = keypair.sendCounter++;
  writeTransportHeader(from.arena.view, 0, keypair.peerIndex, counter);
  from.env.aead.seal(keypair.sendKey, counter, 16, length, TRANSPORT_HEADER_BYTES);
  const bytes = from.arena.bytes.slice(0, TRANSPORT_HEADER_BYTES + length + TAG_BYTES);
  to.receive(link, bytes, source);
  return true;
}

function checkBounds(end: End): void {
  for (const peer of end.tunnel.peers) {
    if (peer === null) continue;
    assert.ok(peer.lanes.length <= PATHS_MAX, 'paths');
    assert.ok(peer.receivers.length === STREAMS_MAX && peer.holding.size <= STREAMS_MAX);
    assert.ok(peer.cookieJars.size <= PATHS_MAX, 'cookie jars');
    for (const lane of peer.lanes) {
      assert.ok(lane.log.inFlight <= 16_384, 'what is unanswered');
      assert.ok(lane.lossShare >= 0 && lane.lossShare <= 1, 'a share');
      assert.ok(Number.isFinite(lane.rtt.smoothedUs) && lane.rtt.smoothedUs >= 0, 'a time');
    }
  }
  assert.ok(end.tunnel.handshaker.byIndex.size <= 3 * end.tunnel.peers.length, 'keys');
  assert.ok(end.env.holds.freeSlots <= HOLD_SLOTS && end.env.transmits.count === 0);
}

type Liar = 'unit' | 'gateway';

/** How many streams stood open at once, at the most. */
function lieFor(runs: number, liar: Liar, seed: number): number {
  random = new Random(seed);
  const world = new World(handshakeCrypto, seed);
  const gateway = world.addGateway('gw1', 1e9);
  const bad = world.addUnit('unit1', [{}, { delayUs: 30_000 }]);
  const good = world.addUnit('unit2', [{}]);
  const [from, to] = liar === 'unit' ? [bad, gateway] : [gateway, bad];
  world.connect(bad, gateway);
  world.connect(good, gateway);
  world.run(2 * SECOND_US);
  let delivered = 0;
  let passed = 0;
  let streams = 0;
  let sent = 0;
  for (let run = 0; run < runs; run++) {
    const link = liar === 'unit' ? 0 : random.below(2);
    const source = world.addressOf(from, 0).slice();
    if (random.below(30) === 0) source[2] = random.below(256);
    if (pass(from, to, lie(), link, source)) passed++;
    if (run % RUNS_A_TURN > 0) continue;
    checkBounds(to);
    streams = Math.max(streams, to.peer(from).receivers.filter((each) => each).length);
    const id = sent++;
    gateway.sendInner(gateway.peer(good), INTERACTIVE, id);
    gateway.sendInner(gateway.peer(bad), INTERACTIVE, id);
    bad.sendInner(bad.peer(gateway), INTERACTIVE, id);
    world.run(random.below(random.below(20) === 0 ? 3 * SECOND_US : 100_000));
    delivered += good.delivered.length;
    for (const end of world.ends) end.delivered.length = end.events.length = 0;
  }
  world.run(5 * SECOND_US);
  delivered += good.delivered.length;
  assert.ok(passed > runs * 0.9, 'the control: the lies were read');
  assert.equal(to.peer(from).lanes.length, PATHS_MAX, 'every path was claimed');
  if (liar === 'unit') assert.equal(delivered, sent, 'the good unit misses nothing');
  const free = [gateway, bad].map((end) => {
    let blocks = 0;
    while (end.env.endpoints.take() >= 0) blocks++;
    return blocks;
  });
  assert.ok(
    free.every((blocks) => blocks >= ENDPOINTS - 3 * (2 * PATHS_MAX + 2)),
    free.join(),
  );
  return streams;
}

for (const liar of ['unit', 'gateway'] as const) {
  test(`a lying ${liar} breaks nothing but its own session (seed ${SEED})`, () => {
    lieFor(RUNS, liar, SEED);
  });

  // A lie that tells of a new beginning forgets them all, so how many there are hangs on the seed.
  test(`the control: a ${liar} of one seed lies itself many streams`, (t) => {
    const streams = lieFor(CONTROL_RUNS, liar, CONTROL_SEED);
    t.diagnostic(`${streams} streams at once`);
    assert.ok(streams >= CONTROL_STREAMS);
  });
}
