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
  for (let running = true; running; ) {
    wait(engine);
    const now = nowUs();
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
