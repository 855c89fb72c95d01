// The sending side of TCP as today's Linux does it: CUBIC, SACK, RACK with a tail probe (RFC
// 8985), retransmission timeout (RFC 6298), and undoing what a late packet made look lost (RFC
// 4015). Sequence numbers count segments.
import { Cubic } from './cubic.ts';
import { HyStart } from './hystart.ts';
import { WINDOW_SEGMENTS } from './receiver.ts';

export class TcpSender {
  /** When something must be done though nothing came: reorder, tail probe or timeout. */
  timerUs: number | null = null;
  retransmitted = 0;
  readonly cubic = new Cubic();
  readonly #hystart = new HyStart();
  readonly #transmit: (seq: number, bytes: number, nowUs: number) => void;
  readonly #sizes = new Uint16Array(WINDOW_SEGMENTS);
  readonly #sentUs = new Float64Array(WINDOW_SEGMENTS);
  readonly #state = new Uint8Array(WINDOW_SEGMENTS);
  /** Oldest unanswered, next to send for the first time, end of what is written. */
  #una = 0;
  #next = 0;
  #end = 0;
  /** Believed on the road; believed lost and not yet sent again. */
  #pipe = 0;
  #lost = 0;
  #sacked = 0;
  #highest = -1;
  #smoothedUs = 0;
  #varianceUs = 0;
  #leastUs = Number.POSITIVE_INFINITY;
  #backoff = 0;
  #probed = false;
  #timer: 'reorder' | 'probe' | 'timeout' = 'timeout';
  /** Newest transmission that is known to have arrived, and its round trip. */
  #rackUs = Number.NEGATIVE_INFINITY;
  #rackRttUs = 0;
  #reorders = false;
  /** Until this is answered the window was already reduced, or null. */
  #recoverTo: number | null = null;
  /**
   * Proportional rate reduction (RFC 6937) while a fast recovery lasts: what was on the road when
   * it began, what arrived and left since, and how many may leave now. Null: no such recovery.
   */
  #reduction: { readonly flight: number; arrived: number; left: number; may: number } | null = null;
  /** An answer was to the first sending of a segment that had already been sent again. */
  #needless = false;
  #lastSentUs = Number.NEGATIVE_INFINITY;

  constructor(transmit: (seq: number, bytes: number, nowUs: number) => void) {
    this.#transmit = transmit;
  }

  get unanswered(): number {
    return this.#end - this.#una;
  }

  /** Segments of an application; false when there is no room in the window's memory. */
  write(bytes: number): boolean {
    if (this.#end - this.#una >= WINDOW_SEGMENTS) return false;
    this.#sizes[this.#end & MASK] = bytes;
    this.#state[this.#end & MASK] = 0;
    this.#end++;
    return true;
  }

  /** Sends what the window allows: lost segments first. */
  push(nowUs: number): void {
    if (this.#pipe === 0 && nowUs - this.#lastSentUs > this.#timeoutUs()) this.cubic.restart();
    for (let seq = this.#una; this.#lost > 0 && this.#maySend; seq++) {
      if ((this.#state[seq & MASK] as number) & LOST) this.#send(seq, nowUs);
    }
    while (this.#next < this.#end && this.#maySend) this.#send(this.#next++, nowUs);
    if (this.timerUs === null && this.#next > this.#una) this.#setTimer(nowUs);
  }

  /** An acknowledgement of all before `ack` and of `runs`; `echoUs` names the segment's sending. */
  answer(ack: number, runs: readonly number[], echoUs: number, nowUs: number): void {
    if (ack < this.#una || ack > this.#next) return;
    const window = this.cubic.window;
    const limited = this.#pipe >= Math.floor(window) - 1;
    this.#sampleRtt(nowUs - echoUs);
    this.#watchSlowStart(ack, nowUs - echoUs, nowUs);
    let delivered = 0;
    for (; this.#una < ack; this.#una++) {
      this.#noteNeedless(this.#una & MASK, echoUs);
      delivered += this.#arrived(this.#una, true);
    }
    for (let i = 0; i < runs.length; i += 2) {
      const to = Math.min(runs[i + 1] ?? 0, this.#next);
      for (let seq = Math.max(runs[i] ?? 0, this.#una); seq < to; seq++) {
        delivered += this.#arrived(seq, false);
      }
    }
    if (delivered > 0) {
      this.#backoff = 0;
      this.#probed = false;
    }
    this.#undoIfNeedless();
    if (this.#recoverTo !== null && this.#una >= this.#recoverTo) {
      this.#recoverTo = null;
      this.#reduction = null;
    }
    this.#findLost(nowUs);
    if (this.#reduction !== null) this.#proportion(delivered);
    else if (limited && delivered > 0) this.cubic.acked(delivered, this.#smoothedUs, nowUs);
    this.#setTimer(nowUs);
    this.push(nowUs);
  }

  /** `timerUs` has come. */
  expire(nowUs: number): void {
    this.timerUs = null;
    if (this.#next === this.#una) return;
    if (this.#timer === 'reorder') this.#findLost(nowUs);
    else if (this.#timer === 'probe') this.#probe(nowUs);
    else this.#timeOut(nowUs);
    this.push(nowUs);
    if (this.timerUs === null) this.#setTimer(nowUs);
  }

  #send(seq: number, nowUs: number): void {
    const at = seq & MASK;
    const state = this.#state[at] as number;
    if (state & LOST) this.#lost--;
    if (state & SENT) {
      this.retransmitted++;
      this.#state[at] = SENT | AGAIN | (state & AGAIN ? OFTEN : 0);
    } else this.#state[at] = SENT;
    this.#sentUs[at] = nowUs;
    this.#lastSentUs = nowUs;
    this.#pipe++;
    if (this.#reduction !== null) {
      this.#reduction.left++;
      this.#reduction.may--;
    }
    this.#transmit(seq, this.#sizes[at] as number, nowUs);
  }

  /** Notes that a segment arrived; returns 1 if that is news. */
  #arrived(seq: number, inOrder: boolean): number {
    const at = seq & MASK;
    const state = this.#state[at] as number;
    if (inOrder && state & SACKED) this.#sacked--;
    if (state & SACKED) return 0;
    if (state & LOST) this.#lost--;
    else this.#pipe--;
    if (!inOrder) {
      this.#sacked++;
      this.#state[at] = SACKED | SENT;
    }
    const sentUs = this.#sentUs[at] as number;
    if (seq < this.#highest && !(state & AGAIN)) this.#reorders = true;
    this.#highest = Math.max(this.#highest, seq);
    if (sentUs > this.#rackUs) this.#rackUs = sentUs;
    return 1;
  }

  #watchSlowStart(ack: number, rttUs: number, nowUs: number): void {
    const { window, threshold } = this.cubic;
    if (window >= threshold || window < HYSTART_FROM) return;
    if (this.#hystart.ends(ack, this.#next, rttUs, this.#leastUs, nowUs)) {
      this.cubic.threshold = window;
    }
  }

  #sampleRtt(rttUs: number): void {
    if (this.#smoothedUs === 0) {
      this.#smoothedUs = rttUs;
      this.#varianceUs = rttUs / 2;
    } else {
      this.#varianceUs += (Math.abs(this.#smoothedUs - rttUs) - this.#varianceUs) / 4;
      this.#smoothedUs += (rttUs - this.#smoothedUs) / 8;
    }
    this.#leastUs = Math.min(this.#leastUs, rttUs);
    this.#rackRttUs = rttUs;
  }

  /** RACK: lost is what left well before something that has arrived (RFC 8985, 6.2). */
  #findLost(nowUs: number): void {
    if (this.#sacked === 0 && this.#recoverTo === null) return;
    const inDoubt = this.#recoverTo !== null || this.#sacked >= DUPLICATES;
    const patienceUs = !this.#reorders && inDoubt ? 0 : this.#patienceUs();
    let waitUs = Number.POSITIVE_INFINITY;
    for (let seq = this.#una; seq < this.#next; seq++) {
      const at = seq & MASK;
      const state = this.#state[at] as number;
      const sentUs = this.#sentUs[at] as number;
      if (state & (SACKED | LOST) || sentUs >= this.#rackUs) continue;
      const leftUs = sentUs + this.#rackRttUs + patienceUs - nowUs;
      if (leftUs > 0) waitUs = Math.min(waitUs, leftUs);
      else this.#lose(at, state);
    }
    if (this.#lost > 0) this.#reduce();
    if (waitUs === Number.POSITIVE_INFINITY) return;
    this.#timer = 'reorder';
    this.timerUs = nowUs + waitUs;
  }

  #patienceUs(): number {
    return Math.min(this.#leastUs / 4, this.#smoothedUs);
  }

  #lose(at: number, state: number): void {
    this.#state[at] = state | LOST;
    this.#lost++;
    this.#pipe--;
  }

  /** Once a round trip. */
  #reduce(): void {
    if (this.#recoverTo !== null) return;
    this.#recoverTo = this.#next;
    const flight = this.#next - this.#una - this.#sacked;
    this.#reduction = { flight, arrived: 0, left: 0, may: 1 };
    this.cubic.lost();
  }

  get #maySend(): boolean {
    if (this.#reduction !== null) return this.#reduction.may > 0;
    return this.#pipe < Math.floor(this.cubic.window);
  }

  /** How many may leave for those that arrived: the window shrinks without pause or burst. */
  #proportion(delivered: number): void {
    const reduction = this.#reduction;
    if (reduction === null) return;
    const threshold = Math.floor(this.cubic.threshold);
    reduction.arrived += delivered;
    const { arrived, flight, left } = reduction;
    if (this.#pipe > threshold) {
      reduction.may = Math.max(0, Math.ceil((arrived * threshold) / flight) - left);
    } else {
      const most = Math.max(arrived - left, delivered) + 1;
      reduction.may = Math.max(0, Math.min(threshold - this.#pipe, most));
    }
  }

  #noteNeedless(at: number, echoUs: number): void {
    const state = this.#state[at] as number;
    if ((state & (AGAIN | OFTEN)) === AGAIN && echoUs < (this.#sentUs[at] as number)) {
      this.#needless = true;
    }
  }

  /** It was late, not lost: the window comes back, and what is believed lost is on the road. */
  #undoIfNeedless(): void {
    if (!this.#needless) return;
    this.#needless = false;
    if (this.#recoverTo === null) return;
    this.cubic.undo();
    this.#reorders = true;
    for (let seq = this.#una; this.#lost > 0 && seq < this.#next; seq++) {
      const state = this.#state[seq & MASK] as number;
      if (!(state & LOST)) continue;
      this.#state[seq & MASK] = state & ~LOST;
      this.#lost--;
      this.#pipe++;
    }
    this.#recoverTo = null;
    this.#reduction = null;
  }

  /** The tail may be lost without a later segment to tell it: send its last again. */
  #probe(nowUs: number): void {
    this.#probed = true;
    if (this.#next < this.#end) {
      this.#send(this.#next++, nowUs);
      return;
    }
    for (let seq = this.#next - 1; seq >= this.#una; seq--) {
      const at = seq & MASK;
      const state = this.#state[at] as number;
      if (state & SACKED) continue;
      if (!(state & LOST)) this.#pipe--;
      this.#send(seq, nowUs);
      return;
    }
  }

  #timeOut(nowUs: number): void {
    this.#backoff = Math.min(this.#backoff + 1, BACKOFF_MAX);
    for (let seq = this.#una; seq < this.#next; seq++) {
      const state = this.#state[seq & MASK] as number;
      if (!(state & (SACKED | LOST))) this.#lose(seq & MASK, state);
    }
    this.#recoverTo = this.#next;
    this.#reduction = null;
    this.cubic.timedOut();
    this.push(nowUs);
  }

  #timeoutUs(): number {
    if (this.#smoothedUs === 0) return TIMEOUT_FIRST_US * 2 ** this.#backoff;
    const us = Math.max(TIMEOUT_LEAST_US, this.#smoothedUs + 4 * this.#varianceUs);
    return Math.min(TIMEOUT_MOST_US, us * 2 ** this.#backoff);
  }

  #setTimer(nowUs: number): void {
    if (this.#next === this.#una) {
      this.timerUs = null;
      return;
    }
    if (this.#timer === 'reorder' && this.timerUs !== null && this.timerUs > nowUs) return;
    const timeoutUs = this.#timeoutUs();
    const probeUs = 2 * this.#smoothedUs + (this.#pipe === 1 ? DELAYED_ACK_US : 0);
    const probes = !this.#probed && this.#recoverTo === null && this.#smoothedUs > 0;
    this.#timer = probes && probeUs < timeoutUs ? 'probe' : 'timeout';
    this.timerUs = nowUs + (this.#timer === 'probe' ? probeUs : timeoutUs);
  }
}

const MASK = WINDOW_SEGMENTS - 1;
const SENT = 1;
const SACKED = 2;
const LOST = 4;
const AGAIN = 8;
/** Sent three times or more: an answer no longer tells to which sending. */
const OFTEN = 16;
const DUPLICATES = 3;
const HYSTART_FROM = 16;
const TIMEOUT_FIRST_US = 1_000_000;
const TIMEOUT_LEAST_US = 200_000;
const TIMEOUT_MOST_US = 120_000_000;
const BACKOFF_MAX = 7;
const DELAYED_ACK_US = 40_000;
