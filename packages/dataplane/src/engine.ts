import { handshakeCrypto, opensslAead, randomBytes } from '@rmh/aead';
import { formatEndpoint, parseEndpoint, parsePrefix, present, TrafficClass } from '@rmh/base';
import type { DataplaneConfig, PeerConfig, SparedFrom } from '@rmh/contract';
import {
  nowUs,
  Poller,
  ReceiveBatch,
  readEndpoint,
  TRAIN_SEGMENTS_MAX,
  TunDevice,
  UdpSocket,
  wallUs,
  writeEndpoint,
} from '@rmh/netio';
import { Deliveries, FecRings, Flights, Holds } from '@rmh/scheduler';
import {
  EndpointBlocks,
  type Environment,
  type Peer,
  Transmits,
  Tunnel,
  type TunnelEvent,
} from '@rmh/session';
import { DROP_REASONS, REPORT_BITS_MAX } from '@rmh/wire';
import {
  DELIVERY_ROWS,
  ENDPOINT_BLOCKS,
  FLIGHT_SLOTS,
  HOLD_SLOTS,
  layOut,
  RECEIVE_SLOT_BYTES,
  RECEIVE_SLOTS,
  SLOT_BYTES,
  TRANSMIT_BYTES,
  TRANSMIT_ROWS,
} from './layout.ts';
import { Outbox } from './outbox.ts';
import { TunPort } from './tun-port.ts';

/** The devices, sockets and tables of one data plane around its tunnel. */
export class Engine {
  readonly config: DataplaneConfig;
  readonly tunnel: Tunnel;
  readonly tun: TunDevice;
  readonly port: TunPort;
  readonly outbox: Outbox;
  readonly poller = new Poller();
  readonly drops = new Float64Array(DROP_REASONS);
  /** Link index → its name and sockets. */
  readonly links: (LinkSockets | null)[] = [];
  /** Packets from the carriers and from TUN; the loop starts it anew each turn. */
  packetsTaken = 0;
  readonly peerConfigs = new Map<string, PeerConfig>();
  readonly #layout = layOut();
  readonly #batch: ReceiveBatch;
  readonly #endpoints: EndpointBlocks;

  constructor(config: DataplaneConfig, note: (event: TunnelEvent) => void) {
    this.config = config;
    const { arena } = this.#layout;
    this.#batch = new ReceiveBatch(
      arena,
      this.#layout.receiveAt,
      RECEIVE_SLOTS,
      RECEIVE_SLOT_BYTES,
    );
    const transmits = new Transmits(this.#layout.transmitsAt, TRANSMIT_BYTES, TRANSMIT_ROWS);
    this.outbox = new Outbox(arena, transmits, this.drops);
    const deliveries = new Deliveries(DELIVERY_ROWS);
    const flights = new Flights(arena, this.#layout.flightsAt, FLIGHT_SLOTS, SLOT_BYTES);
    const holds = new Holds(arena, this.#layout.holdsAt, HOLD_SLOTS, SLOT_BYTES);
    this.#endpoints = new EndpointBlocks(arena, this.#layout.endpointsAt, ENDPOINT_BLOCKS);
    const environment: Environment = {
      arena,
      crypto: handshakeCrypto,
      aead: opensslAead(arena),
      transmits,
      deliveries,
      flights,
      holds,
      rings: new FecRings(),
      scratchAt: this.#layout.scratchAt,
      endpoints: this.#endpoints,
      drops: this.drops,
      randomBytes,
      flushTransmits: () => this.outbox.flush(),
      flushDeliveries: () => this.port.flush(),
      note,
    };
    this.tunnel = new Tunnel(environment, {
      role: config.role,
      privateKey: config.privateKey,
      incarnation: randomU32(),
      ...(config.policy === null ? {} : { policy: config.policy }),
    });
    this.tunnel.handshaker.wallOffsetUs = wallUs() - nowUs();
    this.tunnel.handshaker.timestampFloorUs = config.timestampFloorUs;
    this.tun = TunDevice.open({ name: config.tun.name, vnetHeader: true, offloads: true });
    this.poller.add(this.tun.fd);
    this.port = new TunPort({
      layout: this.#layout,
      tun: this.tun,
      tunnel: this.tunnel,
      flights,
      holds,
      deliveries,
      drops: this.drops,
      mtu: config.tun.mtu,
      flowSeed: randomU32(),
    });
  }

  /** Opens what the configuration names: the gateway's port, peers, rules. */
  open(): void {
    this.port.setRules(this.config.classes);
    if (this.config.listen !== null) this.#listen(this.config.listen);
    this.setPeers(this.config.peers);
  }

  /** Everything that waits on a socket is received and delivered, within a fair turn. */
  receive(sockets: LinkSockets, now: number): void {
    for (const socket of sockets.sockets) {
      if (!this.poller.ready(socket.fd)) continue;
      for (let turn = 0; turn < TURNS_MAX; turn++) {
        const messages = this.#batch.receive(socket);
        if (messages <= 0) break;
        this.#takeBatch(sockets.link, messages, now);
        if (messages < RECEIVE_SLOTS) break;
      }
    }
  }

  #takeBatch(link: number, messages: number, now: number): void {
    for (let i = 0; i < messages; i++) {
      const length = this.#batch.length(i);
      const step = this.#batch.segmentBytes(i);
      const slotAt = this.#batch.slotAt(i);
      const sourceAt = this.#batch.endpointAt(i);
      for (let at = 0; at < length; at += step) {
        this.tunnel.receive(link, slotAt + at, Math.min(step, length - at), sourceAt, now);
        this.packetsTaken++;
      }
    }
    // Both name bytes of this batch (packets, and the sources that handshakes answer to), which
    // the next one overwrites.
    this.port.flush();
    this.outbox.flush();
  }

  /**
   * Everything that waits in TUN is queued, within a fair turn. A full train leaves at once, so
   * that the far end works while we read on; small packets, such as the acknowledgements of a
   * download, wait for the loop's flush and leave as one train.
   */
  sendFromTun(now: number): void {
    for (let turn = 0; turn < TUN_READS_MAX; turn++) {
      const packets = this.port.read(now);
      if (packets === 0) return;
      this.packetsTaken += packets;
      if (this.outbox.waiting >= TRAIN_ROWS) this.outbox.flush();
    }
  }

  setLink(name: string, device: string): void {
    this.removeLink(name);
    const families = new Set(this.config.peers.map((peer) => familyOf(peer.endpoint)));
    const link = this.#linkIndex();
    const sockets: UdpSocket[] = [];
    try {
      for (const family of families) sockets.push(openSocket(family, { device, port: 0 }));
    } catch (error) {
      for (const socket of sockets) socket.close();
      throw error;
    }
    this.#adopt({ link, name, device, sockets });
    this.tunnel.openLink(link, nowUs());
  }

  removeLink(name: string): void {
    const found = this.links.find((each) => each?.name === name);
    if (!found) return;
    this.outbox.flush();
    this.outbox.remove(found.link);
    for (const socket of found.sockets) {
      this.poller.remove(socket.fd);
      socket.close();
    }
    this.links[found.link] = null;
    this.tunnel.lanes.spare(this.tunnel.peers, found.link, null);
    this.tunnel.closeLink(found.link, nowUs());
  }

  changedLink(name: string): void {
    const found = this.links.find((each) => each?.name === name);
    if (found) this.tunnel.openLink(found.link, nowUs());
  }

  spareLink(name: string, from: SparedFrom | null): void {
    const found = this.links.find((each) => each?.name === name);
    const trafficClass = from === null ? null : TrafficClass[from];
    if (found) this.tunnel.lanes.spare(this.tunnel.peers, found.link, trafficClass);
  }

  /** Peers as configured: known ones stay as they are, gone ones leave, new ones come. */
  setPeers(peers: readonly PeerConfig[]): void {
    const wanted = new Map(peers.map((peer) => [peer.name, peer]));
    for (const peer of [...this.tunnel.peers]) {
      if (peer === null) continue;
      const next = wanted.get(peer.settings.name);
      const before = this.peerConfigs.get(peer.settings.name);
      if (next !== undefined && before !== undefined && samePeer(before, next)) {
        if (!samePresharedKey(before, next)) this.#rekey(peer, next);
        this.peerConfigs.set(next.name, next); // its prefixes may be others
        continue;
      }
      this.port.allowed.removeValue(peer);
      this.peerConfigs.delete(peer.settings.name);
      const { endpointAt } = peer.settings;
      this.tunnel.removePeer(peer);
      if (endpointAt >= 0) this.#endpoints.give(endpointAt);
    }
    for (const config of peers) if (!this.peerConfigs.has(config.name)) this.#addPeer(config);
    this.#setAllowed();
  }

  /** The next handshake uses the new preshared key; the session that is there goes on. */
  #rekey(peer: Peer, next: PeerConfig): void {
    const remote = present(
      this.tunnel.identify(next.publicKey, next.presharedKey),
      'its public key was usable before',
    );
    peer.settings = { ...peer.settings, remote };
  }

  /** "address:port" of an address block. */
  endpointText(at: number): string {
    const endpoint = readEndpoint(this.#layout.arena, at);
    return endpoint === null ? '' : formatEndpoint(endpoint);
  }

  close(): void {
    for (const link of this.links) for (const socket of link?.sockets ?? []) socket.close();
    this.tun.close();
  }

  #addPeer(config: PeerConfig): void {
    const remote = this.tunnel.identify(config.publicKey, config.presharedKey);
    if (remote === null) throw new Error(`the public key of ${config.name} can not be a peer's`);
    let endpointAt = -1;
    if (config.endpoint !== null) {
      endpointAt = this.#endpoints.take();
      const endpoint = present(parseEndpoint(config.endpoint), 'the configuration was checked');
      writeEndpoint(this.#layout.arena, endpointAt, endpoint);
    }
    const { name, multipath } = config;
    this.tunnel.addPeer({ name, remote, endpointAt, multipath }, nowUs());
    this.peerConfigs.set(name, config);
  }

  #setAllowed(): void {
    const entries = [];
    for (const peer of this.tunnel.peers) {
      if (peer === null) continue;
      for (const text of this.peerConfigs.get(peer.settings.name)?.allowedIps ?? []) {
        entries.push([present(parsePrefix(text), 'checked prefix'), peer] as const);
      }
    }
    this.port.allowed.replaceAll(entries);
  }

  #listen(listen: { address: string | null; port: number }): void {
    const endpoint = parseEndpoint(
      listen.address?.includes(':') ? `[${listen.address}]:1` : `${listen.address ?? '0.0.0.0'}:1`,
    );
    const address = present(endpoint, 'the configuration was checked').address;
    const socket = openSocket(address.family, { port: listen.port, address });
    const sockets = [socket];
    if (listen.address === null) {
      const second = tryOpen6(listen.port);
      if (second !== null) sockets.push(second);
    }
    this.#adopt({ link: 0, name: 'listen', device: '', sockets });
  }

  #adopt(sockets: LinkSockets): void {
    this.links[sockets.link] = sockets;
    for (const socket of sockets.sockets) {
      this.outbox.add(sockets.link, socket);
      this.poller.add(socket.fd);
    }
  }

  #linkIndex(): number {
    const free = this.links.indexOf(null);
    return free < 0 ? this.links.length : free;
  }
}

export interface LinkSockets {
  readonly link: number;
  readonly name: string;
  readonly device: string;
  readonly sockets: readonly UdpSocket[];
}

function randomU32(): number {
  const bytes = randomBytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

function openSocket(
  family: 4 | 6,
  where: { device?: string; port: number; address?: { family: 4 | 6; bytes: Uint8Array } },
): UdpSocket {
  return UdpSocket.open({
    family,
    ...where,
    gro: true,
    receiveBufferBytes: SOCKET_BUFFER_BYTES,
    sendBufferBytes: SOCKET_BUFFER_BYTES,
  });
}

/** A host without IPv6 still serves IPv4. */
function tryOpen6(port: number): UdpSocket | null {
  try {
    return openSocket(6, { port });
  } catch {
    return null;
  }
}

function familyOf(endpoint: string | null): 4 | 6 {
  return endpoint?.startsWith('[') ? 6 : 4;
}

function samePeer(a: PeerConfig, b: PeerConfig): boolean {
  return (
    Buffer.compare(a.publicKey, b.publicKey) === 0 &&
    a.endpoint === b.endpoint &&
    a.multipath === b.multipath
  );
}

function samePresharedKey(a: PeerConfig, b: PeerConfig): boolean {
  return Buffer.compare(a.presharedKey ?? NO_KEY, b.presharedKey ?? NO_KEY) === 0;
}

const NO_KEY = new Uint8Array(0);
/**
 * Then TUN and time get theirs, and reports leave: 2 calls × 8 trains × 64 datagrams are the 1,024
 * that one report can name. Of more the first would count as lost, and leave again.
 */
const TURNS_MAX = Math.floor(REPORT_BITS_MAX / (RECEIVE_SLOTS * TRAIN_SEGMENTS_MAX));
const TUN_READS_MAX = 16;
/** 32 full segments are 43 KB: most of the longest train (TRAIN_BYTES_MAX). */
const TRAIN_ROWS = 32;
/** 300 Mbit/s × 100 ms: what may arrive while the process does not run. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;
