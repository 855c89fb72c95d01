import { assert, Random } from '@rmh/base';
import type { HandshakeCrypto } from '@rmh/handshake';
import { End } from './end.fake.ts';
import { ENDPOINT_BLOCK_BYTES } from './environment.ts';

/** How one carrier treats a unit's datagrams, both ways alike. */
export interface Carrier {
  delayUs: number;
  jitterUs: number;
  /** Shares, 0 … 1. */
  loss: number;
  duplicate: number;
  /** Nothing gets through before this moment. */
  blackUntilUs: number;
  /** Which way is black then. */
  black: 'both' | 'up' | 'down';
  /** Nothing arrives before this moment: an outage that only delays. */
  stallUntilUs: number;
}

export interface Datagram {
  readonly from: string;
  readonly to: string;
  readonly bytes: Uint8Array;
  readonly atUs: number;
}

interface Work {
  readonly atUs: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * Ends, carriers and time in one process. Everything is drawn from one seed; time jumps from one
 * event to the next.
 */
export class World {
  nowUs = 1_000_000;
  readonly random: Random;
  readonly ends: End[] = [];
  /** Every datagram as it left, before the carrier; return false to keep it from going on. */
  tap: (datagram: Datagram) => boolean = () => true;
  /** Bytes per address: sent to it by gateways, received from it. */
  readonly sentTo = new Map<string, number>();
  readonly heardFrom = new Map<string, number>();
  /** A running digest of all that was sent and delivered: same seed, same transcript. */
  transcript = 0;
  readonly #crypto: HandshakeCrypto;
  readonly #work: Work[] = [];
  readonly #places = new Map<string, { end: End; link: number }>();
  readonly #carriers = new Map<string, Carrier>();
  readonly #addresses = new Map<string, Uint8Array>();
  #order = 0;
  #ports = 1000;

  constructor(crypto: HandshakeCrypto, seed: number) {
    this.#crypto = crypto;
    this.random = new Random(seed);
  }

  addGateway(name: string, initiationsPerSecondMax = 200): End {
    const end = this.#addEnd(name, 'gateway', initiationsPerSecondMax);
    this.rebind(end, 0);
    return end;
  }

  /** A unit with a link a carrier; its peers are added by `connect`. */
  addUnit(name: string, carriers: readonly Partial<Carrier>[]): End {
    const end = this.#addEnd(name, 'unit', 200);
    for (const [link, carrier] of carriers.entries()) {
      this.#carriers.set(`${name}/${link}`, { ...GOOD, ...carrier });
      this.rebind(end, link);
      end.tunnel.openLink(link, this.nowUs);
    }
    return end;
  }

  connect(unit: End, gateway: End, speaks = { unit: true, gateway: true }): void {
    const address = this.addressOf(gateway, 0);
    unit.nowUs = gateway.nowUs = this.nowUs;
    if (!gateway.tunnel.peers.some((peer) => peer?.settings.name === unit.options.name)) {
      gateway.addPeer(unit, speaks.gateway, null);
    }
    unit.addPeer(gateway, speaks.unit, address);
  }

  carrier(unit: End, link: number): Carrier {
    const carrier = this.#carriers.get(`${unit.options.name}/${link}`);
    assert(carrier !== undefined, 'a link of that unit');
    return carrier;
  }

  /** The end is reached at a new address from now on, and at the old one no more. */
  rebind(end: End, link: number): string {
    const name = `${end.options.name}/${link}`;
    const old = this.#addresses.get(name);
    if (old !== undefined) this.#places.delete(textOf(old));
    const address = new Uint8Array(ENDPOINT_BLOCK_BYTES);
    const port = this.#ports++;
    address.set([2, 0, port >> 8, port & 0xff, 10, this.ends.indexOf(end), link, 1]);
    this.#addresses.set(name, address);
    this.#places.set(textOf(address), { end, link });
    return textOf(address);
  }

  addressOf(end: End, link: number): Uint8Array {
    const address = this.#addresses.get(`${end.options.name}/${link}`);
    assert(address !== undefined, 'a link of that end');
    return address;
  }

  textOf(end: End, link: number): string {
    return textOf(this.addressOf(end, link));
  }

  at(atUs: number, run: () => void): void {
    const work = { atUs, order: this.#order++, run };
    let index = this.#work.length;
    while (index > 0 && before(work, this.#work[index - 1] as Work)) index--;
    this.#work.splice(index, 0, work);
  }

  every(fromUs: number, stepUs: number, times: number, run: (index: number) => void): void {
    for (let i = 0; i < times; i++) this.at(fromUs + i * stepUs, () => run(i));
  }

  /** Lets `us` pass. */
  run(us: number): void {
    const untilUs = this.nowUs + us;
    let stuck = 0;
    for (;;) {
      const deadlines = this.ends.map((end) => this.#deadlineOf(end));
      const nextUs = Math.min(this.#work[0]?.atUs ?? Infinity, ...deadlines);
      if (nextUs > untilUs) break;
      stuck = nextUs > this.nowUs ? 0 : stuck + 1;
      assert(stuck < 20_000, 'time goes on');
      // Deadlines may fall between two microseconds; clocks do not.
      this.nowUs = Math.max(this.nowUs, Math.ceil(nextUs));
      for (const end of this.ends) end.nowUs = this.nowUs;
      if ((this.#work[0]?.atUs ?? Infinity) <= this.nowUs) this.#work.shift()?.run();
      for (const end of this.ends) if (this.#deadlineOf(end) <= this.nowUs) end.poll();
    }
    this.nowUs = untilUs;
    for (const end of this.ends) end.nowUs = untilUs;
  }

  /** The process ends and begins anew, with what an operator's configuration gives it. */
  restart(end: End, connectAgain: () => void): void {
    end.alive = true;
    end.begin();
    if (end.options.role === 'unit') {
      for (const name of this.#carriers.keys()) {
        const [unit, link] = name.split('/');
        if (unit === end.options.name) end.tunnel.openLink(Number(link), this.nowUs);
      }
    }
    connectAgain();
  }

  #deadlineOf(end: End): number {
    return end.alive ? end.tunnel.nextDeadlineUs : Number.POSITIVE_INFINITY;
  }

  #addEnd(name: string, role: 'unit' | 'gateway', initiationsPerSecondMax: number): End {
    const send = (from: End, link: number, bytes: Uint8Array, to: Uint8Array) =>
      this.#send(from, link, bytes, to);
    const seed = this.random.u32();
    const end = new End({ name, role, crypto: this.#crypto, seed, send, initiationsPerSecondMax });
    this.ends.push(end);
    return end;
  }

  #send(from: End, link: number, bytes: Uint8Array, toBlock: Uint8Array): void {
    const source = this.addressOf(from, link);
    const to = textOf(toBlock);
    const place = this.#places.get(to);
    for (const byte of bytes) this.transcript = Math.imul(this.transcript ^ byte, 0x01000193);
    this.transcript = Math.imul(this.transcript ^ this.nowUs, 0x01000193);
    const toGateway = from.options.role === 'unit';
    if (!toGateway) add(this.sentTo, to, bytes.length);
    if (!this.tap({ from: textOf(source), to, bytes, atUs: this.nowUs })) return;
    if (place === undefined) return;
    const carrier = toGateway ? this.carrier(from, link) : this.carrier(place.end, place.link);
    const copies = this.random.unit() < carrier.duplicate ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (this.random.unit() < carrier.loss || this.#isBlack(carrier, toGateway)) continue;
      const delayUs = carrier.delayUs + this.random.below(carrier.jitterUs + 1);
      const atUs = Math.max(this.nowUs, carrier.stallUntilUs) + delayUs;
      this.at(atUs, () => this.#arrive(to, bytes, source, carrier));
    }
  }

  #isBlack({ black, blackUntilUs }: Carrier, up: boolean): boolean {
    return this.nowUs < blackUntilUs && (black === 'both' || black === (up ? 'up' : 'down'));
  }

  #arrive(to: string, bytes: Uint8Array, source: Uint8Array, carrier: Carrier): void {
    const place = this.#places.get(to);
    if (place === undefined || !place.end.alive) return;
    const up = place.end.options.role === 'gateway';
    if (this.#isBlack(carrier, up)) return;
    if (up) add(this.heardFrom, textOf(source), bytes.length);
    place.end.receive(place.link, bytes, source);
  }
}

function add(counts: Map<string, number>, key: string, bytes: number): void {
  counts.set(key, (counts.get(key) ?? 0) + bytes);
}

function before(a: Work, b: Work): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order);
}

/** "10.unit.link.1:port" of an address block. */
function textOf(block: Uint8Array): string {
  return `${block.subarray(4, 8).join('.')}:${(block[2] ?? 0) * 256 + (block[3] ?? 0)}`;
}

const GOOD: Carrier = {
  delayUs: 20_000,
  jitterUs: 0,
  loss: 0,
  duplicate: 0,
  blackUntilUs: 0,
  black: 'both',
  stallUntilUs: 0,
};
