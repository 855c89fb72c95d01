import {
  CookieJar,
  consumeInitiation,
  consumeResponse,
  createInitiation,
  createResponse,
  type LocalIdentity,
  type ReceivedInitiation,
  wipeHandshake,
} from '@rmh/handshake';
import { COOKIE_RECEIVER_AT, compareTai64n, Drop, tai64nFromUnixUs } from '@rmh/wire';
import type { Environment } from './environment.ts';
import { type KeyOwner, Keypair } from './keys.ts';
import type { Peer } from './peer.ts';

/** Begins, answers and repeats handshakes for all peers of one tunnel end. */
export class Handshaker {
  readonly byIndex = new Map<number, KeyOwner<Peer>>();
  readonly #pending = new Map<number, Peer>();
  readonly #env: Environment;
  readonly #local: LocalIdentity;
  /** Wall clock minus monotonic clock, µs; set by the shell. */
  wallOffsetUs = 0;
  /** No timestamp leaves that is not above this one, whatever the wall clock says [HS-9]. */
  timestampFloorUs = 0;

  constructor(env: Environment, local: LocalIdentity) {
    this.#env = env;
    this.#local = local;
  }

  /**
   * Sends an initiation on every given way at once: the first that arrives counts, the others are
   * refused as replays. Repeats with growing pauses until answered.
   */
  begin(peer: Peer, ways: readonly Way[], nowUs: number): void {
    const tries = (peer.handshake?.tries ?? 0) + 1;
    const sinceUs = peer.handshake?.sinceUs ?? nowUs;
    this.cancel(peer);
    const localIndex = this.#freshIndex();
    const { message, state } = createInitiation(
      this.#env.crypto,
      this.#local,
      peer.settings.remote,
      {
        ephemeralPrivate: this.#env.randomBytes(32),
        senderIndex: localIndex,
        timestamp: tai64nFromUnixUs(this.#nextTimestampUs(nowUs)),
      },
    );
    const againAtUs = nowUs + retryPauseUs(tries, this.#env.randomBytes(1)[0] ?? 0);
    peer.handshake = { state, localIndex, tries, sinceUs, againAtUs };
    this.#pending.set(localIndex, peer);
    peer.wakeAt(againAtUs);
    for (const way of ways) {
      const copy = message.slice();
      this.#jarOf(peer, way.link).stampMac2(copy, nowUs);
      queuePlain(this.#env, copy, way.link, way.endpointAt);
    }
    if (tries % SILENT_EVERY === SILENT_AFTER) {
      this.#env.note({ kind: 'handshake.silent', peer: peer.settings.name, tries });
    }
  }

  cancel(peer: Peer): void {
    if (peer.handshake === null) return;
    this.#pending.delete(peer.handshake.localIndex);
    wipeHandshake(peer.handshake.state);
    peer.handshake = null;
  }

  /** Answers an initiation. The caller checked load and cookies. Returns the peer or a reason. */
  answer(
    message: Uint8Array,
    link: number,
    sourceAt: number,
    findPeer: (publicKey: Uint8Array) => Peer | null,
    nowUs: number,
  ): Peer | Drop {
    let peer: Peer | null = null;
    const received = consumeInitiation(this.#env.crypto, this.#local, message, (publicKey) => {
      peer = findPeer(publicKey);
      return peer?.settings.remote ?? null;
    });
    if (typeof received === 'number') return received;
    return this.#respond(peer as unknown as Peer, received, link, sourceAt, nowUs);
  }

  #respond(
    peer: Peer,
    received: ReceivedInitiation,
    link: number,
    sourceAt: number,
    nowUs: number,
  ): Peer | Drop {
    if (compareTai64n(received.timestamp, peer.lastTimestamp) <= 0) {
      wipeHandshake(received.state);
      this.#noteBehind(peer, received.timestamp, nowUs);
      return Drop.replayedHandshake;
    }
    peer.lastTimestamp = received.timestamp.slice();
    const local = this.#freshIndex();
    const { message, ...keys } = createResponse(this.#env.crypto, received.state, {
      ephemeralPrivate: this.#env.randomBytes(32),
      senderIndex: local,
    });
    const indexes = { local, peer: received.senderIndex };
    peer.keys.installResponded(new Keypair(this.#env.aead, keys, indexes, false, nowUs));
    this.#jarOf(peer, link).stampMac2(message, nowUs);
    queuePlain(this.#env, message, link, sourceAt);
    return peer;
  }

  /**
   * Copies over other paths and stragglers are refused all the time. A timestamp far behind is a
   * unit whose clock was set back, and which stays shut out until a person helps; or a replay.
   */
  #noteBehind(peer: Peer, timestamp: Uint8Array, nowUs: number): void {
    const seconds = tai64nSeconds(peer.lastTimestamp) - tai64nSeconds(timestamp);
    if (seconds < BEHIND_SECONDS_MIN || nowUs < peer.behindSayAtUs) return;
    peer.behindSayAtUs = nowUs + BEHIND_REPEAT_US;
    const reason = 'timestamp-behind';
    this.#env.note({ kind: 'handshake.refused', peer: peer.settings.name, reason, seconds });
  }

  /** Takes the response to a handshake of ours. */
  complete(message: Uint8Array, receiverIndex: number, nowUs: number): Peer | Drop {
    const peer = this.#pending.get(receiverIndex);
    const progress = peer?.handshake;
    if (!peer || !progress) return Drop.unknownReceiver;
    const taken = consumeResponse(this.#env.crypto, this.#local, progress.state, message);
    if (typeof taken === 'number') return taken;
    const indexes = { local: progress.localIndex, peer: taken.peerIndex };
    peer.keys.installInitiated(new Keypair(this.#env.aead, taken, indexes, true, nowUs));
    this.#pending.delete(progress.localIndex);
    peer.handshake = null;
    this.noteDone(peer, nowUs);
    return peer;
  }

  noteDone(peer: Peer, nowUs: number): void {
    peer.handshakes++;
    peer.lastHandshakeUs = nowUs;
    const { handshakes } = peer;
    this.#env.note({ kind: 'handshake.done', peer: peer.settings.name, handshakes });
  }

  /** A busy responder asks us to prove our address: keep the cookie and try again soon. */
  takeCookie(message: Uint8Array, link: number, nowUs: number): Drop | 0 {
    const view = new DataView(message.buffer, message.byteOffset, message.length);
    const peer = this.#pending.get(view.getUint32(COOKIE_RECEIVER_AT, true));
    if (!peer?.handshake) return Drop.unknownReceiver;
    const refused = this.#jarOf(peer, link).consumeReply(message, nowUs);
    if (refused === 0) {
      peer.handshake.againAtUs = Math.min(peer.handshake.againAtUs, nowUs + COOKIE_RETRY_US);
      peer.wakeAt(peer.handshake.againAtUs);
    }
    return refused;
  }

  #jarOf(peer: Peer, link: number): CookieJar {
    let jar = peer.cookieJars.get(link);
    if (jar === undefined) {
      jar = new CookieJar(this.#env.crypto, peer.settings.remote);
      peer.cookieJars.set(link, jar);
    }
    return jar;
  }

  #nextTimestampUs(nowUs: number): number {
    const us = Math.max(nowUs + this.wallOffsetUs, this.timestampFloorUs + 1000);
    this.timestampFloorUs = us;
    this.#env.note({ kind: 'timestamp', us });
    return us;
  }

  #freshIndex(): number {
    for (;;) {
      const bytes = this.#env.randomBytes(4);
      const index = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
      if (!this.byIndex.has(index) && !this.#pending.has(index)) return index;
    }
  }
}

/** One way to reach a peer: a local link and an address block. */
export interface Way {
  readonly link: number;
  readonly endpointAt: number;
}

/** Queues a handshake message, which is not encrypted as a whole. */
export function queuePlain(
  env: Environment,
  message: Uint8Array,
  link: number,
  endpointAt: number,
): void {
  if (!env.transmits.hasRoom(message.length)) env.flushTransmits();
  env.arena.bytes.set(message, env.transmits.nextAt);
  env.transmits.push(message.length, link, endpointAt);
}

/**
 * 0.5, 1, 2, 4, then 5 s, each up to a third longer by chance: a vehicle out of a tunnel must not
 * wait WireGuard's 5 s, and vehicles that lost one gateway must not come back in step.
 */
function retryPauseUs(tries: number, chance: number): number {
  const base = Math.min(5_000_000, 500_000 * 2 ** (tries - 1));
  return base + (base / 3) * (chance / 255);
}

function tai64nSeconds(label: Uint8Array): number {
  // The upper half is 0x40000000 until the year 2106.
  return new DataView(label.buffer, label.byteOffset).getUint32(4);
}

/** Longer than any handshake is on the road, and longer than the floor's own writing ahead. */
const BEHIND_SECONDS_MIN = 180;
const BEHIND_REPEAT_US = 60_000_000;
const SILENT_EVERY = 12;
const SILENT_AFTER = 4;
const COOKIE_RETRY_US = 50_000;
