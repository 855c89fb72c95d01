/**
 * BBR, the first version (Cardwell et al. 2017; constants as in Linux's tcp_bbr.c): sends at the
 * highest rate that was delivered within ten round trips, with at most two round trips' worth on
 * the road, whatever is lost. Always with more to send. Bytes, bytes/s and µs.
 */
export class Bbr {
  /** What may be on the road. */
  windowBytes = WINDOW_FIRST;
  #state: 'startup' | 'drain' | 'probe' | 'still' = 'startup';
  /** Of the last ten rounds, the best of each. */
  readonly #best = new Float64Array(ROUNDS);
  #round = 0;
  #roundEndsAt = 0;
  #tripUs = Number.POSITIVE_INFINITY;
  #tripAtUs = 0;
  #fullRate = 0;
  #fullRounds = 0;
  #phase = 0;
  #phaseUs = 0;
  #stillUntilUs = 0;

  /** How fast it sends: without a sample yet, its first window each millisecond. */
  get pacedRate(): number {
    const rate = this.#rate;
    if (rate === 0) return WINDOW_FIRST * 1000;
    if (this.#state === 'startup') return HIGH_GAIN * rate;
    if (this.#state === 'drain') return rate / HIGH_GAIN;
    return this.#state === 'probe' ? (PHASES[this.#phase] as number) * rate : rate;
  }

  /**
   * An answer. `deliveredBytes` have arrived in all, `before` when its packet left; `rate` is
   * what was delivered since then; `lost`: something before it never came.
   */
  answer(
    { deliveredBytes, before, rate, rttUs, flightBytes, lost }: BbrAnswer,
    nowUs: number,
  ): void {
    const newRound = before >= this.#roundEndsAt;
    if (newRound) {
      this.#roundEndsAt = deliveredBytes;
      this.#best[++this.#round % ROUNDS] = 0;
    }
    const at = this.#round % ROUNDS;
    this.#best[at] = Math.max(this.#best[at] as number, rate);
    const tripIsOld = nowUs - this.#tripAtUs > TRIP_LASTS_US;
    if (rttUs <= this.#tripUs || tripIsOld) {
      this.#tripUs = rttUs;
      this.#tripAtUs = nowUs;
    }
    if (newRound && this.#state === 'startup') this.#lookFull();
    if (this.#state === 'drain' && flightBytes <= this.#bdp(1)) this.#probe(nowUs);
    if (this.#state === 'probe') this.#nextPhase(flightBytes, lost, nowUs);
    this.#standStill(tripIsOld, flightBytes, nowUs);
    this.#setWindow();
  }

  get #rate(): number {
    return Math.max(...this.#best);
  }

  #bdp(gain: number): number {
    return (gain * this.#rate * this.#tripUs) / 1e6;
  }

  /** Three rounds without a quarter more: the path is full. */
  #lookFull(): void {
    if (this.#rate >= 1.25 * this.#fullRate) {
      this.#fullRate = this.#rate;
      this.#fullRounds = 0;
    } else if (++this.#fullRounds === 3) this.#state = 'drain';
  }

  #probe(nowUs: number): void {
    this.#state = 'probe';
    this.#phase = 2;
    this.#phaseUs = nowUs;
  }

  #nextPhase(flightBytes: number, lost: boolean, nowUs: number): void {
    const over = nowUs - this.#phaseUs > this.#tripUs;
    const gain = PHASES[this.#phase] as number;
    const next =
      gain > 1
        ? over && (lost || flightBytes >= this.#bdp(gain))
        : over || (gain < 1 && flightBytes <= this.#bdp(1));
    if (!next) return;
    this.#phase = (this.#phase + 1) % PHASES.length;
    this.#phaseUs = nowUs;
  }

  /** Each 10 s without a shorter trip it sends next to nothing for 0.2 s, to see one. */
  #standStill(tripIsOld: boolean, flightBytes: number, nowUs: number): void {
    if (tripIsOld && this.#state !== 'still') {
      this.#state = 'still';
      this.#stillUntilUs = 0;
    }
    if (this.#state !== 'still') return;
    if (this.#stillUntilUs === 0 && flightBytes <= WINDOW_STILL) {
      this.#stillUntilUs = nowUs + STILL_US;
    } else if (this.#stillUntilUs > 0 && nowUs > this.#stillUntilUs) {
      this.#tripAtUs = nowUs;
      if (this.#fullRounds >= 3) this.#probe(nowUs);
      else this.#state = 'startup';
    }
  }

  #setWindow(): void {
    if (this.#state === 'still') {
      this.windowBytes = WINDOW_STILL;
      return;
    }
    const gain = this.#state === 'probe' ? WINDOW_GAIN : HIGH_GAIN;
    const most = this.#bdp(gain) + QUANTA_BYTES;
    // Before the path is known to be full the window never shrinks.
    const least = this.#state === 'startup' ? this.windowBytes : WINDOW_STILL;
    this.windowBytes = Math.max(least, most);
  }
}

export interface BbrAnswer {
  readonly deliveredBytes: number;
  readonly before: number;
  readonly rate: number;
  readonly rttUs: number;
  readonly flightBytes: number;
  readonly lost: boolean;
}

const PACKET_BYTES = 1340;
const WINDOW_FIRST = 10 * PACKET_BYTES;
const WINDOW_STILL = 4 * PACKET_BYTES;
/** Segments that wait in the sender's own machine for a train. */
const QUANTA_BYTES = 6 * PACKET_BYTES;
const HIGH_GAIN = 2.89;
const WINDOW_GAIN = 2;
const PHASES: readonly number[] = [1.25, 0.75, 1, 1, 1, 1, 1, 1];
const ROUNDS = 10;
const TRIP_LASTS_US = 10_000_000;
const STILL_US = 200_000;
