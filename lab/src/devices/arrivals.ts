// What one receiver knows of one flow: each packet counted once, its delay, and the silences.
import { Delays } from './delays.ts';
import { Seen } from './seen.ts';

export interface ArrivalRules {
  readonly deadlineUs: number;
  /** Steady: gaps are times between deliveries. Else: how much later than sent apart. */
  readonly steady: boolean;
}

export interface ArrivalFigures {
  readonly delivered: number;
  readonly late: number;
  readonly duplicatesDelivered: number;
  readonly p50Us: number | null;
  readonly p99Us: number | null;
  readonly longestGapUs: number;
}

export class Arrivals {
  readonly delays = new Delays();
  readonly #rules: ArrivalRules;
  readonly #seen = new Seen();
  #delivered = 0;
  #late = 0;
  #duplicates = 0;
  #longestGapUs = 0;
  #lastAtUs: number | null = null;
  #lastSentUs = 0;

  constructor(rules: ArrivalRules) {
    this.#rules = rules;
  }

  /** The sender begins: a silence before the first arrival counts. */
  begin(atUs: number): void {
    this.#lastAtUs = atUs;
    this.#lastSentUs = atUs;
  }

  /** Returns true for the first copy of a packet. */
  arrived(sequence: number, sentUs: number, atUs: number): boolean {
    if (!this.#seen.add(sequence)) {
      this.#duplicates++;
      return false;
    }
    this.#delivered++;
    const delayUs = atUs - sentUs;
    this.delays.add(delayUs);
    if (delayUs > this.#rules.deadlineUs) this.#late++;
    this.#noteGap(sentUs, atUs);
    this.#lastAtUs = atUs;
    this.#lastSentUs = Math.max(this.#lastSentUs, sentUs);
    return true;
  }

  /** The sender's last packet left at `sentUs`: a silence until then counts. */
  end(sentUs: number): void {
    if (this.#rules.steady && this.#lastAtUs !== null && sentUs > this.#lastAtUs) {
      this.#longestGapUs = Math.max(this.#longestGapUs, sentUs - this.#lastAtUs);
    }
  }

  figures(): ArrivalFigures {
    return {
      delivered: this.#delivered,
      late: this.#late,
      duplicatesDelivered: this.#duplicates,
      p50Us: this.delays.percentileUs(0.5),
      p99Us: this.delays.percentileUs(0.99),
      longestGapUs: Math.round(this.#longestGapUs),
    };
  }

  #noteGap(sentUs: number, atUs: number): void {
    if (this.#lastAtUs === null) return;
    const betweenUs = atUs - this.#lastAtUs;
    const gapUs = this.#rules.steady ? betweenUs : betweenUs - (sentUs - this.#lastSentUs);
    this.#longestGapUs = Math.max(this.#longestGapUs, gapUs);
  }
}
