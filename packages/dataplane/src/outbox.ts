import type { Arena } from '@rmh/base';
import { Errno, SendBatch, TRAIN_BYTES_MAX, TRAIN_SEGMENTS_MAX, type UdpSocket } from '@rmh/netio';
import type { Transmits } from '@rmh/session';
import { Drop } from '@rmh/wire';

/** A socket of one link and family with what waits to leave through it. */
export interface Outlet {
  readonly link: number;
  readonly family: 4 | 6;
  readonly socket: UdpSocket;
  readonly batch: SendBatch;
}

/**
 * Sends what the session queued: neighbours on one way and of one length as a train, one native
 * call a batch.
 */
export class Outbox {
  readonly #arena: Arena;
  readonly #transmits: Transmits;
  readonly #drops: Float64Array;
  readonly #outlets: (Outlet | null)[] = new Array<Outlet | null>(OUTLETS_MAX).fill(null);
  /** Links whose device refused a packet since the last look. */
  readonly refusing = new Set<number>();

  constructor(arena: Arena, transmits: Transmits, drops: Float64Array) {
    this.#arena = arena;
    this.#transmits = transmits;
    this.#drops = drops;
  }

  /** Datagrams that wait for the next flush. */
  get waiting(): number {
    return this.#transmits.count;
  }

  add(link: number, socket: UdpSocket): void {
    const batch = new SendBatch(this.#arena, BATCH_ENTRIES);
    this.#outlets[slotOf(link, socket.family)] = { link, family: socket.family, socket, batch };
  }

  remove(link: number): void {
    this.#outlets[slotOf(link, 4)] = null;
    this.#outlets[slotOf(link, 6)] = null;
  }

  /** Every waiting datagram leaves, or is dropped and counted. */
  flush(): void {
    const rows = this.#transmits;
    for (let row = 0; row < rows.count; ) row = this.#queueTrain(row);
    for (const outlet of this.#outlets) {
      if (outlet !== null && outlet.batch.count > 0) this.#send(outlet);
    }
    rows.clear();
  }

  /** Queues the longest train that begins at `row`; returns the row behind it. */
  #queueTrain(row: number): number {
    const { at, length, link, endpointAt } = this.#transmits;
    const start = at[row] as number;
    const segment = length[row] as number;
    const way = link[row] as number;
    const to = endpointAt[row] as number;
    let bytes = segment;
    let next = row + 1;
    while (next < this.#transmits.count && link[next] === way && endpointAt[next] === to) {
      const more = length[next] as number;
      if (more > segment || next - row === TRAIN_SEGMENTS_MAX) break;
      if (bytes + more > TRAIN_BYTES_MAX) break;
      bytes += more;
      next++;
      if (more < segment) break;
    }
    const family = this.#arena.view.getUint16(to, true) === AF_INET ? 4 : 6;
    const outlet = this.#outlets[slotOf(way, family)] ?? null;
    if (outlet === null) this.#count(Drop.noPath, next - row);
    else {
      if (outlet.batch.full) this.#send(outlet);
      outlet.batch.add(start, bytes, segment, to);
    }
    return next;
  }

  #send(outlet: Outlet): void {
    const { batch, socket } = outlet;
    while (batch.count > 0) {
      batch.flush(socket);
      if (batch.lastErrno === 0) return;
      if (LINK_TROUBLE.has(batch.lastErrno)) this.refusing.add(outlet.link);
      // A full socket buffer is a queue that is full: drop the newest, the sender will repair.
      this.#count(batch.lastErrno === Errno.EMSGSIZE ? Drop.tooLarge : Drop.sendFailed, 1);
      batch.dropFirst();
    }
  }

  #count(reason: Drop, packets: number): void {
    this.#drops[reason] = (this.#drops[reason] ?? 0) + packets;
  }
}

function slotOf(link: number, family: 4 | 6): number {
  return link * 2 + (family === 6 ? 1 : 0);
}

const AF_INET = 2;
const OUTLETS_MAX = 16;
const BATCH_ENTRIES = 64;
/** ENODEV, ENETDOWN, ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL: this link sends nothing now. */
const LINK_TROUBLE = new Set([19, 100, 101, 113, 99]);
