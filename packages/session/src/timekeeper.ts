import {
  KEEPALIVE_TIMEOUT_US,
  REJECT_AFTER_TIME_US,
  REKEY_AFTER_TIME_US,
  REKEY_TIMEOUT_US,
} from '@rmh/handshake';
import { ControlType } from '@rmh/wire';
import type { ControlWriter } from './control.ts';
import type { Environment } from './environment.ts';
import type { Keypair } from './keys.ts';
import type { Lane, Peer } from './peer.ts';
import { pump, waits } from './pump.ts';
import { releaseOverdue } from './receive.ts';
import { queueSealed } from './send.ts';
import { sendOverdueSymbols } from './symbols.ts';
import type { Tunnel } from './tunnel.ts';

/** Everything that time brings: handshakes, probes, reports, releases, keepalives. */
export class Timekeeper {
  deadlineUs = 0;
  #polledUs = 0;
  readonly #env: Environment;
  readonly #tunnel: Tunnel;
  readonly #writer: ControlWriter;

  constructor(env: Environment, tunnel: Tunnel, writer: ControlWriter) {
    this.#env = env;
    this.#tunnel = tunnel;
    this.#writer = writer;
  }

  wakeAt(atUs: number): void {
    if (atUs < this.deadlineUs) this.deadlineUs = atUs;
  }

  poll(nowUs: number): void {
    if (nowUs < this.deadlineUs) {
      if (this.#tunnel.peers.length <= PEERS_FEW) this.#plan();
      return;
    }
    this.#polledUs = nowUs;
    this.#tunnel.choice.check(nowUs);
    for (const peer of this.#tunnel.peers) {
      if (peer === null) continue;
      if (nowUs >= peer.deadlineUs) this.#tick(peer, nowUs);
      else if (nowUs >= peer.pumpAtUs) pump(this.#env, peer, nowUs);
    }
    this.#plan();
  }

  /** When to look again. What was planned is needless if a packet or a report came first. */
  #plan(): void {
    let next = this.#polledUs + IDLE_US;
    for (const peer of this.#tunnel.peers) if (peer !== null) next = Math.min(next, peer.nextUs);
    this.deadlineUs = Math.max(next, this.#polledUs + STEP_US);
  }

  /** Our handshake is done: confirm it with a message, and say what we speak. */
  sessionReady(peer: Peer, nowUs: number): void {
    if (peer.settings.multipath) peer.hello = { triesLeft: HELLO_TRIES, againAtUs: nowUs };
    if (peer.speech === 'stock') this.#keepalive(peer, nowUs);
    peer.wakeAt(nowUs);
  }

  /** Data waits for a session that is not there. */
  wantSession(peer: Peer, nowUs: number): void {
    if (peer.handshake !== null) return;
    this.#tunnel.handshaker.begin(peer, this.#tunnel.waysTo(peer), nowUs);
  }

  /** An initiator renews keys that are about to be refused, also when it only listens [KEY-3]. */
  rekeyIfOld(peer: Peer, keypair: Keypair, nowUs: number): void {
    if (!keypair.initiator || keypair !== peer.keys.current) return;
    const refusedSoonUs = REJECT_AFTER_TIME_US - KEEPALIVE_TIMEOUT_US - REKEY_TIMEOUT_US;
    if (nowUs - keypair.bornUs > refusedSoonUs) this.wantSession(peer, nowUs);
  }

  #tick(peer: Peer, nowUs: number): void {
    peer.deadlineUs = nowUs + IDLE_US;
    this.#tickHandshake(peer, nowUs);
    this.#tickHello(peer, nowUs);
    releaseOverdue(this.#env, peer, nowUs);
    for (const lane of peer.lanes) {
      if (lane.reportAtUs !== null && lane.reportAtUs <= nowUs) this.#report(peer, lane, nowUs);
      peer.wakeAt(this.#tunnel.lanes.tick(peer, lane, nowUs));
    }
    if (waits(peer)) pump(this.#env, peer, nowUs);
    if (peer.encoders.size > 0) sendOverdueSymbols(this.#env, peer, nowUs);
    this.#tickActivation(peer, nowUs);
    this.#tickDrain(peer, nowUs);
    this.#tickStock(peer, nowUs);
    this.#tunnel.choice.check(nowUs);
  }

  #tickHandshake(peer: Peer, nowUs: number): void {
    peer.keys.expire(nowUs);
    const { handshake } = peer;
    if (handshake !== null) {
      if (nowUs >= handshake.againAtUs) this.#begin(peer, nowUs);
      else peer.wakeAt(handshake.againAtUs);
      return;
    }
    if (peer.settings.endpointAt < 0) return;
    const { current } = peer.keys;
    if (current === null || this.#outlived(peer, current, nowUs) || fellSilent(peer, nowUs)) {
      this.#begin(peer, nowUs);
      return;
    }
    if (current.initiator) peer.wakeAt(current.bornUs + REKEY_AFTER_TIME_US);
    peer.wakeAt(nowUs + SILENCE_CHECK_US);
  }

  #begin(peer: Peer, nowUs: number): void {
    const ways = this.#tunnel.waysTo(peer);
    if (ways.length > 0) this.#tunnel.handshaker.begin(peer, ways, nowUs);
    else if (peer.handshake !== null) this.#tunnel.handshaker.cancel(peer);
  }

  #outlived(peer: Peer, current: Keypair, nowUs: number): boolean {
    if (current.worn) return true;
    const ageUs = nowUs - current.bornUs;
    if (!current.initiator) return ageUs > RESPONDER_KEY_AGE_US && peer.keys.next === null;
    return ageUs >= REKEY_AFTER_TIME_US;
  }

  #tickHello(peer: Peer, nowUs: number): void {
    const { hello } = peer;
    if (hello === null) return;
    if (nowUs < hello.againAtUs) {
      peer.wakeAt(hello.againAtUs);
      return;
    }
    if (hello.triesLeft-- === 0) {
      peer.hello = null;
      if (peer.speech === 'multipath') return;
      // An outage looks the same as a stock peer, so the question is put again now and then.
      peer.hello = { triesLeft: 1, againAtUs: nowUs + HELLO_AGAIN_US };
      peer.wakeAt(peer.hello.againAtUs);
      if (peer.speech === 'stock') return;
      peer.speech = 'stock';
      this.#env.note({ kind: 'peer.multipath', peer: peer.settings.name, on: false });
      return;
    }
    hello.againAtUs = nowUs + HELLO_PAUSE_US;
    peer.wakeAt(hello.againAtUs);
    for (const lane of peer.lanes) {
      if (!lane.open) continue;
      const { incarnation } = this.#tunnel.postman;
      this.#writer.begin().hello(ControlType.hello, incarnation).ping(HELLO_PADDING);
      this.#writer.send(peer, lane, true, nowUs);
    }
  }

  /** A report leaves on its own path, and on the best one too while its own is in doubt. */
  #report(peer: Peer, lane: Lane, nowUs: number): void {
    this.#writer.begin().report(lane, nowUs);
    if (lane.open) this.#writer.send(peer, lane, false, nowUs);
    if (lane.open && lane.state === 'carrying') return;
    const other = peer.lanes.find((each) => each !== lane && each.state === 'carrying');
    if (other) this.#writer.send(peer, other, false, nowUs);
  }

  #tickActivation(peer: Peer, nowUs: number): void {
    const { activation } = peer;
    if (activation === null) return;
    if (nowUs < activation.againAtUs) {
      peer.wakeAt(activation.againAtUs);
      return;
    }
    if (activation.triesLeft-- === 0) {
      peer.activation = null;
      return;
    }
    activation.againAtUs = nowUs + ACTIVATION_PAUSE_US;
    peer.wakeAt(activation.againAtUs);
    for (const lane of peer.lanes) {
      if (!lane.open) continue;
      this.#writer.begin().activate(activation.epoch, activation.active).ping(0);
      this.#writer.send(peer, lane, true, nowUs);
    }
  }

  #tickDrain(peer: Peer, nowUs: number): void {
    const { postman } = this.#tunnel;
    if (!postman.draining || !peer.active) return;
    if (nowUs >= peer.askAgainAtUs) postman.askToLeave(peer, nowUs);
    else peer.wakeAt(peer.askAgainAtUs);
  }

  #tickStock(peer: Peer, nowUs: number): void {
    if (peer.keepaliveAtUs !== null) {
      if (nowUs >= peer.keepaliveAtUs) this.#keepalive(peer, nowUs);
      else peer.wakeAt(peer.keepaliveAtUs);
    }
    if (peer.owedSinceUs !== null && nowUs - peer.owedSinceUs > STOCK_SILENCE_US) {
      peer.owedSinceUs = nowUs;
      this.wantSession(peer, nowUs);
    }
  }

  #keepalive(peer: Peer, nowUs: number): void {
    peer.keepaliveAtUs = null;
    const way = this.#tunnel.waysTo(peer)[0];
    if (way) queueSealed(this.#env, peer, 0, 0, way.link, way.endpointAt, nowUs);
  }
}

/** A gateway that restarted knows our keys no longer: a second of silence asks for new ones. */
function fellSilent(peer: Peer, nowUs: number): boolean {
  if (peer.speech !== 'multipath' || peer.carries) return false;
  if (!peer.lanes.some((lane) => lane.open)) return false;
  const sinceUs = Math.max(peer.heardUs, peer.lastHandshakeUs);
  return nowUs - sinceUs > SILENT_US;
}

const IDLE_US = 1_000_000;
const SILENCE_CHECK_US = 250_000;
const SILENT_US = 800_000;
/** The loop may be asked for at most this often by deadlines alone. */
const STEP_US = 200;
/** A unit asks its gateways after each turn; a gateway asks its hundreds of units only in time. */
const PEERS_FEW = 8;
const HELLO_TRIES = 10;
const HELLO_PAUSE_US = 300_000;
/** 200 bytes a link in 20 s: under 1 MB a day. */
const HELLO_AGAIN_US = 20_000_000;
const HELLO_PADDING = 96;
const ACTIVATION_PAUSE_US = 100_000;
const STOCK_SILENCE_US = KEEPALIVE_TIMEOUT_US + REKEY_TIMEOUT_US;
const RESPONDER_KEY_AGE_US = REKEY_AFTER_TIME_US + 20_000_000;
