/**
 * The window of CUBIC (RFC 9438) with its Reno-friendly floor, for sharing a queue with TCP as
 * TCP shares it. Bytes; times µs.
 */
export class CubicWindow {
  bytes = 0;
  #mostBytes = 0;
  #renoBytes = 0;
  #epochBytes = 0;
  #epochUs = 0;
  #grownUs = 0;
  #lossUs = 0;

  /** Begins anew at this size, without memory of losses. */
  start(bytes: number, nowUs: number): void {
    this.#mostBytes = 0;
    this.#startEpoch(bytes, nowUs);
  }

  grow(nowUs: number, tripUs: number): void {
    const most = this.#mostBytes / PACKET_BYTES;
    const k = Math.cbrt((most - this.#epochBytes / PACKET_BYTES) / C);
    const t = (nowUs - this.#epochUs + tripUs) / 1e6;
    const target = (C * (t - k) ** 3 + most) * PACKET_BYTES;
    const rounds = (nowUs - this.#grownUs) / tripUs;
    this.#grownUs = nowUs;
    this.#renoBytes += RENO_STEP * PACKET_BYTES * rounds;
    const step = Math.max(0, Math.min(0.5 * this.bytes, target - this.bytes));
    this.bytes = Math.max(this.bytes + step * rounds, this.#renoBytes);
  }

  /** A packet that left at `sentUs` was lost. False: the window has answered to this before. */
  lose(sentUs: number, nowUs: number): boolean {
    if (sentUs < this.#lossUs) return false;
    this.#lossUs = nowUs;
    // Fast convergence: who lost again below its last maximum makes room for others.
    this.#mostBytes = this.bytes < this.#mostBytes ? this.bytes * ((1 + BETA) / 2) : this.bytes;
    this.#startEpoch(Math.max(2 * PACKET_BYTES, this.bytes * BETA), nowUs);
    return true;
  }

  #startEpoch(bytes: number, nowUs: number): void {
    this.bytes = bytes;
    this.#renoBytes = bytes;
    this.#epochBytes = bytes;
    this.#mostBytes = Math.max(bytes, this.#mostBytes);
    this.#epochUs = nowUs;
    this.#grownUs = nowUs;
  }
}

// RFC 9438: C and β of section 5, and the friendly step 3 (1 − β) / (1 + β) of section 4.3.
const C = 0.4;
const BETA = 0.7;
const RENO_STEP = 0.53;
const PACKET_BYTES = 1400;
