import { distance32, REPORT_BITS_MAX } from '@rmh/wire';

/** What arrived on one path, for the reports to its sender. Numbers are their low 32 bits. */
export class Arrivals {
  newest = 0;
  packets = 0;
  bytes = 0;
  /** Arrival of the newest by our clock, µs. */
  newestArrivedUs = 0;
  /** Arrival minus the sender's stamp, modulo 2^32: only differences mean anything. */
  oneWayUs = 0;
  /** Packets since the last report that owe one. */
  unreported = 0;
  /** A number was skipped since the last report: the sender wants to know at once. */
  gapSeen = false;
  /** Numbers that the next report must cover: what came since the report before the last. */
  #coverNow = 0;
  #coverLast = 0;
  #coverOlder = 0;
  #seen = new Uint8Array(RING);

  /** Notes one authenticated arrival. False: this number was here before, or is too old. */
  note(number: number, sentStamp: number, bytes: number, nowUs: number, owes: boolean): boolean {
    const ahead = this.packets === 0 ? 1 : distance32(number, this.newest);
    if (ahead <= -RING) return false;
    if (ahead > 0) this.#advance(number, ahead, sentStamp, nowUs);
    else if (this.#seen[number & MASK] === 1) return false;
    this.#seen[number & MASK] = 1;
    this.packets++;
    this.bytes += bytes;
    if (owes) this.unreported++;
    return true;
  }

  /** How many numbers below the newest the report should speak of. */
  get reportBits(): number {
    const cover = this.#coverNow + this.#coverLast + this.#coverOlder;
    return Math.min(REPORT_BITS_MAX, Math.max(8, cover));
  }

  arrived(number: number): boolean {
    return this.#seen[number & MASK] === 1;
  }

  reported(): void {
    this.unreported = 0;
    this.gapSeen = false;
    this.#coverOlder = this.#coverLast;
    this.#coverLast = this.#coverNow;
    this.#coverNow = 0;
  }

  #advance(number: number, ahead: number, sentStamp: number, nowUs: number): void {
    const steps = Math.min(ahead, RING);
    for (let i = 1; i < steps; i++) this.#seen[(number - i) & MASK] = 0;
    if (ahead > 1 && this.packets > 0) this.gapSeen = true;
    this.#coverNow += steps;
    this.newest = number >>> 0;
    this.newestArrivedUs = nowUs;
    this.oneWayUs = (nowUs - sentStamp) >>> 0;
  }
}

const RING = 2048;
const MASK = RING - 1;
