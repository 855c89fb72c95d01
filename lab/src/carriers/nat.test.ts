import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Arena, plainArena, Random } from '@rmh/base';
import { ipv4Number, ipv4Text } from './config.ts';
import { icmpSum, Protocol, Verdict } from './ipv4.ts';
import { Nat } from './nat.ts';

const INSIDE = ipv4Number('10.64.1.2');
const PUBLIC = ipv4Number('198.51.100.1');
const OTHER = ipv4Number('198.51.100.2');
const SERVER = ipv4Number('192.0.2.1');

function natOf(more: { mappingsMax?: number; idleUs?: number } = {}): Nat {
  return new Nat({ random: new Random(5), publicAddresses: [PUBLIC, OTHER], ...more });
}

interface Made {
  source: number;
  destination: number;
  sourcePort: number;
  destinationPort: number;
  protocol: number;
  payload: number;
}

const DATAGRAM: Made = {
  source: INSIDE,
  destination: SERVER,
  sourcePort: 5000,
  destinationPort: 7000,
  protocol: Protocol.udp,
  payload: 11,
};

/** A packet with right checksums at `at`; its length. */
function make(arena: Arena, at: number, more: Partial<Made> = {}): number {
  const made = { ...DATAGRAM, ...more };
  const { view, bytes } = arena;
  const head = made.protocol === Protocol.tcp ? 20 : 8;
  const length = 20 + head + made.payload;
  bytes.fill(0, at, at + length);
  view.setUint8(at, 0x45);
  view.setUint16(at + 2, length);
  view.setUint8(at + 8, 64);
  view.setUint8(at + 9, made.protocol);
  view.setUint32(at + 12, made.source);
  view.setUint32(at + 16, made.destination);
  view.setUint16(at + 10, icmpSum(view, at, at + 20));
  for (let i = 0; i < made.payload; i++) bytes[at + 20 + head + i] = (i * 37 + 1) & 0xff;
  if (made.protocol === Protocol.icmp) {
    view.setUint8(at + 20, 8);
    view.setUint16(at + 24, made.sourcePort);
    view.setUint16(at + 22, icmpSum(view, at + 20, at + length));
    return length;
  }
  view.setUint16(at + 20, made.sourcePort);
  view.setUint16(at + 22, made.destinationPort);
  if (made.protocol === Protocol.udp) view.setUint16(at + 24, length - 20);
  const sumAt = at + 20 + (made.protocol === Protocol.tcp ? 16 : 6);
  view.setUint16(sumAt, transportSum(arena, at, length));
  return length;
}

/** The slow, readable twin: the sum over pseudo header and segment; 0 over a right packet. */
function transportSum({ view }: Arena, at: number, length: number): number {
  const scratch = plainArena(12 + length);
  for (let i = 0; i < 8; i++) scratch.bytes[i] = view.getUint8(at + 12 + i);
  scratch.bytes[9] = view.getUint8(at + 9);
  scratch.view.setUint16(10, length - 20);
  for (let i = 20; i < length; i++) scratch.bytes[12 + i - 20] = view.getUint8(at + i);
  return icmpSum(scratch.view, 0, 12 + length - 20);
}

function assertSums(arena: Arena, at: number, length: number): void {
  assert.equal(icmpSum(arena.view, at, at + 20), 0, 'the IP header sums to zero');
  const isIcmp = arena.view.getUint8(at + 9) === Protocol.icmp;
  const sum = isIcmp ? icmpSum(arena.view, at + 20, at + length) : transportSum(arena, at, length);
  assert.equal(sum, 0, 'the segment sums to zero');
}

const source = ({ view }: Arena, at = 0) => ipv4Text(view.getUint32(at + 12));
const destination = ({ view }: Arena, at = 0) => ipv4Text(view.getUint32(at + 16));

test('UDP, TCP and echo go out from the public address and the answer finds back', () => {
  for (const protocol of [Protocol.udp, Protocol.tcp, Protocol.icmp]) {
    for (const payload of [0, 1, 11, 1200]) {
      const nat = natOf();
      const arena = plainArena(2048);
      const length = make(arena, 0, { protocol, payload });
      assert.equal(nat.outbound(arena, 0, length, 0), Verdict.ok);
      assert.equal(source(arena), '198.51.100.1');
      assertSums(arena, 0, length);
      const port = arena.view.getUint16(protocol === Protocol.icmp ? 24 : 20);
      const back = { source: SERVER, destination: PUBLIC, sourcePort: 7000 };
      const ports = protocol === Protocol.icmp ? { sourcePort: port } : { destinationPort: port };
      const answer = make(arena, 0, { ...back, ...ports, protocol, payload });
      assert.equal(nat.inbound(arena, 0, answer, 1), Verdict.ok);
      assert.equal(destination(arena), '10.64.1.2');
      assert.equal(arena.view.getUint16(protocol === Protocol.icmp ? 24 : 22), 5000);
      assertSums(arena, 0, answer);
    }
  }
});

test('a flow keeps its port towards every destination, and two flows have two', () => {
  const nat = natOf();
  const arena = plainArena(2048);
  const portOf = (more: Partial<Made>) => {
    assert.equal(nat.outbound(arena, 0, make(arena, 0, more), 0), Verdict.ok);
    return arena.view.getUint16(20);
  };
  const port = portOf({});
  assert.equal(portOf({ destination: SERVER + 1, destinationPort: 9 }), port);
  assert.notEqual(portOf({ sourcePort: 5001 }), port);
  assert.equal(nat.mappings, 2);
});

test('a UDP packet without a checksum stays without', () => {
  const arena = plainArena(2048);
  const length = make(arena, 0);
  arena.view.setUint16(26, 0);
  assert.equal(natOf().outbound(arena, 0, length, 0), Verdict.ok);
  assert.equal(arena.view.getUint16(26), 0);
});

test('an ICMP error is led to the flow that it quotes', () => {
  const nat = natOf();
  const arena = plainArena(4096);
  const length = make(arena, 0);
  nat.outbound(arena, 0, length, 0);
  const at = 2048;
  const total = 20 + 8 + 28;
  make(arena, at, { protocol: Protocol.icmp, source: SERVER, destination: PUBLIC, payload: 28 });
  arena.view.setUint8(at + 20, 3);
  arena.view.setUint8(at + 21, 3);
  arena.view.setUint32(at + 24, 0);
  arena.bytes.copyWithin(at + 28, 0, 28);
  arena.view.setUint16(at + 22, 0);
  arena.view.setUint16(at + 22, icmpSum(arena.view, at + 20, at + total));
  assert.equal(nat.inbound(arena, at, total, 1), Verdict.ok);
  assert.equal(destination(arena, at), '10.64.1.2');
  assert.equal(source(arena, at + 28), '10.64.1.2');
  assert.equal(arena.view.getUint16(at + 48), 5000);
  assertSums(arena, at, total);
  assert.equal(icmpSum(arena.view, at + 28, at + 48), 0, 'the quoted header sums to zero');
});

test('mappings end by idling, by rebinding and by being the oldest of too many', () => {
  const arena = plainArena(2048);
  const nat = natOf({ mappingsMax: 10, idleUs: 1000 });
  const out = (sourcePort: number, nowUs: number) => {
    assert.equal(nat.outbound(arena, 0, make(arena, 0, { sourcePort }), nowUs), Verdict.ok);
    return arena.view.getUint16(20);
  };
  const answered = (destinationPort: number, nowUs: number, to = PUBLIC) => {
    const length = make(arena, 0, { source: SERVER, destination: to, destinationPort });
    return nat.inbound(arena, 0, length, nowUs) === Verdict.ok;
  };
  const first = out(1, 0);
  assert.ok(answered(first, 1000));
  assert.ok(!answered(first, 1001));
  assert.notEqual(out(1, 2000), first);

  for (let port = 2; port < 30; port++) out(port, 2000 + port);
  assert.equal(nat.mappings, 10);

  const kept = out(29, 2030);
  nat.rebind(true);
  assert.equal(nat.mappings, 0);
  assert.ok(!answered(kept, 2031));
  out(29, 2031);
  assert.equal(source(arena), '198.51.100.2');
});

test('packets that cannot be translated are refused by name and left alone', () => {
  const arena = plainArena(2048);
  const verdictOf = (change: (view: DataView) => void, length = make(arena, 0)) => {
    make(arena, 0);
    change(arena.view);
    const before = arena.bytes.slice();
    const verdict = natOf().outbound(arena, 0, length, 0);
    assert.deepEqual(arena.bytes, before);
    return verdict;
  };
  assert.equal(
    verdictOf((view) => view.setUint8(0, 0x60)),
    Verdict.notIpv4,
  );
  assert.equal(
    verdictOf((view) => view.setUint8(0, 0x44)),
    Verdict.malformed,
  );
  assert.equal(
    verdictOf((view) => view.setUint16(2, 900)),
    Verdict.malformed,
  );
  assert.equal(
    verdictOf((view) => view.setUint16(6, 0x2000)),
    Verdict.fragment,
  );
  assert.equal(
    verdictOf((view) => view.setUint8(9, 47)),
    Verdict.protocol,
  );
  assert.equal(
    verdictOf(() => {}, 19),
    Verdict.malformed,
  );
  assert.equal(
    verdictOf(() => {}, 0),
    Verdict.malformed,
  );
});

test('mutated packets are refused or rewritten within their own bytes', () => {
  const seed = Number(process.env['RMH_FUZZ_SEED'] ?? 20_261_123);
  const runs = Number(process.env['RMH_FUZZ_RUNS'] ?? 50_000);
  const random = new Random(seed);
  const arena = plainArena(512);
  const nat = natOf({ mappingsMax: 64 });
  const GUARD = 0xa5;
  for (let run = 0; run < runs; run++) {
    arena.bytes.fill(GUARD);
    const protocol = [Protocol.udp, Protocol.tcp, Protocol.icmp][random.below(3)] ?? 0;
    const sourcePort = random.below(200);
    let length = make(arena, 64, { protocol, sourcePort, payload: random.below(100) });
    if (random.below(3) === 0) arena.view.setUint8(84, random.below(16)); // ICMP types
    for (let i = random.below(4); i > 0; i--) {
      arena.bytes[64 + random.below(length)] = random.below(256);
    }
    if (random.below(4) === 0) length = random.below(length + 1);
    arena.bytes.fill(GUARD, 64 + length);
    if (random.below(2) === 0) nat.outbound(arena, 64, length, run);
    else nat.inbound(arena, 64, length, run);
    const isUntouched = arena.bytes.every((byte, at) => {
      return (at >= 64 && at < 64 + length) || byte === GUARD;
    });
    assert.ok(isUntouched, `seed ${seed}, run ${run}: wrote beyond the packet`);
    assert.ok(nat.mappings <= 64);
  }
});
