/**
 * Pacing credit of one path. About 2 ms of bytes may leave at once, so that trains stay whole
 * and timers of 200 µs do; what overdraws it (critical packets) is paid back later.
 */
export class Pacer {
  /** Bytes per µs. */
  #rate = 0;
  #quantum = QUANTUM_LEAST_BYTES;
  #credit = QUANTUM_LEAST_BYTES;
  #atUs = 0;
  /** The credit was used up, and half a quantum is awaited. */
  #empty = false;

  setRate(bytesPerSecond: number, nowUs: number): void {
    this.#refill(nowUs);
    this.#rate = bytesPerSecond / 1e6;
    const quantum = this.#rate * QUANTUM_US;
    this.#quantum = Math.min(QUANTUM_MOST_BYTES, Math.max(QUANTUM_LEAST_BYTES, quantum));
  }

  sent(bytes: number, nowUs: number): void {
    this.#refill(nowUs);
    const debtMost = -Math.max(QUANTUM_LEAST_BYTES, this.#rate * DEBT_MOST_US);
    this.#credit = Math.max(debtMost, this.#credit - bytes);
    if (this.#credit <= 0) this.#empty = true;
  }

  nextSendUs(nowUs: number): number {
    this.#refill(nowUs);
    if (!this.#empty) return nowUs;
    return nowUs + Math.ceil((this.#quantum / 2 - this.#credit) / this.#rate);
  }

  #refill(nowUs: number): void {
    if (nowUs <= this.#atUs) return;
    const credit = this.#credit + (nowUs - this.#atUs) * this.#rate;
    this.#credit = Math.min(this.#quantum, credit);
    this.#atUs = nowUs;
    if (this.#credit >= this.#quantum / 2) this.#empty = false;
  }
}

const QUANTUM_US = 2_000;
/** Two full packets: below, a rate of 0.1 Mbit/s would be sent byte by byte. */
const QUANTUM_LEAST_BYTES = 2_800;
/** Four trains of 64 KB: 2 ms at 1 Gbit/s. */
const QUANTUM_MOST_BYTES = 262_144;
const DEBT_MOST_US = 100_000;
