import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type Arena, parseEndpoint, parseIp, present } from '@rmh/base';
import { allocateArena } from './arena.ts';
import { ENDPOINT_BYTES, readEndpoint, writeEndpoint } from './endpoint.ts';
import { Errno, NetError } from './errors.ts';
import { Rtnl } from './netlink/rtnl.ts';
import { closeNetns, createNetns, inNetns } from './netns.ts';
import { Poller } from './poller.ts';
import { runInSandbox } from './testing/sandbox.ts';
import { waitForLinks } from './testing/wait.ts';
import { ReceiveBatch } from './udp-receive.ts';
import { SendBatch, TRAIN_BYTES_MAX } from './udp-send.ts';
import { type UdpOptions, UdpSocket } from './udp-socket.ts';

const SLOTS = 8;
const SLOT_BYTES = 65_536;
const REGION_BYTES = ReceiveBatch.regionBytes(SLOTS, SLOT_BYTES);
const TO_AT = REGION_BYTES;
const DATA_AT = TO_AT + 2 * ENDPOINT_BYTES;

if (runInSandbox(import.meta.url)) {
  for (const family of [4, 6] as const) {
    test(`IPv${family} loopback: datagrams and trains arrive with size, bytes and sender`, () => {
      const home = family === 4 ? '127.0.0.1' : '::1';
      const [a, b] = [open({ family }), open({ family })];
      const { arena, batch, sending } = bench();
      writeEndpoint(arena, TO_AT, endpoint(home, b.local.port));
      sending.add(DATA_AT, 1000, 1000, TO_AT);
      sending.add(DATA_AT, TRAIN_BYTES_MAX, 1400, TO_AT);
      sending.add(DATA_AT, 1400, 700, TO_AT);
      assert.equal(sending.flush(a), 3);
      assert.equal(sending.count, 0);
      const arrived = receiveAll(batch, b, arena);
      assert.deepEqual(
        arrived.map(({ length, segment }) => [length, segment]),
        [
          [1000, 1000],
          [TRAIN_BYTES_MAX, 1400],
          [1400, 700],
        ],
      );
      for (const { bytes, from } of arrived) {
        assert.deepEqual(bytes, arena.bytes.slice(DATA_AT, DATA_AT + bytes.length));
        assert.deepEqual(from, endpoint(home, a.local.port));
      }
      assert.equal(batch.receive(b), -Errno.EAGAIN);
      close(a, b);
    });
  }

  test('SendBatch cuts trains itself, to the same bytes, where the kernel will not', () => {
    const [a, b] = [open({}), open({})];
    const { arena, batch, sending } = bench();
    writeEndpoint(arena, TO_AT, endpoint('127.0.0.1', b.local.port));
    const joined = (): Uint8Array => {
      sending.add(DATA_AT, 30_000, 1400, TO_AT);
      sending.add(DATA_AT, 77, 77, TO_AT);
      assert.equal(sending.flush(a), 2);
      return Buffer.concat(receiveAll(batch, b, arena).map(({ bytes }) => bytes));
    };
    const fast = joined();
    a.gso = false;
    assert.deepEqual(joined(), fast);
    close(a, b);
  });

  test('a veth pair between two namespaces carries trains whole, one receive each', () => {
    const link = vethPair();
    const far = inNetns(link.netns, () => open({ device: 'far0' }));
    const near = open({ device: 'near0' });
    const { arena, batch, sending } = bench();
    writeEndpoint(arena, TO_AT, endpoint('10.7.0.2', far.local.port));
    for (let i = 0; i < 4; i++) sending.add(DATA_AT, 44 * 1400, 1400, TO_AT);
    assert.equal(sending.flush(near), 4);
    const arrived = receiveAll(batch, far, arena);
    assert.equal(
      arrived.reduce((sum, { length }) => sum + length, 0),
      4 * 44 * 1400,
    );
    assert.ok(arrived.length < 4 * 44, 'trains were not taken apart');
    for (const { segment } of arrived) assert.equal(segment, 1400);
    close(near, far);
    link.close();
  });

  test('a socket bound to a device hears and uses no other', () => {
    const link = vethPair();
    const bound = open({ device: 'near0' });
    const free = open({});
    const { arena, batch, sending } = bench();
    writeEndpoint(arena, TO_AT, endpoint('127.0.0.1', bound.local.port));
    sending.add(DATA_AT, 100, 100, TO_AT);
    assert.equal(sending.flush(free), 1);
    assert.deepEqual(receiveAll(batch, bound, arena), [], 'loopback is another device');
    close(bound, free);
    link.close();
  });

  test('a datagram over the MTU fails with EMSGSIZE; dropFirst lets the rest go', () => {
    const link = vethPair();
    for (const family of [4, 6] as const) {
      const near = open({ family });
      const { arena, sending } = bench();
      const to = family === 4 ? '10.7.0.2' : 'fd07::2';
      writeEndpoint(arena, TO_AT, endpoint(to, 9));
      sending.add(DATA_AT, 100, 100, TO_AT);
      sending.add(DATA_AT, 1600, 1600, TO_AT);
      sending.add(DATA_AT, 6400, 1600, TO_AT);
      sending.add(DATA_AT, 200, 200, TO_AT);
      assert.equal(sending.flush(near), 1);
      assert.equal(sending.lastErrno, Errno.EMSGSIZE);
      sending.dropFirst();
      assert.equal(sending.flush(near), 0, 'a train of such segments fails alike');
      assert.equal(sending.lastErrno, Errno.EMSGSIZE);
      assert.equal(near.gso, true, 'and does not count as a kernel without trains');
      sending.dropFirst();
      assert.equal(sending.flush(near), 1);
      close(near);
    }
    link.close();
  });

  test('a datagram larger than its slot counts as truncated and has length 0', () => {
    const [a, b] = [open({}), open({ gro: false })];
    const { arena, sending } = bench();
    const small = new ReceiveBatch(arena, 0, 2, 512);
    writeEndpoint(arena, TO_AT, endpoint('127.0.0.1', b.local.port));
    sending.add(DATA_AT, 600, 600, TO_AT);
    sending.add(DATA_AT, 500, 500, TO_AT);
    sending.flush(a);
    assert.equal(small.receive(b), 2);
    assert.deepEqual([small.length(0), small.length(1), small.truncated], [0, 500, 1]);
    close(a, b);
  });

  test('datagrams lost to a full receive buffer are counted', () => {
    const [a, b] = [open({}), open({ gro: false, receiveBufferBytes: 4096 })];
    const { arena, batch, sending } = bench();
    writeEndpoint(arena, TO_AT, endpoint('127.0.0.1', b.local.port));
    for (let i = 0; i < 64; i++) sending.add(DATA_AT, 1000, 1000, TO_AT);
    sending.flush(a);
    receiveAll(batch, b, arena);
    sending.add(DATA_AT, 1000, 1000, TO_AT);
    sending.flush(a);
    receiveAll(batch, b, arena);
    assert.ok(b.overflowed > 0);
    close(a, b);
  });

  test('an endpoint block of a reused batch is zero behind the address', () => {
    const { arena, batch, sending } = bench();
    for (const family of [6, 4] as const) {
      const [a, b] = [open({ family }), open({ family })];
      const home = family === 4 ? '127.0.0.1' : '::1';
      writeEndpoint(arena, TO_AT, endpoint(home, b.local.port));
      sending.add(DATA_AT, 10, 10, TO_AT);
      sending.flush(a);
      assert.equal(batch.receive(b), 1);
      writeEndpoint(arena, TO_AT, endpoint(home, a.local.port));
      const expected = arena.bytes.slice(TO_AT, TO_AT + ENDPOINT_BYTES);
      const at = batch.endpointAt(0);
      assert.deepEqual(arena.bytes.slice(at, at + ENDPOINT_BYTES), expected);
      close(a, b);
    }
  });

  test('opening says what is wrong: port taken, no such device, no such address', () => {
    const a = open({});
    assert.throws(() => open({ port: a.local.port }), hasCode('port.in-use'));
    assert.throws(() => open({ device: 'nowhere0' }), hasCode('device.unknown'));
    assert.throws(() => open({ device: 'a name too long by far' }), hasCode('device.unknown'));
    const address = present(parseIp('192.0.2.1'), 'an address');
    assert.throws(() => open({ address }), hasCode('address.unavailable'));
    close(a);
  });
}

function open(options: Partial<UdpOptions>): UdpSocket {
  const sizes = { receiveBufferBytes: 4 << 20, sendBufferBytes: 4 << 20 };
  return UdpSocket.open({ family: 4, port: 0, gro: true, ...sizes, ...options });
}

function close(...sockets: UdpSocket[]): void {
  for (const socket of sockets) socket.close();
}

function bench(): { arena: Arena; batch: ReceiveBatch; sending: SendBatch } {
  const arena = allocateArena(DATA_AT + SLOT_BYTES);
  for (let i = 0; i < SLOT_BYTES; i++) arena.bytes[DATA_AT + i] = (i * 7) ^ (i >> 8);
  return {
    arena,
    batch: new ReceiveBatch(arena, 0, SLOTS, SLOT_BYTES),
    sending: new SendBatch(arena),
  };
}

interface Arrival {
  readonly length: number;
  readonly segment: number;
  readonly bytes: Uint8Array;
  readonly from: ReturnType<typeof readEndpoint>;
}

/** Until nothing comes for 50 ms. */
function receiveAll(batch: ReceiveBatch, socket: UdpSocket, arena: Arena): Arrival[] {
  const poller = new Poller();
  poller.add(socket.fd);
  const arrived: Arrival[] = [];
  while (poller.wait(50_000) > 0) {
    const count = batch.receive(socket);
    for (let i = 0; i < count; i++) {
      const [at, length] = [batch.slotAt(i), batch.length(i)];
      arrived.push({
        length,
        segment: batch.segmentBytes(i),
        bytes: arena.bytes.slice(at, at + length),
        from: readEndpoint(arena, batch.endpointAt(i)),
      });
    }
  }
  return arrived;
}

/** near0 10.7.0.1 here ↔ far0 10.7.0.2 in a namespace of its own. */
function vethPair(): { netns: number; close: () => void } {
  const netns = createNetns();
  const rtnl = Rtnl.open();
  rtnl.createVeth('near0', 'far0', netns);
  raise(rtnl, 'near0', 1);
  inNetns(netns, () => {
    const there = Rtnl.open();
    raise(there, 'far0', 2);
    there.close();
    waitForLinks(['far0']);
  });
  waitForLinks(['near0']);
  return {
    netns,
    close: () => {
      rtnl.deleteLink('near0');
      rtnl.close();
      closeNetns(netns);
    },
  };
}

function raise(rtnl: Rtnl, name: string, host: number): void {
  rtnl.addAddress(name, `10.7.0.${host}/24`);
  rtnl.addAddress(name, `fd07::${host}/64`, { noDad: true });
  rtnl.setLink(name, { up: true });
}

function endpoint(address: string, port: number) {
  const text = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return present(parseEndpoint(text), 'an endpoint');
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof NetError && error.code === code && error.message !== '';
}
