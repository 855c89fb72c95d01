// A histogram of delays in bounded memory: `./rmh up` may run for days. Buckets are log-linear
// (64 to each doubling), so a percentile is at most 1/64 above the exact one.
const STEPS = 64;
const STEP_BITS = 6;
// 2^26 µs is 67 s; the longest answer in the recorded drives came after 15 s.
const US_MAX = 2 ** 26 - 1;
const BUCKETS = (26 - STEP_BITS + 1) * STEPS;

export class Delays {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(us: number): void {
    this.#counts[bucketOf(us)]!++;
    this.#total++;
  }

  /** Nearest rank; `share` in (0, 1]. Null without samples. */
  percentileUs(share: number): number | null {
    if (this.#total === 0) return null;
    const rank = Math.max(1, Math.ceil(share * this.#total));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= rank) return topOf(bucket);
    }
    return US_MAX;
  }
}

// Below 64 µs each microsecond has its bucket; above, the six bits after the leading one decide.
function bucketOf(us: number): number {
  const value = Math.min(US_MAX, Math.max(0, Math.round(us)));
  if (value < STEPS) return value;
  const shift = 31 - Math.clz32(value) - STEP_BITS;
  return (shift + 1) * STEPS + ((value >>> shift) - STEPS);
}

/** The largest value of a bucket. */
function topOf(bucket: number): number {
  if (bucket < STEPS) return bucket;
  const shift = Math.floor(bucket / STEPS) - 1;
  return (((bucket % STEPS) + STEPS + 1) << shift) - 1;
}
