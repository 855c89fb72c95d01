import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arenaOf, type Craft, craft } from './crafted.ts';
import { InnerFault, innerFaultName } from './fault.ts';
import { EXTENSIONS_MAX, InnerPacket } from './packet.ts';

const TCP4: Craft = {
  version: 4,
  protocol: 'tcp',
  payload: new Uint8Array(10),
  trafficClass: 0xb9,
};
const UDP6: Craft = { ...TCP4, version: 6, protocol: 'udp' };

function read(bytes: ArrayLike<number>, length = bytes.length, seed = 0): InnerPacket {
  const packet = new InnerPacket(seed);
  assert.equal(packet.read(arenaOf(bytes), 0, length), 0);
  return packet;
}

function faultOf(bytes: ArrayLike<number>, length = bytes.length): number {
  return new InnerPacket().read(arenaOf(bytes, 64), 0, length);
}

test('[IN-1] InnerPacket reads IPv4 and IPv6, with options, extensions and padding behind', () => {
  for (const longHeader of [false, true]) {
    const four = read([...craft({ ...TCP4, longHeader }), 0, 0, 0]);
    const ip4 = longHeader ? 24 : 20;
    assert.deepEqual(
      [four.version, four.protocol, four.headerBytes, four.transportAt, four.totalLength],
      [4, 6, ip4, ip4, ip4 + 30],
    );
    assert.deepEqual(
      [four.dscp, four.ecn, four.sourcePort, four.destinationPort],
      [46, 1, 40_000, 443],
    );
    const six = read([...craft({ ...UDP6, longHeader }), 0]);
    const ip6 = longHeader ? 48 : 40;
    assert.deepEqual(
      [six.version, six.protocol, six.headerBytes, six.transportAt, six.totalLength],
      [6, 17, ip6, ip6, ip6 + 18],
    );
    assert.deepEqual([six.dscp, six.ecn, six.hasPorts, six.isFragment], [46, 1, true, false]);
  }
});

test('[IN-1] InnerPacket names what is wrong with a header', () => {
  const four = craft(TCP4);
  const six = craft(UDP6);
  const cases: [number, ArrayLike<number>][] = [
    [InnerFault.tooShort, []],
    [InnerFault.tooShort, four.slice(0, 19)],
    [InnerFault.tooShort, six.slice(0, 39)],
    [InnerFault.badVersion, four.slice().fill(0x55, 0, 1)],
    [InnerFault.badLength, four.slice().fill(0x44, 0, 1)],
    [InnerFault.badLength, four.slice().fill(0, 2, 4)],
    [InnerFault.badLength, four.slice(0, four.length - 1)],
    [InnerFault.badLength, six.slice(0, six.length - 1)],
    [InnerFault.badExtensions, craft({ ...UDP6, longHeader: true }).fill(9, 41, 42)],
  ];
  for (const [fault, bytes] of cases) {
    assert.equal(innerFaultName(faultOf(bytes)), innerFaultName(fault));
  }
});

test('[IN-2] an extension header that is not there is not read', () => {
  const bytes = craft(UDP6).slice(0, 40).fill(0, 4, 6).fill(60, 6, 7);
  assert.equal(new InnerPacket().read(arenaOf(bytes), 0, 40), InnerFault.badExtensions);
});

test('[IN-2] a chain of eight extension headers is walked, of nine refused', () => {
  const chain = (count: number): number[] => {
    const bytes = [...craft(UDP6)];
    const extension = [60, 0, 1, 4, 0, 0, 0, 0];
    const extensions = Array.from({ length: count }, () => extension).flat();
    extensions[extensions.length - 8] = 17;
    bytes.splice(4, 3, 0, 18 + count * 8, 60);
    bytes.splice(40, 0, ...extensions);
    return bytes;
  };
  assert.equal(read(chain(EXTENSIONS_MAX)).destinationPort, 443);
  assert.equal(faultOf(chain(EXTENSIONS_MAX + 1)), InnerFault.badExtensions);
});

function fragmentOf6(offsetAndMore: number, idLast: number): number[] {
  const bytes = [...craft(UDP6)];
  bytes.splice(4, 3, 0, 26, 44);
  bytes.splice(40, 0, 17, 0, offsetAndMore >> 8, offsetAndMore & 255, 0, 0, 0, idLast);
  return bytes;
}

test('[IN-3] all fragments of a flow have one hash and no ports; an atomic one is whole', () => {
  const whole = read(craft(UDP6));
  const [first, later] = [read(fragmentOf6(1, 1)), read(fragmentOf6(0x0100, 1))];
  assert.deepEqual([first.isFragment, first.hasPorts, first.sourcePort], [true, false, 0]);
  assert.equal(first.flowHash, later.flowHash);
  assert.notEqual(first.flowHash, whole.flowHash);
  const atomic = read(fragmentOf6(0, 1));
  assert.deepEqual([atomic.isFragment, atomic.flowHash], [false, whole.flowHash]);
  const [first4, later4] = [craft(TCP4).fill(0x20, 6, 7), craft(TCP4).fill(5, 7, 8)].map((bytes) =>
    read(bytes),
  );
  assert.equal(first4?.isFragment, true);
  assert.equal(first4?.flowHash, later4?.flowHash);
});

test('[IN-3] flowHash is stable, moves with every part of the 5-tuple and with the seed', () => {
  const base = read(craft(TCP4)).flowHash;
  assert.equal(read(craft({ ...TCP4, seq: 99, id: 5, trafficClass: 0 })).flowHash, base);
  const others = [
    read(craft({ ...TCP4, source: [10, 1, 2, 4] })),
    read(craft({ ...TCP4, destination: [192, 0, 2, 8] })),
    read(craft({ ...TCP4, ports: [40_001, 443] })),
    read(craft({ ...TCP4, ports: [40_000, 444] })),
    read(craft({ ...TCP4, protocol: 'udp' })),
    read(craft(TCP4), undefined, 1),
  ];
  assert.equal(new Set([base, ...others.map((packet) => packet.flowHash)]).size, 7);
});

test('[IN-3] flowHash spreads 6,400 neighbouring flows over 64 buckets evenly', () => {
  const counts = Array.from({ length: 64 }, () => 0);
  const arena = arenaOf(craft(TCP4));
  const packet = new InnerPacket();
  for (let port = 0; port < 6400; port++) {
    arena.view.setUint16(20, 30_000 + port);
    packet.read(arena, 0, arena.bytes.length);
    const bucket = packet.flowHash & 63;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  // Binomial, mean 100, deviation 10: beyond five deviations one time in a million.
  for (const count of counts) assert.ok(count > 50 && count < 150, `${count} in a bucket`);
});

test('an unfinished routing header is seen', () => {
  const bytes = [...craft(UDP6)];
  bytes.splice(4, 3, 0, 26, 43);
  bytes.splice(40, 0, 17, 0, 4, 1, 0, 0, 0, 0);
  assert.equal(read(bytes).isSourceRouted, true);
  bytes[43] = 0;
  assert.equal(read(bytes).isSourceRouted, false);
});
