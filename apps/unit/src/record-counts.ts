// Counters of the data plane only rise; what counts is what they rose by since the last look.
import type { PathStatus } from '@rmh/contract';

/** Of one path, since the last look; "full": it gave all that it had, each way. */
export interface PathCounts {
  readonly sent: number;
  readonly lost: number;
  readonly received: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly bytesDelivered: number;
  readonly rttSamples: number;
  readonly upFull: boolean;
  readonly downFull: boolean;
}

/**
 * A queue that stands this high in every look of a second is no jitter: the carrier gives no more.
 * The delay of a free carrier comes back to its least within any second.
 */
const QUEUE_MS_MIN = 20;

/** The paths of one carrier, by gateway. */
export class CountsSince {
  readonly #before = new Map<string, { path: PathStatus; down: LeastDelay }>();

  take(gateway: string, path: PathStatus, atMs: number): PathCounts {
    const known = this.#before.get(gateway);
    const before = known?.path;
    const anew = before === undefined || path.packetsSent < before.packetsSent;
    const down = anew || known === undefined ? new LeastDelay() : known.down;
    const [was, is] = [before?.latest, path.latest];
    const received = rise(was?.packetsReceived, is?.packetsReceived);
    if (received > 0) down.note(is?.oneWayUs ?? 0, atMs);
    this.#before.set(gateway, { path, down });
    if (anew) return { ...NOTHING };
    return {
      sent: rise(before.packetsSent, path.packetsSent),
      lost: rise(before.packetsLost, path.packetsLost),
      received,
      bytesSent: rise(before.bytesSent, path.bytesSent),
      bytesReceived: rise(before.bytesReceived, path.bytesReceived),
      bytesDelivered: rise(was?.bytesDelivered, is?.bytesDelivered),
      rttSamples: rise(was?.rttSamples, is?.rttSamples),
      upFull: is?.backlogged === true || (is?.queueMs ?? 0) >= QUEUE_MS_MIN,
      downFull: received > 0 && down.aboveMs >= QUEUE_MS_MIN,
    };
  }
}

const NOTHING: PathCounts = {
  sent: 0,
  lost: 0,
  received: 0,
  bytesSent: 0,
  bytesReceived: 0,
  bytesDelivered: 0,
  rttSamples: 0,
  upFull: false,
  downFull: false,
};

/** A counter that fell began anew with its path: nothing is known of what it counted before. */
function rise(before = 0, now = 0): number {
  return now >= before ? now - before : 0;
}

/**
 * A one-way delay above the least of the last 15 to 30 s, which is a queue. Clocks of two
 * machines drift apart by up to 50 ppm: 1.5 ms in that time.
 */
class LeastDelay {
  aboveMs = 0;
  #firstUs: number | null = null;
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;
  #turnMs = 0;

  /** `oneWayUs` is modulo 2^32 and has an unknown base: only differences mean anything. */
  note(oneWayUs: number, atMs: number): void {
    this.#firstUs ??= oneWayUs;
    const us = (oneWayUs - this.#firstUs) | 0;
    if (atMs - this.#turnMs > LEAST_MS) {
      this.#leastBefore = this.#least;
      this.#least = Number.POSITIVE_INFINITY;
      this.#turnMs = atMs;
    }
    this.#least = Math.min(this.#least, us);
    this.aboveMs = (us - Math.min(this.#least, this.#leastBefore)) / 1000;
  }
}

const LEAST_MS = 15_000;
