import {
  CookieChecker,
  checkMac1,
  HandshakeLoad,
  type LocalIdentity,
  localIdentity,
  type RemoteIdentity,
  remoteIdentity,
  SourceLimiter,
  sourceKey,
} from '@rmh/handshake';
import { NATIONAL_POLICY, type Policy } from '@rmh/scheduler';
import {
  COOKIE_NONCE_BYTES,
  Drop,
  isBareIp,
  MessageType,
  messageType,
  RESPONSE_RECEIVER_AT,
  readCounter,
  readReceiverIndex,
  TAG_BYTES,
  TRANSPORT_HEADER_BYTES,
  TRANSPORT_OVERHEAD_BYTES,
} from '@rmh/wire';
import { ControlWriter } from './control.ts';
import type { Environment } from './environment.ts';
import { GatewayChoice } from './gateway-choice.ts';
import { Handshaker, queuePlain, type Way } from './handshaker.ts';
import type { Keypair } from './keys.ts';
import { LaneKeeper } from './lanes.ts';
import { Peer, type PeerSettings } from './peer.ts';
import { Postman } from './postman.ts';
import { clearQueues } from './pump.ts';
import { pathOf, receiveFrame, resetReceivers } from './receive.ts';
import { count, queueSealed } from './send.ts';
import { submit } from './submit.ts';
import { Timekeeper } from './timekeeper.ts';

export interface TunnelOptions {
  readonly role: 'unit' | 'gateway';
  readonly privateKey: Uint8Array;
  /** Names this run of this end towards its peers: random [FR-11]. */
  readonly incarnation: number;
  readonly initiationsPerSecondMax?: number;
  /** Default: the national baseline. */
  readonly policy?: Policy;
}

/**
 * One end of the tunnel with all its peers. Datagrams and inner packets go in with the time;
 * datagrams, inner packets and events come out through the environment's tables.
 */
export class Tunnel {
  readonly local: LocalIdentity;
  readonly peers: (Peer | null)[] = [];
  readonly handshaker: Handshaker;
  readonly lanes: LaneKeeper;
  readonly postman: Postman;
  readonly choice: GatewayChoice;
  readonly role: 'unit' | 'gateway';
  #policy: Policy;
  /** Unit: links that exist now. */
  readonly links = new Set<number>();
  readonly #env: Environment;
  readonly #time: Timekeeper;
  readonly #byPublicKey = new Map<string, Peer>();
  readonly #cookies: CookieChecker;
  readonly #load: HandshakeLoad;
  readonly #limiter = new SourceLimiter();

  constructor(env: Environment, options: TunnelOptions) {
    this.#env = env;
    this.role = options.role;
    this.#policy = options.policy ?? NATIONAL_POLICY;
    this.local = localIdentity(env.crypto, options.privateKey);
    this.handshaker = new Handshaker(env, this.local);
    const writer = new ControlWriter(env);
    this.lanes = new LaneKeeper(env, writer);
    this.choice = new GatewayChoice(env, this.role);
    this.postman = new Postman(env, writer, this.lanes, this.choice, options);
    this.#time = new Timekeeper(env, this, writer);
    this.#cookies = new CookieChecker(env.crypto, this.local);
    this.#load = new HandshakeLoad(options.initiationsPerSecondMax ?? INITIATIONS_PER_SECOND);
  }

  /** Null when the key can not be a peer's (small order, or our own). */
  identify(publicKey: Uint8Array, presharedKey: Uint8Array | null): RemoteIdentity | null {
    return remoteIdentity(this.#env.crypto, this.local, publicKey, presharedKey);
  }

  addPeer(settings: PeerSettings, nowUs: number): Peer {
    const roamingAt = this.#env.endpoints.take();
    const free = this.peers.indexOf(null);
    const index = free < 0 ? this.peers.length : free;
    const peer = new Peer(index, settings, this.#policy, this.handshaker.byIndex, roamingAt);
    this.peers[index] = peer;
    this.#byPublicKey.set(peerKey(settings.remote.publicKey), peer);
    if (settings.endpointAt >= 0) {
      this.#env.endpoints.copy(settings.endpointAt, roamingAt);
      peer.roaming.known = true;
    }
    if (!settings.multipath) peer.speech = 'stock';
    for (const link of this.links) this.lanes.openLink(peer, link, nowUs);
    this.choice.peers = this.peers;
    this.#time.wakeAt(nowUs);
    peer.deadlineUs = nowUs;
    return peer;
  }

  removePeer(peer: Peer): void {
    resetReceivers(this.#env, peer);
    clearQueues(this.#env, peer);
    this.handshaker.cancel(peer);
    this.#env.flushTransmits();
    if (peer.active) {
      this.#env.note({ kind: 'peer.active', peer: peer.settings.name, active: false });
    }
    peer.release(this.#env);
    this.#byPublicKey.delete(peerKey(peer.settings.remote.publicKey));
    this.peers[peer.index] = null;
    this.choice.peers = this.peers;
  }

  /** Another policy, for every peer, from now on. Null: the national baseline. */
  setPolicy(policy: Policy | null, nowUs: number): void {
    this.#policy = policy ?? NATIONAL_POLICY;
    for (const peer of this.peers) {
      if (peer === null) continue;
      peer.setPolicy(this.#policy);
      // What waits may leave now, or has waited too long.
      peer.wakeAt(nowUs);
      this.#time.wakeAt(nowUs);
    }
  }

  /** Unit: a link appeared, or its address changed. */
  openLink(link: number, nowUs: number): void {
    this.links.add(link);
    for (const peer of this.peers) {
      if (peer === null) continue;
      this.lanes.openLink(peer, link, nowUs);
      peer.deadlineUs = nowUs;
      if (peer.handshake !== null) peer.handshake.againAtUs = nowUs;
    }
    this.#time.wakeAt(nowUs);
  }

  closeLink(link: number, nowUs: number): void {
    this.links.delete(link);
    for (const peer of this.peers) {
      if (peer === null) continue;
      this.lanes.closeLink(peer, link, nowUs);
      this.#time.wakeAt(peer.nextUs);
    }
  }

  /** The device of a link refused a packet: its paths are in doubt at once. */
  doubtLink(link: number, nowUs: number): void {
    for (const peer of this.peers) {
      for (const lane of peer?.lanes ?? []) {
        if (peer && lane.link === link && lane.open) this.lanes.doubt(peer, lane, nowUs);
      }
      if (peer !== null) this.#time.wakeAt(peer.nextUs);
    }
  }

  /** Gateway: every unit is asked to move its traffic to another gateway [GW-2]. */
  drainAll(nowUs: number): void {
    this.postman.draining = true;
    for (const peer of this.peers) {
      if (peer === null) continue;
      this.postman.askToLeave(peer, nowUs);
      this.#time.wakeAt(peer.nextUs);
    }
  }

  /** Every way a peer can be reached for a handshake or, stock, for data. */
  waysTo(peer: Peer): Way[] {
    if (!peer.roaming.known) return [];
    if (this.role === 'gateway') return [peer.roaming];
    const { endpointAt } = peer.settings;
    return [...this.links].map((link) => ({ link, endpointAt }));
  }

  /**
   * Sends the inner packet that lies behind the data header of `flight`.
   *
   * @param ends the last packet of a train says how many it had, the others 0: they leave together
   */
  send(
    peer: Peer,
    flight: number,
    stream: number,
    flags: number,
    innerAt: number,
    innerBytes: number,
    nowUs: number,
    ends = 1,
  ): void {
    if (peer.speech === 'multipath') {
      submit(this.#env, peer, flight, stream, flags, innerBytes, nowUs, ends);
    } else {
      this.#env.flights.abandon(flight);
      this.#sendStock(peer, innerAt, innerBytes, nowUs);
    }
    this.#time.wakeAt(peer.nextUs);
  }

  /** A datagram of `length` bytes at `at` came on `link` from the address block `sourceAt`. */
  receive(link: number, at: number, length: number, sourceAt: number, nowUs: number): void {
    const type = messageType(this.#env.arena.view, at, length);
    if (type === MessageType.transport) {
      const reason = this.#receiveTransport(link, at, length, sourceAt, nowUs);
      if (reason > 0) count(this.#env, reason as Drop);
      return;
    }
    if (type < 0) {
      count(this.#env, -type as Drop);
      return;
    }
    const message = this.#env.arena.bytes.slice(at, at + length);
    const reason = this.#receiveHandshake(type, message, link, sourceAt, nowUs);
    if (reason !== 0) count(this.#env, reason);
  }

  /** Does what time asks for; call it when `nextDeadlineUs` has come, or oftener. */
  poll(nowUs: number): void {
    this.#time.poll(nowUs);
  }

  get nextDeadlineUs(): number {
    return this.#time.deadlineUs;
  }

  #receiveTransport(
    link: number,
    at: number,
    length: number,
    sourceAt: number,
    nowUs: number,
  ): Drop | 0 {
    const { view } = this.#env.arena;
    const owner = this.handshaker.byIndex.get(readReceiverIndex(view, at));
    if (owner === undefined) return Drop.unknownReceiver;
    const { keypair, owner: peer } = owner;
    if (!keypair.usable(nowUs)) return Drop.keyExpired;
    const counter = readCounter(view, at);
    const refused = keypair.replay.check(counter);
    if (refused !== 0) return refused;
    const plainAt = at + TRANSPORT_HEADER_BYTES;
    const plainBytes = length - TRANSPORT_OVERHEAD_BYTES;
    if (!this.#env.aead.open(keypair.receiveKey, counter, plainAt, plainBytes)) return Drop.badTag;
    keypair.replay.accept(counter);
    this.#heard(peer, keypair, nowUs);
    const reason = this.#takePlaintext(peer, link, plainAt, plainBytes, sourceAt, nowUs);
    this.#time.wakeAt(peer.nextUs);
    return reason;
  }

  /** An authentic message of this peer came, whatever it says. */
  #heard(peer: Peer, keypair: Keypair, nowUs: number): void {
    peer.heardUs = nowUs;
    peer.owedSinceUs = null;
    if (peer.keys.confirm(keypair)) this.handshaker.noteDone(peer, nowUs);
    this.#time.rekeyIfOld(peer, keypair, nowUs);
  }

  #takePlaintext(
    peer: Peer,
    link: number,
    at: number,
    length: number,
    sourceAt: number,
    nowUs: number,
  ): Drop | 0 {
    const { view } = this.#env.arena;
    this.#roam(peer, link, sourceAt);
    if (length === 0 || isBareIp(view.getUint8(at))) {
      return this.#takeStock(peer, at, length, nowUs);
    }
    if (!peer.settings.multipath) return Drop.unknownFrame;
    const path = pathOf(this.#env, at, length);
    if (path < 0) return Drop.badFrame;
    const lane = peer.laneById[path] ?? peer.addLane(this.#env, path, link);
    if (lane === null) return Drop.noPath;
    if (this.role === 'gateway') {
      const bytes = length + TAG_BYTES + TRANSPORT_HEADER_BYTES;
      this.lanes.noteSource(peer, lane, link, sourceAt, bytes, nowUs);
    }
    const result = receiveFrame(this.#env, peer, lane, at, length, nowUs);
    if (result !== -1) return result;
    return this.postman.take(peer, lane, at, length, sourceAt, nowUs);
  }

  #takeStock(peer: Peer, at: number, length: number, nowUs: number): Drop | 0 {
    if (length === 0) return 0;
    if (peer.keepaliveAtUs === null) {
      peer.keepaliveAtUs = nowUs + PASSIVE_KEEPALIVE_US;
      peer.wakeAt(peer.keepaliveAtUs);
    }
    if (this.role === 'gateway' && peer.speech !== 'multipath') this.choice.stockActive(peer);
    if (this.#env.deliveries.full) this.#env.flushDeliveries();
    this.#env.deliveries.push(at, length, 0, STOCK_STREAM, 0, -1, peer.index);
    return 0;
  }

  /** WireGuard's roaming: answer where the last authentic message came from. */
  #roam(peer: Peer, link: number, sourceAt: number): void {
    const { roaming } = peer;
    if (this.role === 'unit') return;
    if (roaming.link === link && this.#env.endpoints.same(roaming.endpointAt, sourceAt)) return;
    roaming.link = link;
    roaming.known = true;
    this.#env.endpoints.copy(sourceAt, roaming.endpointAt);
  }

  #sendStock(peer: Peer, at: number, length: number, nowUs: number): void {
    const way = this.waysTo(peer)[0];
    if (way === undefined) {
      count(this.#env, Drop.noPath);
      return;
    }
    // WireGuard pads with zeros to 16 bytes (paper, section 5.4.6); the slot has the room.
    const padded = (length + 15) & ~15;
    this.#env.arena.bytes.fill(0, at + length, at + padded);
    const sent = queueSealed(this.#env, peer, at, padded, way.link, way.endpointAt, nowUs);
    if (sent === 0) this.#time.wantSession(peer, nowUs);
    else peer.owedSinceUs ??= nowUs;
    peer.keepaliveAtUs = null;
    peer.wakeAt(nowUs + STOCK_CHECK_US);
  }

  #receiveHandshake(
    type: number,
    message: Uint8Array,
    link: number,
    sourceAt: number,
    nowUs: number,
  ): Drop | 0 {
    if (type === MessageType.cookieReply) {
      return this.handshaker.takeCookie(message, link, nowUs);
    }
    const badMac = checkMac1(this.#env.crypto, this.local, message);
    if (badMac !== 0) return badMac;
    const refused = this.#refuseUnderLoad(message, link, sourceAt, nowUs);
    if (refused !== 0) return refused;
    const taken =
      type === MessageType.initiation
        ? this.handshaker.answer(message, link, sourceAt, (key) => this.#peerOf(key), nowUs)
        : this.handshaker.complete(message, receiverOf(message), nowUs);
    if (typeof taken === 'number') return taken;
    if (type === MessageType.response) this.#time.sessionReady(taken, nowUs);
    this.#time.wakeAt(taken.nextUs);
    return 0;
  }

  /** Cookies and rates for initiations; a response is only read if we asked for it. */
  #refuseUnderLoad(message: Uint8Array, link: number, sourceAt: number, nowUs: number): Drop | 0 {
    if (message[0] !== MessageType.initiation) return 0;
    if (!this.#load.note(nowUs)) return 0;
    const source = this.#env.endpoints.bytesOf(sourceAt);
    if (this.#cookies.needsSecret(nowUs)) this.#cookies.rotate(this.#env.randomBytes(32), nowUs);
    const unproved = this.#cookies.checkMac2(message, source, nowUs);
    if (unproved === 0) {
      return this.#limiter.check(sourceKey(this.#env.endpoints.addressOf(sourceAt)), nowUs);
    }
    const nonce = this.#env.randomBytes(COOKIE_NONCE_BYTES);
    const reply = this.#cookies.createReply(message, source, nonce, nowUs);
    queuePlain(this.#env, reply, link, sourceAt);
    return unproved;
  }

  #peerOf(publicKey: Uint8Array): Peer | null {
    return this.#byPublicKey.get(peerKey(publicKey)) ?? null;
  }
}

function peerKey(publicKey: Uint8Array): string {
  return String.fromCharCode(...publicKey);
}

function receiverOf(message: Uint8Array): number {
  const view = new DataView(message.buffer, message.byteOffset);
  return view.getUint32(RESPONSE_RECEIVER_AT, true);
}

/** Stock packets have no stream; their row in deliveries names none. */
export const STOCK_STREAM = 255;
const PASSIVE_KEEPALIVE_US = 10_000_000;
const STOCK_CHECK_US = 15_000_000;
/** 2,000 units that return at once are through in 10 s, and a core is still half free. */
const INITIATIONS_PER_SECOND = 200;
