import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type IpEndpoint, parseIp, present } from '@rmh/base';
import { allocateArena } from './arena.ts';
import { Errno, NetError } from './errors.ts';
import { TcpListener, TcpStream } from './tcp.ts';
import { runInSandbox } from './testing/sandbox.ts';

if (runInSandbox(import.meta.url)) {
  for (const host of ['127.0.0.1', '::1']) {
    test(`TCP over ${host}: bytes, end, state`, () => {
      const arena = allocateArena(8192);
      arena.bytes.fill(7, 0, 4096);
      const listener = TcpListener.open(at(host, 0), { waitMsMax: 2000 });
      const options = { nodelay: true, congestion: 'reno', userTimeoutMs: 3000, waitMsMax: 2000 };
      const client = TcpStream.connect(listener.local, options);
      const server = present(listener.accept(), 'a connection waits');
      assert.equal(client.send(arena, 0, 4096), 4096);
      assert.equal(server.receive(arena, 4096, 4096), 4096);
      assert.deepEqual(arena.bytes.subarray(4096), arena.bytes.subarray(0, 4096));
      assert.equal(client.congestion, 'reno');
      const state = client.state();
      assert.equal(state.state, 'established');
      assert.ok(state.rttUs > 0 && state.sentBytes === 4096);
      assert.equal(server.state().receivedBytes, 4096);
      client.finishSending();
      assert.equal(server.receive(arena, 0, 10), 0);
      assert.equal(server.state().state, 'close-wait');
      for (const socket of [client, server, listener]) socket.close();
    });
  }

  test('a wait ends, a reset is told, and a non-blocking call returns', () => {
    const arena = allocateArena(64);
    const listener = TcpListener.open(at('127.0.0.1', 0), { nonblocking: true });
    assert.equal(listener.accept(), null);
    const client = TcpStream.connect(listener.local, { waitMsMax: 20 });
    const server = present(listener.accept(), 'a connection waits');
    assert.equal(client.receive(arena, 0, 64), -Errno.EAGAIN);
    assert.equal(server.receive(arena, 0, 64), -Errno.EAGAIN);
    server.abort();
    assert.equal(client.receive(arena, 0, 64), -Errno.ECONNRESET);
    client.close();
    listener.close();
  });

  test('errors: nobody listens, no route, an unknown congestion control, a taken port', () => {
    const listener = TcpListener.open(at('127.0.0.1', 0));
    const { local } = listener;
    assert.throws(() => TcpListener.open(local), hasCode('port.in-use'));
    listener.close();
    assert.throws(() => TcpStream.connect(local), hasCode('socket.refused'));
    assert.throws(() => TcpStream.connect(at('192.0.2.1', 9)), hasCode('socket.unreachable'));
    const unknown = { congestion: 'nosuch' };
    assert.throws(() => TcpStream.connect(local, unknown), hasCode('congestion.unknown'));
    assert.throws(() => TcpStream.connect(local, { device: 'no0' }), hasCode('device.unknown'));
  });
}

function at(address: string, port: number): IpEndpoint {
  return { address: present(parseIp(address), 'an address'), port };
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof NetError && error.code === code;
}
