// The emulator's thread: one loop over every device of every link. It never returns to its event
// loop; commands come by a message port that is asked after a wake, answers go out by the same.
//
//   commands → read devices → advance links (change, deliver, reclaim) → publish → poll
import { setPriority } from 'node:os';
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { assert, Random } from '@rmh/base';
import { allocateArena, nowUs, Poller, Wake } from '@rmh/netio';
import { CarrierLink } from './carrier-link.ts';
import { type CarrierCommand, CarriersError } from './config.ts';
import { asCarriersError } from './devices.ts';
import { type FromWorker, START_ID, type ToWorker, type WorkerSetup } from './emulator-messages.ts';
import { PacketPool, SLOT_BYTES } from './packet-pool.ts';
import { writeStats } from './stats.ts';

/** One full buffer (2 MB: 1,400 packets) and what flies (100 Mbit/s × 0.1 s: 900), per link. */
const SLOTS_A_LINK = 4096;
const SLOTS_MAX = 32_768; // 64 MB
const PUBLISH_US = 20_000;

run(workerData as WorkerSetup);

function run(setup: WorkerSetup): void {
  hurry();
  const poller = new Poller();
  const wake = Wake.fromFd(setup.wakeFd);
  poller.add(wake.fd);
  let links: CarrierLink[];
  try {
    links = openLinks(setup, poller);
  } catch (error) {
    answer(setup.port, START_ID, error);
    return;
  }
  answer(setup.port, START_ID);
  const stopId = loop(setup, links, poller, wake);
  for (const link of links) link.close();
  answer(setup.port, stopId);
}

/** A late release reads as a fault of the tunnel under test. On Linux, nice is the thread's own. */
function hurry(): void {
  try {
    setPriority(0, -10);
  } catch {
    // Only root may; without it the emulator is as punctual as the machine is idle.
  }
}

/** All or none. */
function openLinks(setup: WorkerSetup, poller: Poller): CarrierLink[] {
  const slots = Math.min(SLOTS_MAX, setup.links.length * SLOTS_A_LINK);
  const pool = new PacketPool(allocateArena((slots + 1) * SLOT_BYTES));
  const random = new Random(setup.seed);
  const startedUs = nowUs();
  const links: CarrierLink[] = [];
  for (const [index, config] of setup.links.entries()) {
    try {
      links.push(new CarrierLink(config, index, pool, poller, random, startedUs));
    } catch (error) {
      for (const link of links) link.close();
      throw asCarriersError(error, `link "${config.name}": `);
    }
  }
  return links;
}

/** Until told to stop; the id of that message. */
function loop(setup: WorkerSetup, links: CarrierLink[], poller: Poller, wake: Wake): number {
  const shared = new Float64Array(setup.stats);
  let publishUs = 0;
  for (;;) {
    if (poller.ready(wake.fd)) {
      wake.drain();
      const stopId = obey(setup.port, links);
      if (stopId !== null) return stopId;
    }
    let more = false;
    for (const link of links) more = link.read() || more;
    let dueUs = Number.POSITIVE_INFINITY;
    const atUs = nowUs();
    for (const link of links) {
      link.advance(atUs);
      dueUs = Math.min(dueUs, link.nextDueUs());
    }
    const leftUs = more ? 0 : Math.max(0, dueUs - nowUs());
    // Before a long sleep too, or the last packets of a burst would stay uncounted.
    if (atUs >= publishUs || leftUs > PUBLISH_US) {
      const { user, system } = process.threadCpuUsage();
      writeStats(shared, links, user + system);
      publishUs = atUs + PUBLISH_US;
    }
    poller.wait(leftUs);
  }
}

function obey(port: MessagePort, links: readonly CarrierLink[]): number | null {
  for (;;) {
    const received = receiveMessageOnPort(port);
    if (received === undefined) return null;
    const message = received.message as ToWorker;
    if ('stop' in message) return message.id;
    try {
      applyTo(links, message.command);
      answer(port, message.id);
    } catch (error) {
      answer(port, message.id, error);
    }
  }
}

function applyTo(links: readonly CarrierLink[], command: CarrierCommand): void {
  const link = links.find(({ name }) => name === command.link);
  if (link === undefined) {
    const names = links.map(({ name }) => name).join(', ');
    throw new CarriersError(
      'carriers.unknown-link',
      `no link "${command.link}"; there is ${names}`,
    );
  }
  link.apply(command);
}

function answer(port: MessagePort, id: number, error?: unknown): void {
  assert(Number.isInteger(id), 'a message has a number');
  if (error === undefined) {
    port.postMessage({ id, done: true } satisfies FromWorker);
    return;
  }
  const { code, message } = asCarriersError(error, '');
  port.postMessage({ id, failed: { code, message } } satisfies FromWorker);
}
