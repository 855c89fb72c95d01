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
    const least = bytesPerSecond < RATE_SINGLY ? PACKET_BYTES : QUANTUM_LEAST_BYTES;
    this.#quantum = Math.min(QUANTUM_MOST_BYTES, Math.max(least, this.#rate * QUANTUM_US));
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
const PACKET_BYTES = 1_400;
/** Two full packets, so that neighbours stay together … */
const QUANTUM_LEAST_BYTES = 2 * PACKET_BYTES;
/** … but below 2.2 Mbit/s one, which takes 5 ms there: what is urgent waits for no second one. */
const RATE_SINGLY = 280_000;
/** Four trains of 64 KB: 2 ms at 1 Gbit/s. */
const QUANTUM_MOST_BYTES = 262_144;
const DEBT_MOST_US = 100_000;
