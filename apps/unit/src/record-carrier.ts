// One carrier as five looks a second at the data plane show it:
//
//   look → what was counted since the last look → probes (5 Hz) and, at its end, a row a second
//
// The columns are those of docs/drives.md; null is "not measured".
import type { PathStateName, PathStatus } from '@rmh/contract';
import { CountsSince, type PathCounts } from './record-counts.ts';
import { type Probe, SilenceWatch } from './record-silence.ts';

/** The path of one carrier to one gateway. */
export interface GatewayPath {
  readonly gateway: string;
  readonly active: boolean;
  readonly path: PathStatus;
}

export interface CarrierSecond {
  readonly downKbps: number | null;
  readonly upKbps: number | null;
  readonly rttMs: number | null;
  /** Share of what was sent, 0 … 1. */
  readonly loss: number | null;
  readonly state: PathStateName;
  readonly sent: number;
  readonly lost: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** A second that was looked at less often proves no standing queue. */
const LOOKS_MIN = 4;
/** Around each datagram: IPv4 20 and UDP 8; around each frame the header 16 and tag 16, too. */
const DATAGRAM_OVERHEAD_BYTES = 28;
const FRAME_OVERHEAD_BYTES = 60;

export class CarrierWatch {
  readonly #counts = new CountsSince();
  readonly #silence = new SilenceWatch();
  #second = new Second();
  #lastCloseMs: number | null = null;

  /** Returns the probes that became known. `served`: false when the modem has no network. */
  look(paths: readonly GatewayPath[], served: boolean, atMs: number): Probe[] {
    const shown = shownPath(paths);
    const state = served ? (shown?.path.state ?? 'untried') : 'parked';
    this.#lastCloseMs ??= atMs;
    let rttMs: number | null = null;
    let sent = 0;
    let lost = 0;
    for (const { gateway, path } of paths) {
      const since = this.#counts.take(gateway, path, atMs);
      this.#second.add(since);
      sent += since.sent;
      lost += since.lost;
      const answered = since.rttSamples > 0 && path === shown?.path;
      if (answered && path.latest !== undefined) rttMs = path.latest.rttMs;
    }
    const probes = this.#silence.look({ atMs, rttMs, isSilent: isSilent(state), sent, lost });
    this.#second.look(state, rttMs, this.#silence.isRecent(atMs));
    return probes;
  }

  /** The row of the second that ends now; null if nobody looked. */
  close(atMs: number): CarrierSecond | null {
    const second = this.#second;
    const spanMs = atMs - (this.#lastCloseMs ?? atMs);
    this.#second = new Second();
    this.#lastCloseMs = atMs;
    return second.row(spanMs);
  }

  /** What a silence still holds back. */
  flush(): Probe[] {
    return this.#silence.flush();
  }
}

/** The way to the active gateway; before there is one, any that was measured. */
function shownPath(paths: readonly GatewayPath[]): GatewayPath | undefined {
  return paths.find(({ active }) => active) ?? paths.find(({ path }) => path.rttMs !== null);
}

function isSilent(state: PathStateName): boolean {
  return state === 'suspect' || state === 'parked';
}

class Second {
  readonly #counts = {
    sent: 0,
    lost: 0,
    bytesSent: 0,
    bytesReceived: 0,
    bytesDelivered: 0,
    received: 0,
  };
  #looks = 0;
  #silentLooks = 0;
  #clouded = false;
  #state: PathStateName = 'untried';
  readonly #rtts: number[] = [];
  /** In every look so far; and in the present one, on any path. */
  #full = { up: true, down: true };
  #fullNow = { up: false, down: false };

  add(since: PathCounts): void {
    this.#counts.sent += since.sent;
    this.#counts.lost += since.lost;
    this.#counts.bytesSent += since.bytesSent;
    this.#counts.bytesReceived += since.bytesReceived;
    this.#counts.bytesDelivered += since.bytesDelivered;
    this.#counts.received += since.received;
    this.#fullNow.up ||= since.upFull;
    this.#fullNow.down ||= since.downFull;
  }

  look(state: PathStateName, rttMs: number | null, clouded: boolean): void {
    this.#looks++;
    this.#state = state;
    if (rttMs !== null) this.#rtts.push(rttMs);
    if (isSilent(state)) this.#silentLooks++;
    if (clouded) this.#clouded = true;
    this.#full.up &&= this.#fullNow.up;
    this.#full.down &&= this.#fullNow.down;
    this.#fullNow = { up: false, down: false };
  }

  row(spanMs: number): CarrierSecond | null {
    if (this.#looks === 0) return null;
    const { sent, lost, bytesSent, bytesReceived, bytesDelivered, received } = this.#counts;
    const arrived = Math.max(0, sent - lost);
    const isWhole = this.#looks >= LOOKS_MIN && spanMs >= 500 && spanMs <= 2000;
    const rate = (isFull: boolean, bytes: number, around: number) => {
      return isWhole && isFull && bytes > 0 ? ((bytes + around) * 8) / spanMs : null;
    };
    return {
      upKbps: rate(this.#full.up, bytesDelivered, arrived * DATAGRAM_OVERHEAD_BYTES),
      downKbps: rate(this.#full.down, bytesReceived, received * FRAME_OVERHEAD_BYTES),
      rttMs: median(this.#rtts),
      loss: this.#loss(),
      state: this.#state,
      sent,
      lost,
      bytesSent,
      bytesReceived,
    };
  }

  // The losses of a silence are counted when it ends: they are the outage, and not the loss of
  // the second after it.
  #loss(): number | null {
    if (this.#silentLooks === this.#looks) return 1;
    const { sent, lost } = this.#counts;
    return this.#clouded || sent === 0 ? null : Math.min(1, lost / sent);
  }
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? null;
}
