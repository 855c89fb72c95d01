/** A run of segments that arrived behind a gap: [from, to). */
interface Run {
  from: number;
  to: number;
}

/** The receiving side of TCP: what has come in order, what to say of the rest, and when. */
export class TcpReceiver {
  /** The next segment in order. */
  next = 0;
  /** Bytes in order. */
  bytes = 0;
  /** When an acknowledgement must leave at the latest, or null. */
  ackAtUs: number | null = null;
  readonly #sizes = new Uint16Array(WINDOW_SEGMENTS);
  /** Most recent first, as SACK tells them (RFC 2018, 4). */
  readonly #runs: Run[] = [];
  #unacked = 0;
  #quickLeft = QUICK_ACKS;

  reset(): void {
    this.next = this.bytes = this.#unacked = 0;
    this.ackAtUs = null;
    this.#runs.length = 0;
    this.#quickLeft = QUICK_ACKS;
  }

  /** A segment came; `ackAtUs` says when to answer it. */
  take(seq: number, bytes: number, nowUs: number): void {
    const gapBefore = this.#runs.length > 0;
    if (seq === this.next) {
      this.#advance(bytes);
      this.#swallow();
    } else if (seq > this.next && seq < this.next + WINDOW_SEGMENTS) {
      this.#sizes[seq & MASK] = bytes;
      this.#insert(seq);
    } else {
      this.ackAtUs = nowUs;
      return;
    }
    this.#unacked++;
    const atOnce = gapBefore || this.#runs.length > 0 || this.#quickLeft > 0;
    if (this.#quickLeft > 0) this.#quickLeft--;
    if (atOnce || this.#unacked >= 2) this.ackAtUs = nowUs;
    else this.ackAtUs ??= nowUs + DELAYED_ACK_US;
  }

  /** The acknowledgement leaves: up to three runs, flat. */
  tell(): number[] {
    this.#unacked = 0;
    this.ackAtUs = null;
    return this.#runs.slice(0, SACK_BLOCKS_MAX).flatMap(({ from, to }) => [from, to]);
  }

  #advance(bytes: number): void {
    this.next++;
    this.bytes += bytes;
  }

  #swallow(): void {
    const at = this.#runs.findIndex(({ from }) => from === this.next);
    if (at < 0) return;
    const { to } = this.#runs.splice(at, 1)[0] as Run;
    while (this.next < to) this.#advance(this.#sizes[this.next & MASK] ?? 0);
  }

  #insert(seq: number): void {
    const at = this.#runs.findIndex(({ from, to }) => seq >= from - 1 && seq <= to);
    if (at < 0) {
      this.#runs.unshift({ from: seq, to: seq + 1 });
      return;
    }
    const run = this.#runs[at] as Run;
    run.from = Math.min(run.from, seq);
    run.to = Math.max(run.to, seq + 1);
    const touches = (other: Run) => other !== run && other.from <= run.to && other.to >= run.from;
    const next = this.#runs.findIndex(touches);
    if (next >= 0) {
      const other = this.#runs[next] as Run;
      run.from = Math.min(run.from, other.from);
      run.to = Math.max(run.to, other.to);
      this.#runs.splice(next, 1);
    }
    const now = this.#runs.indexOf(run);
    this.#runs.splice(now, 1);
    this.#runs.unshift(run);
  }
}

// 4,096 × 1,300 B = 5.3 MB, about Linux's default of 6 MB: 100 Mbit/s × 0.4 s.
export const WINDOW_SEGMENTS = 4096;
const MASK = WINDOW_SEGMENTS - 1;
const SACK_BLOCKS_MAX = 3;
const DELAYED_ACK_US = 40_000;
const QUICK_ACKS = 16;
