/**
 * Which counters of a session were seen, as a ring of bits (RFC 6479). The copy of a packet that
 * came over a slower path ends here, before any cryptography.
 */
import { assert } from '@rmh/base';
import { Drop } from '@rmh/wire';
import { REJECT_AFTER_MESSAGES } from './lifetimes.ts';

// The slowest path may be 0.5 s behind the fastest: 300 Mbit/s × 0.5 s / 8 / 1,150 B ≈ 16,300
// packets. Twice that, a power of two: 32,768 bits, 4 KiB a session.
const RING_BITS = 32_768;
const WORD_BITS = 32;
const WORDS = RING_BITS / WORD_BITS;

/** [RW-1] A counter this far behind the highest is still remembered; one word is always in use. */
export const REPLAY_WINDOW_COUNTERS = RING_BITS - WORD_BITS;

export class ReplayWindow {
  readonly #words = new Uint32Array(WORDS);
  #highest = -1;

  /** The highest counter accepted, -1 before the first. */
  get highest(): number {
    return this.#highest;
  }

  /** Before decryption: 0 when the counter may be new, else the reason. Changes nothing. */
  check(counter: number): 0 | Drop {
    // [RW-4] Also catches the -1 of readCounter.
    if (counter < 0 || counter >= REJECT_AFTER_MESSAGES) return Drop.badCounter;
    if (counter > this.#highest) return 0;
    if (this.#highest - counter > REPLAY_WINDOW_COUNTERS) return Drop.counterTooOld;
    const word = this.#words[wordAt(counter)] as number;
    return (word & bitOf(counter)) === 0 ? 0 : Drop.replayedCounter;
  }

  /** [RW-2] After the tag verified, never before: a forged counter must not move the window. */
  accept(counter: number): void {
    assert(this.check(counter) === 0, 'only a checked counter is accepted');
    if (counter > this.#highest) this.#advance(counter);
    const at = wordAt(counter);
    this.#words[at] = (this.#words[at] as number) | bitOf(counter);
  }

  /** Clears the words that the window moves onto; all of them after a long jump. */
  #advance(counter: number): void {
    const from = Math.floor(this.#highest / WORD_BITS);
    const steps = Math.min(Math.floor(counter / WORD_BITS) - from, WORDS);
    for (let step = 1; step <= steps; step++) {
      this.#words[(from + step) & (WORDS - 1)] = 0;
    }
    this.#highest = counter;
  }
}

// Bit operations take a number modulo 2^32, and the ring divides 2^32: right for any counter.
function wordAt(counter: number): number {
  return (counter & (RING_BITS - 1)) >>> 5;
}

function bitOf(counter: number): number {
  return 1 << (counter & (WORD_BITS - 1));
}
