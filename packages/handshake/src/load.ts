/** What keeps a flood of initiations from starving the vehicles (WireGuard paper, section 5.3). */
import { assert } from '@rmh/base';
import { Drop } from '@rmh/wire';

const SECOND_US = 1_000_000;

/** [CK-5] Once under load, cookies stay required this long (as in wireguard-go). */
const UNDER_LOAD_US = SECOND_US;

/** Do initiations come faster than the limit? A bucket that holds one second's worth. */
export class HandshakeLoad {
  readonly #perSecondMax: number;
  #tokens: number;
  #refilledUs: number | null = null;
  #underLoadUntilUs = 0;

  constructor(initiationsPerSecondMax: number) {
    assert(initiationsPerSecondMax > 0, 'a limit above zero');
    this.#perSecondMax = initiationsPerSecondMax;
    this.#tokens = initiationsPerSecondMax;
  }

  /** Counts one initiation with a right mac1; true when it must show a cookie. */
  note(nowUs: number): boolean {
    const idleUs = Math.max(0, nowUs - (this.#refilledUs ?? nowUs));
    this.#refilledUs = Math.max(nowUs, this.#refilledUs ?? nowUs);
    const refilled = this.#tokens + (idleUs * this.#perSecondMax) / SECOND_US;
    this.#tokens = Math.min(this.#perSecondMax, refilled);
    if (this.#tokens >= 1) this.#tokens -= 1;
    else this.#underLoadUntilUs = nowUs + UNDER_LOAD_US;
    return this.underLoad(nowUs);
  }

  underLoad(nowUs: number): boolean {
    return nowUs < this.#underLoadUntilUs;
  }
}

// [CK-6] 20 a second, 5 at once from one source (as in wireguard-go's ratelimiter): a unit needs
// one a path and 120 s; a garage of 50 units behind one address comes back within 3 s.
const COST_US = SECOND_US / 20;
const BURST_US = COST_US * 5;

// Without a cookie nobody fills this with forged sources. 4,096 × about 150 B = 600 kB.
export const SOURCES_MAX = 4096;
// A sweep costs about 50 µs; at most ten a second.
const SWEEP_EVERY_US = SECOND_US / 10;

interface Bucket {
  allowanceUs: number;
  seenUs: number;
}

/** A token bucket per source address, in a bounded table. When full, new sources are refused. */
export class SourceLimiter {
  readonly #buckets = new Map<string | number, Bucket>();
  #nextSweepUs = 0;

  /** 0 when this source may shake hands now, else Drop.rateLimited. */
  check(source: string | number, nowUs: number): 0 | Drop {
    const bucket = this.#buckets.get(source);
    if (bucket === undefined) return this.#admit(source, nowUs);
    const idleUs = Math.max(0, nowUs - bucket.seenUs);
    bucket.seenUs = Math.max(bucket.seenUs, nowUs);
    bucket.allowanceUs = Math.min(BURST_US, bucket.allowanceUs + idleUs);
    if (bucket.allowanceUs < COST_US) return Drop.rateLimited;
    bucket.allowanceUs -= COST_US;
    return 0;
  }

  get sources(): number {
    return this.#buckets.size;
  }

  #admit(source: string | number, nowUs: number): 0 | Drop {
    if (this.#buckets.size >= SOURCES_MAX && nowUs >= this.#nextSweepUs) this.#sweep(nowUs);
    if (this.#buckets.size >= SOURCES_MAX) return Drop.rateLimited;
    this.#buckets.set(source, { allowanceUs: BURST_US - COST_US, seenUs: nowUs });
    return 0;
  }

  /** Forgets who was idle so long that the bucket is full again anyway. */
  #sweep(nowUs: number): void {
    this.#nextSweepUs = nowUs + SWEEP_EVERY_US;
    for (const [source, bucket] of this.#buckets) {
      if (nowUs - bucket.seenUs >= BURST_US) this.#buckets.delete(source);
    }
  }
}

/**
 * The key of a source: the address for IPv4, the /64 for IPv6, where one host owns a whole /64.
 * An IPv4 address mapped into IPv6 counts as IPv4.
 */
export function sourceKey(addressBytes: Uint8Array): string {
  if (addressBytes.length === 4) return addressBytes.join('.');
  assert(addressBytes.length === 16, 'an address has 4 or 16 bytes');
  const mapped = addressBytes.subarray(0, 12).every((byte, i) => byte === (i < 10 ? 0 : 0xff));
  return mapped ? addressBytes.subarray(12).join('.') : addressBytes.subarray(0, 8).join(':');
}
