import type { Ledger } from '../invariants.ts';
import type { SimPacket } from '../types.ts';

/** Ways to break the tunnel, each of which an invariant must catch. */
export const SABOTAGES = [
  /** A packet is delivered twice. */
  'twice',
  /** A packet that arrived is never delivered. */
  'loses',
  /** A packet goes in, and is neither sent nor dropped for a counted reason. */
  'forgets',
  /** A counter of a key seals two messages. */
  'reuses',
  /** A slot of a bounded table is never given back. */
  'leaks',
  /** A critical packet that came in time is kept until it is late. */
  'late',
  /** A packet of an ordered class is delivered after the next one, which had not waited. */
  'reorders',
] as const;
export type Sabotage = (typeof SABOTAGES)[number];

interface Kept {
  readonly packet: SimPacket;
  readonly stream: number;
  readonly lane: number;
  readonly atUs: number;
}

type HandOut = (packet: SimPacket, stream: number, lane: number) => void;

/** Does what is wrong with a build that is broken on purpose, every hundredth time. */
export class Saboteur {
  readonly #kind: Sabotage | null;
  readonly #ledger: Ledger;
  readonly #handOut: HandOut;
  #chances = 0;
  #late: Kept[] = [];
  #overtaken: Kept | null = null;

  constructor(kind: Sabotage | null, ledger: Ledger, handOut: HandOut) {
    this.#kind = kind;
    this.#ledger = ledger;
    this.#handOut = handOut;
  }

  strikes(kind: Sabotage): boolean {
    return this.#kind === kind && ++this.#chances % 100 === 0;
  }

  /** In place of handing the packet out. */
  deliver(packet: SimPacket, stream: number, lane: number, nowUs: number): void {
    const isOrdered = packet.class === 'interactive' || packet.class === 'bulk';
    if (this.strikes('loses')) this.#ledger.accepted(packet.id, nowUs);
    else if (packet.class === 'critical' && this.strikes('late')) {
      this.#ledger.accepted(packet.id, nowUs);
      this.#late.push({ packet, stream, lane, atUs: nowUs + 600_000 });
    } else if (isOrdered && this.#overtaken === null && this.strikes('reorders')) {
      this.#ledger.accepted(packet.id, nowUs);
      this.#overtaken = { packet, stream, lane, atUs: nowUs };
    } else {
      this.#handOut(packet, stream, lane);
      if (this.strikes('twice')) this.#handOut(packet, stream, lane);
      this.#letGo(stream, lane);
    }
  }

  get dueUs(): number {
    return this.#late[0]?.atUs ?? Number.POSITIVE_INFINITY;
  }

  poll(nowUs: number): void {
    const due = this.#late.filter(({ atUs }) => atUs <= nowUs);
    this.#late = this.#late.filter(({ atUs }) => atUs > nowUs);
    for (const { packet, stream, lane } of due) this.#handOut(packet, stream, lane);
  }

  #letGo(stream: number, lane: number): void {
    const kept = this.#overtaken;
    if (kept === null || kept.stream !== stream || kept.lane !== lane) return;
    this.#overtaken = null;
    this.#handOut(kept.packet, stream, lane);
  }
}
