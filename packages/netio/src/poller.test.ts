import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { allocateArena } from './arena.ts';
import { nowUs, wallUs } from './clock.ts';
import { POLLED_MAX, Poller } from './poller.ts';
import { Wake } from './wake.ts';

test('Poller waits as long as it is told, and not at all for 0', () => {
  const poller = new Poller();
  const from = nowUs();
  assert.equal(poller.wait(0), 0);
  assert.equal(poller.wait(2500), 0);
  const waited = nowUs() - from;
  assert.ok(waited >= 2500, `${waited} µs`);
});

test('Poller rests whole, whatever is ready, and finds it afterwards', () => {
  const poller = new Poller();
  const wake = Wake.create();
  poller.add(wake.fd);
  wake.signal();
  const from = nowUs();
  poller.rest(2500);
  const rested = nowUs() - from;
  assert.ok(rested >= 2500, `${rested} µs`);
  assert.equal(poller.wait(0), 1);
  wake.close();
});

test('Poller says which descriptor is ready, and forgets a removed one', () => {
  const poller = new Poller();
  const [a, b] = [Wake.create(), Wake.create()];
  poller.add(a.fd);
  const index = poller.add(b.fd);
  b.signal();
  b.signal();
  assert.equal(poller.wait(-1), 1);
  assert.deepEqual(
    [poller.ready(a.fd), poller.ready(b.fd), poller.readyAt(index)],
    [false, true, true],
  );
  b.drain();
  assert.equal(poller.wait(0), 0);
  assert.equal(poller.ready(b.fd), false);
  a.signal();
  poller.remove(a.fd);
  assert.equal(poller.wait(0), 0);
  assert.throws(() => poller.ready(a.fd));
  assert.equal(poller.add(a.fd), 0, 'its place is free again');
  poller.setWritable(b.fd, true);
  assert.equal(poller.wait(0), 2);
  assert.deepEqual([poller.writable(b.fd), poller.ready(b.fd)], [true, false]);
  a.close();
  b.close();
});

test('Poller refuses one descriptor more than POLLED_MAX', () => {
  const poller = new Poller();
  for (let i = 0; i < POLLED_MAX; i++) poller.add(1000 + i);
  assert.throws(() => poller.add(2000));
});

test('Wake reaches a worker thread that blocks in poll', async () => {
  const [there, back] = [Wake.create(), Wake.create()];
  const index = JSON.stringify(new URL('./index.ts', import.meta.url).href);
  const script = `
    import { workerData } from 'node:worker_threads';
    const { nowUs, Poller, Wake } = await import(${index});
    const [there, back] = workerData.map((fd) => Wake.fromFd(fd));
    const poller = new Poller();
    poller.add(there.fd);
    back.signal();
    poller.wait(-1);
    there.drain();
    process.exitCode = 7;`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(script)}`);
  const worker = new Worker(url, { workerData: [there.fd, back.fd] });
  const ended = once(worker, 'exit');
  const poller = new Poller();
  poller.add(back.fd);
  while (poller.wait(0) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  there.signal();
  assert.deepEqual(await ended, [7]);
  there.close();
  back.close();
});

test('nowUs is whole, never goes back, and wallUs is the time of day', () => {
  let before = nowUs();
  for (let i = 0; i < 10_000; i++) {
    const now = nowUs();
    assert.ok(Number.isInteger(now) && now >= before);
    before = now;
  }
  assert.ok(Math.abs(wallUs() / 1000 - Date.now()) < 50);
});

test('an arena does not move when the heap does', () => {
  const arena = allocateArena(4096);
  const { address } = allocateArena(64);
  for (let i = 0; i < 200; i++) new Uint8Array(1 << 20).fill(i);
  assert.notEqual(address, arena.address);
  const [wake, poller] = [Wake.create(), new Poller()];
  poller.add(wake.fd);
  wake.signal();
  assert.equal(poller.wait(0), 1);
  wake.close();
});
