import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { DataplaneCommand, DataplaneConfig, DataplaneEvent } from '@rmh/contract';
import { NetError, nowUs, Wake, wallUs } from '@rmh/netio';
import type { TunnelEvent } from '@rmh/session';
import { Engine } from './engine.ts';
import { factsOf } from './history.ts';
import { statusOf } from './status.ts';

/**
 * The data plane's loop: wait, take commands, receive, read TUN, let time pass, send. It runs in
 * a thread of its own and returns only to end, so nothing here may wait for a promise.
 */
export function runLoop(
  config: DataplaneConfig,
  commands: MessagePort,
  wakeFd: number,
  emit: (event: DataplaneEvent) => void,
): void {
  const wake = Wake.fromFd(wakeFd);
  const engine: Engine = new Engine(config, (event) => announce(engine, event, emit));
  try {
    engine.open();
  } catch (error) {
    // Descriptors belong to the process, not to this thread: the next try needs the device.
    engine.close();
    throw error;
  }
  engine.poller.add(wakeFd);
  emit({ kind: 'ready' });
  let now = 0;
  let lightTurns = 0;
  for (let running = true; running; ) {
    lightTurns = engine.packetsTaken <= LIGHT_MOST ? lightTurns + 1 : 0;
    if (lightTurns >= LIGHT_TURNS) rest(engine, now + TURN_US);
    wait(engine);
    now = nowUs();
    engine.packetsTaken = 0;
    if (engine.poller.ready(wakeFd)) {
      wake.drain();
      running = takeCommands(engine, commands, emit);
    }
    for (const link of engine.links) if (link !== null) engine.receive(link, now);
    if (engine.poller.ready(engine.tun.fd) || engine.port.mayHaveAnswer) engine.sendFromTun(now);
    engine.tunnel.poll(now);
    engine.outbox.flush();
    engine.port.flush();
    doubtRefusingLinks(engine, now);
  }
  engine.close();
  emit({ kind: 'stopped' });
}

/**
 * A turn costs more than a packet does, and on the road packets come one by one: what comes within
 * a millisecond shares a turn. The first after a pause is served at once (decision 0018).
 */
function rest(engine: Engine, untilUs: number): void {
  const leftUs = untilUs - nowUs();
  if (leftUs > REST_LEAST_US) engine.poller.rest(leftUs);
}

function wait(engine: Engine): void {
  const untilDeadline = engine.tunnel.nextDeadlineUs - nowUs();
  engine.poller.wait(Math.max(0, Math.min(WAIT_MOST_US, untilDeadline)));
}

function doubtRefusingLinks(engine: Engine, now: number): void {
  if (engine.outbox.refusing.size === 0) return;
  for (const link of engine.outbox.refusing) engine.tunnel.doubtLink(link, now);
  engine.outbox.refusing.clear();
  engine.outbox.flush();
}

/** False: the loop is to end. */
function takeCommands(
  engine: Engine,
  commands: MessagePort,
  emit: (event: DataplaneEvent) => void,
): boolean {
  for (;;) {
    const received = receiveMessageOnPort(commands);
    if (received === undefined) return true;
    const command = received.message as DataplaneCommand;
    if (command.kind === 'stop') return false;
    try {
      obey(engine, command, emit);
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      // A link that vanished between the app's look and ours: it will be set again.
      const fields = { command: command.kind, code: error.code, message: error.message };
      emit({ kind: 'log', event: 'command.failed', level: 'warn', fields });
    }
  }
}

function obey(
  engine: Engine,
  command: Exclude<DataplaneCommand, { kind: 'stop' }>,
  emit: (event: DataplaneEvent) => void,
): void {
  switch (command.kind) {
    case 'link.set':
      engine.setLink(command.name, command.device);
      return;
    case 'link.remove':
      engine.removeLink(command.name);
      return;
    case 'link.changed':
      engine.changedLink(command.name);
      return;
    case 'link.spare':
      engine.spareLink(command.name, command.from);
      return;
    case 'peers.set':
      engine.setPeers(command.peers);
      return;
    case 'classes.set':
      engine.port.setRules(command.classes);
      return;
    case 'policy.set':
      engine.tunnel.setPolicy(command.policy, nowUs());
      return;
    case 'gateway.prefer':
      engine.tunnel.choice.prefer(command.name, nowUs());
      return;
    case 'drain':
      engine.tunnel.drainAll(nowUs());
      return;
    case 'status':
      emit({ kind: 'status', status: statusOf(engine, nowUs()) });
      return;
  }
}

const QUIET = new Set(['timestamp', 'peer.active']);

function announce(engine: Engine, event: TunnelEvent, emit: (event: DataplaneEvent) => void): void {
  if (event.kind === 'timestamp') emit({ kind: 'timestamp', us: event.us });
  else if (event.kind === 'peer.active') emit({ ...event, name: event.peer });
  if (QUIET.has(event.kind)) return;
  const { kind } = event;
  const fields = factsOf(engine, event, nowUs());
  const level = kind === 'handshake.silent' || kind === 'handshake.refused' ? 'warn' : 'info';
  emit({ kind: 'log', event: kind, level, fields, atMs: wallUs() / 1000 });
}

/** The clock of netio and of the session is the same, so a long wait only bounds mistakes. */
const WAIT_MOST_US = 1_000_000;
/** Half of the pacer's quantum: no path waits for the loop. */
const TURN_US = 1_000;
/** 12 packets a ms are 130 Mbit/s. Of more, some may be left: below what one turn reads of TUN. */
const LIGHT_MOST = 12;
/** At full speed turns with few answers lie between heavy ones, and a rest would hold TCP up. */
const LIGHT_TURNS = 4;
/** The timer's own slack is 50. */
const REST_LEAST_US = 100;
