/**
 * What an attacker on the road can send: replayed, truncated, reflected, forged, damaged and
 * crossed packets. None throws, none changes what an end knows, each is counted by its reason.
 * RMH_FUZZ_RUNS=1000000 takes half a minute of CPU; RMH_FUZZ_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { handshakeCrypto } from '@rmh/aead';
import { Random, TrafficClass } from '@rmh/base';
import { DROP_REASONS, Drop, dropName, MessageType, TRANSPORT_HEADER_BYTES } from '@rmh/wire';
import type { End } from './end.fake.ts';
import { summaryOf } from './summary.fake.ts';
import { type Datagram, World } from './world.fake.ts';

const RUNS = Number(process.env['RMH_FUZZ_RUNS'] ?? 2000);
const SEED = Number(process.env['RMH_FUZZ_SEED'] ?? Date.now());
const SECOND_US = 1_000_000;
const INTERACTIVE = TrafficClass.interactive << 6;
const RUNS_A_SCENE = 500;
/** A handshake message costs its receiver an X25519 or two: a fiftieth of the runs. */
const HANDSHAKES_ONE_IN = 50;
/** Of the 250 replays of a run 25, about half of which the receiver knows for what they are. */
const REPLAYED_HANDSHAKES_ONE_IN = 10;

const ATTACKS = [
  'replayed',
  'truncated',
  'grown',
  'reflected',
  'forged',
  'damaged',
  'crossed',
  'noise',
] as const;
type Attack = (typeof ATTACKS)[number];

/** Two units at a gateway, their traffic, and an attacker who has seen all of it. */
class Scene {
  readonly world = new World(handshakeCrypto, SEED);
  readonly gateway = this.world.addGateway('gw1', 1e9);
  readonly unit = this.world.addUnit('unit1', [{}, { delayUs: 40_000 }]);
  readonly other = this.world.addUnit('unit2', [{}]);
  readonly random = new Random(SEED + 1);
  transports: Datagram[] = [];
  handshakes: Datagram[] = [];

  constructor() {
    this.world.connect(this.unit, this.gateway);
    this.world.connect(this.other, this.gateway);
    this.world.tap = (datagram) => this.#remember(datagram);
    this.world.run(2 * SECOND_US);
  }

  /** Lets the ends go on for a while; every twentieth time past a renewal of the keys. */
  goOn(scene: number): void {
    this.transports = this.transports.slice(-100);
    this.world.every(this.world.nowUs, 5000, 20, (id) => {
      for (const unit of [this.unit, this.other]) {
        unit.sendInner(unit.peer(this.gateway), INTERACTIVE, id);
        this.gateway.sendInner(this.gateway.peer(unit), INTERACTIVE, id, 20 + id);
      }
    });
    this.world.run(scene % 20 === 19 ? 125 * SECOND_US : SECOND_US);
    // What is still on the road is new to its receiver, and no replay.
    const arrived = ({ atUs }: Datagram) => atUs < this.world.nowUs - 100_000;
    this.transports = this.transports.filter(arrived);
    this.handshakes = this.handshakes.filter(arrived);
    for (const end of this.world.ends) end.events.length = end.delivered.length = 0;
  }

  pick(handshakesOneIn: number): Datagram {
    const handshake = this.random.below(handshakesOneIn) === 0;
    const pool = handshake ? this.handshakes : this.transports;
    return pool[this.random.below(pool.length)] ?? assert.fail('something was seen');
  }

  endAt(address: string): End | undefined {
    return this.world.ends.find((end) =>
      [0, 1].some(
        (link) => (link === 0 || end === this.unit) && this.world.textOf(end, link) === address,
      ),
    );
  }

  #remember(datagram: Datagram): boolean {
    const transport = datagram.bytes[0] === MessageType.transport;
    (transport ? this.transports : this.handshakes).push(datagram);
    if (this.handshakes.length > 200) this.handshakes.shift();
    return true;
  }
}

function flip(bytes: Uint8Array, at: number, bits: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ bits;
}

/** The bytes of one attack and the end that they go to. */
function attackOf(scene: Scene, attack: Attack): { bytes: Uint8Array; to: End } {
  const { random } = scene;
  const seen = scene.pick(attack === 'replayed' ? REPLAYED_HANDSHAKES_ONE_IN : HANDSHAKES_ONE_IN);
  const to = scene.endAt(seen.to) ?? scene.gateway;
  const bytes = seen.bytes.slice();
  switch (attack) {
    case 'replayed':
      return { bytes, to };
    case 'truncated':
      return { bytes: bytes.slice(0, random.below(bytes.length)), to };
    case 'grown':
      return { bytes: Uint8Array.of(...bytes, ...new Uint8Array(1 + random.below(40))), to };
    case 'reflected':
      return { bytes, to: scene.endAt(seen.from) ?? scene.gateway };
    case 'damaged':
      // The last 16 bytes of a handshake message are mac2, which counts under load only.
      flip(bytes, random.below(bytes.length), 1 + random.below(255));
      return { bytes, to };
    case 'forged': {
      // The true index and a counter that is not used up, and anything behind them.
      const view = new DataView(bytes.buffer);
      if (bytes[0] !== MessageType.transport) return { bytes: random.fill(bytes), to };
      const counter = view.getUint32(8, true) + random.below(100_000);
      view.setUint32(8, counter, true);
      if (random.below(2) === 0) random.fill(bytes.subarray(TRANSPORT_HEADER_BYTES));
      return { bytes, to };
    }
    case 'crossed': {
      const second = scene.pick(HANDSHAKES_ONE_IN).bytes;
      bytes.set(second.subarray(4, 8), 4);
      return { bytes, to: scene.world.ends[random.below(3)] ?? to };
    }
    case 'noise': {
      const noise = random.fill(new Uint8Array(random.below(200)));
      if (random.below(4) > 0 && noise.length > 3) noise.set([1 + random.below(4), 0, 0, 0]);
      return { bytes: noise, to };
    }
  }
}

test(`no packet that is not authentic changes what an end knows (seed ${SEED})`, () => {
  const scene = new Scene();
  const { world, random } = scene;
  const reasons = new Float64Array(DROP_REASONS);
  let authentic = 0;
  for (let run = 0; run < RUNS; run++) {
    if (run % RUNS_A_SCENE === 0) scene.goOn(run / RUNS_A_SCENE);
    const attack = ATTACKS[random.below(ATTACKS.length)] ?? 'noise';
    const { bytes, to } = attackOf(scene, attack);
    const seen = scene.transports.length + scene.handshakes.length;
    const before = summaryOf(to);
    const drops = to.env.drops.slice();
    const source = world.addressOf(to === scene.unit ? scene.gateway : scene.unit, 0);
    to.receive(0, bytes, random.below(2) === 0 ? source : random.fill(source.slice()));
    const reason = to.env.drops.findIndex((count, i) => count !== drops[i]);
    const what = `run ${run}: ${attack}, ${bytes.length} bytes, ${dropName(reason)}`;
    if (before !== summaryOf(to)) assert.equal(summaryOf(to), before, what);
    assert.ok(reason > 0, `${what}: counted`);
    assert.equal(to.env.drops[reason], (drops[reason] ?? 0) + 1, `${what}: counted once`);
    assert.equal(scene.transports.length + scene.handshakes.length, seen, `${what}: no answer`);
    reasons[reason] = (reasons[reason] ?? 0) + 1;
    authentic += Number(bytes.length > 31);
  }
  assert.ok(authentic > RUNS / 3);
  // The control: every reason that these attacks should meet was met.
  const met = [Drop.tooShort, Drop.badTag, Drop.replayedCounter, Drop.unknownReceiver];
  for (const reason of [...met, Drop.badMac1, Drop.badLength, Drop.replayedHandshake]) {
    assert.ok((reasons[reason] ?? 0) > 0 || RUNS < 2000, dropName(reason));
  }
  // And after all that the sessions work as before.
  for (const unit of [scene.unit, scene.other]) {
    unit.delivered.length = 0;
    world.every(world.nowUs, 5000, 50, (id) => {
      scene.gateway.sendInner(scene.gateway.peer(unit), INTERACTIVE, id);
    });
    world.run(2 * SECOND_US);
    assert.deepEqual(
      unit.ids(),
      Array.from({ length: 50 }, (_, i) => i),
    );
  }
});

test('the control: a packet that is authentic and new does change the summary', () => {
  const scene = new Scene();
  const held: Datagram[] = [];
  scene.world.tap = (datagram) => held.push(datagram) === 0;
  scene.unit.sendInner(scene.unit.peer(scene.gateway), INTERACTIVE, 1);
  const { bytes } = held[0] ?? assert.fail('a packet left');
  const source = scene.world.addressOf(scene.unit, 0);
  const damaged = bytes.slice();
  damaged[40] = (damaged[40] ?? 0) ^ 1;
  const before = summaryOf(scene.gateway);
  scene.gateway.receive(0, damaged, source);
  assert.equal(summaryOf(scene.gateway), before);
  scene.gateway.receive(0, bytes, source);
  assert.notEqual(summaryOf(scene.gateway), before, '[RW-2] and the forgery before did not bar it');
  assert.equal(scene.gateway.ids().at(-1), 1);
});
