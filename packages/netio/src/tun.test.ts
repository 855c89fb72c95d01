import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { type Arena, parseEndpoint, present } from '@rmh/base';
import { allocateArena, IOVEC_BYTES, setIovec } from './arena.ts';
import { nowUs } from './clock.ts';
import { Errno, NetError } from './errors.ts';
import { Rtnl } from './netlink/rtnl.ts';
import { closeNetns, createNetns, inNetns } from './netns.ts';
import { Poller } from './poller.ts';
import { TcpListener, TcpStream } from './tcp.ts';
import { runInSandbox } from './testing/sandbox.ts';
import { TunDevice, VNET_HEADER_BYTES } from './tun.ts';

const SENT_BYTES = 4 << 20;
const PACKET_AT = 0;
const IOVECS_AT = 70_000;
const SEND_AT = 131_072;
const RECEIVE_AT = SEND_AT + SENT_BYTES;
const GSO_TCPV4 = 1;

if (runInSandbox(import.meta.url, { tun: true })) {
  test('TCP super-packets leave one TUN and enter another, and every byte arrives', () => {
    const arena = allocateArena(RECEIVE_AT + SENT_BYTES);
    for (let i = 0; i < SENT_BYTES; i++) arena.bytes[SEND_AT + i] = i ^ (i >> 11);
    const far = createNetns();
    const a = tun('a', 1);
    const b = inNetns(far, () => tun('b', 2));
    const listener = inNetns(far, () =>
      TcpListener.open(present(parseEndpoint('10.8.0.2:7777'), 'an endpoint'), {
        nonblocking: true,
      }),
    );
    const to = present(parseEndpoint('10.8.0.2:7777'), 'an endpoint');
    const sender = TcpStream.connect(to, { nonblocking: true });
    const seen = pump(arena, [a, b], { listener, sender });
    assert.deepEqual(
      arena.bytes.subarray(RECEIVE_AT, RECEIVE_AT + SENT_BYTES),
      arena.bytes.subarray(SEND_AT, SEND_AT + SENT_BYTES),
    );
    assert.ok(seen.largest > 1500 + VNET_HEADER_BYTES, `largest packet ${seen.largest}`);
    assert.ok(seen.trains > 0, 'super-packets carry their segment size');
    for (const device of [a, b]) device.close();
    for (const socket of [listener, sender]) socket.close();
    closeNetns(far);
  });

  test('without the header a packet is read as it is; an idle device says EAGAIN', () => {
    const arena = allocateArena(4096);
    const device = TunDevice.open({ name: 'plain%d', vnetHeader: false, offloads: false });
    assert.equal(device.name, 'plain0');
    // Down: nothing to read and nobody to write to.
    assert.equal(device.write(arena, 0, 20), -Errno.EINVAL, 'a packet starts with 4 or 6');
    arena.bytes[0] = 0x45;
    assert.equal(device.write(arena, 0, 20), -Errno.EIO);
    const rtnl = Rtnl.open();
    rtnl.setLink('plain0', { up: true });
    while (device.read(arena, 0, 4096) > 0);
    assert.equal(device.read(arena, 0, 4096), -Errno.EAGAIN);
    rtnl.close();
    device.close();
  });

  test('setCarrier(false) shows as no carrier, and close removes the device', () => {
    const rtnl = Rtnl.open();
    const device = TunDevice.open({ name: 'carrier0', vnetHeader: true, offloads: true });
    rtnl.setLink('carrier0', { up: true });
    assert.equal(rtnl.link('carrier0')?.carrier, true);
    device.setCarrier(false);
    assert.equal(rtnl.link('carrier0')?.carrier, false);
    device.setCarrier(true);
    assert.equal(rtnl.link('carrier0')?.running, true);
    device.close();
    assert.equal(rtnl.link('carrier0'), null);
    rtnl.close();
  });

  test('a name in use, a name of another kind and no name at all are told apart', () => {
    const options = { vnetHeader: false, offloads: false };
    const device = TunDevice.open({ name: 'taken0', ...options });
    assert.throws(() => TunDevice.open({ name: 'taken0', ...options }), hasCode('tun.name-in-use'));
    assert.throws(() => TunDevice.open({ name: 'lo', ...options }), hasCode('tun.name-in-use'));
    assert.throws(() => TunDevice.open({ name: 'a/b', ...options }), hasCode('tun.failed'));
    device.close();
  });

  test('without CAP_NET_ADMIN the error says so and what to do', () => {
    const index = new URL('./index.ts', import.meta.url).href;
    const script = `
      import { capabilities, TunDevice } from ${JSON.stringify(index)};
      if (capabilities().netAdmin) throw new Error('still capable');
      try { TunDevice.open({ name: 'no0', vnetHeader: true, offloads: true }); }
      catch (error) { console.log(error.code, '|', error.hint); }`;
    const drop = ['--bounding-set=-all', '--inh-caps=-all'];
    const node = [process.execPath, '--input-type=module', '--eval', script];
    const child = spawnSync('setpriv', [...drop, ...node], { encoding: 'utf8' });
    assert.match(child.stdout, /^tun\.permission \| .*CAP_NET_ADMIN/, child.stderr);
  });
}

function tun(name: string, host: number): TunDevice {
  const device = TunDevice.open({ name, vnetHeader: true, offloads: true });
  const rtnl = Rtnl.open();
  rtnl.setLink(name, { up: true, mtu: 1400 });
  rtnl.addAddress(name, `10.8.0.${host}/24`);
  rtnl.close();
  return device;
}

interface Flow {
  readonly listener: TcpListener;
  readonly sender: TcpStream;
}

/** Carries packets between the devices until the flow has passed, or ten seconds. */
function pump(arena: Arena, devices: readonly [TunDevice, TunDevice], flow: Flow) {
  const seen = { largest: 0, trains: 0 };
  const poller = new Poller();
  for (const device of devices) poller.add(device.fd);
  const deadlineUs = nowUs() + 10e6;
  let receiver: TcpStream | null = null;
  let [sent, received] = [0, 0];
  while (received < SENT_BYTES) {
    assert.ok(nowUs() < deadlineUs, `${received} of ${SENT_BYTES} bytes arrived`);
    if (sent < SENT_BYTES) {
      sent += Math.max(0, flow.sender.send(arena, SEND_AT + sent, SENT_BYTES - sent));
    }
    carry(arena, devices[0], devices[1], seen);
    carry(arena, devices[1], devices[0], seen);
    receiver ??= flow.listener.accept();
    if (receiver !== null) {
      const count = receiver.receive(arena, RECEIVE_AT + received, SENT_BYTES - received);
      received += Math.max(0, count);
    }
    poller.wait(1000);
  }
  receiver?.close();
  return seen;
}

function carry(
  arena: Arena,
  from: TunDevice,
  to: TunDevice,
  seen: { largest: number; trains: number },
): void {
  while (true) {
    const length = from.read(arena, PACKET_AT, 65_546);
    if (length < 0) return;
    seen.largest = Math.max(seen.largest, length);
    if (arena.view.getUint8(PACKET_AT + 1) === GSO_TCPV4) {
      seen.trains++;
      assert.equal(arena.view.getUint16(PACKET_AT + 4, true), 1400 - 52, 'segment size');
    }
    setIovec(arena, IOVECS_AT, 0, PACKET_AT, VNET_HEADER_BYTES);
    setIovec(arena, IOVECS_AT, 1, PACKET_AT + VNET_HEADER_BYTES, length - VNET_HEADER_BYTES);
    assert.equal(IOVEC_BYTES, 16);
    assert.equal(to.writeVec(arena, IOVECS_AT, 2), length);
  }
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof NetError && error.code === code;
}
