// The probes of one carrier: a row each time that a round trip was measured (five a second at
// most), and rows for a silence, whose kind shows only when it ends:
//
//   most of what was sent meanwhile was lost     → no answers: the outage dropped
//   most of it arrived, all at once, at the end  → late answers: the outage delayed
//
// A silence is therefore written down when it has ended, or after 30 s.

export interface Probe {
  /** When the probe left, Unix ms. */
  readonly tMs: number;
  /** Null: no answer. */
  readonly rttMs: number | null;
}

/** What one look shows: counts are of packets since the look before. */
export interface CarrierLook {
  readonly atMs: number;
  /** The round trip that was measured since the last look, or null. */
  readonly rttMs: number | null;
  /** An answer is overdue. */
  readonly isSilent: boolean;
  readonly sent: number;
  readonly lost: number;
}

/** The latest answers on recorded drives came after 26 s. */
const HELD_PROBES_MAX = 150;
/** Until the reports on what was let go together are in: a few round trips. */
const JUDGE_MS = 600;

export class SilenceWatch {
  #held: number[] = [];
  #endedMs: number | null = null;
  #sent = 0;
  #lost = 0;
  #recentMs = Number.NEGATIVE_INFINITY;

  look({ atMs, rttMs, isSilent, sent, lost }: CarrierLook): Probe[] {
    const probes: Probe[] = [];
    if (this.#held.length > 0) {
      // Reports tell of the losses only when it is over.
      if (this.#endedMs === null) this.#sent += sent;
      this.#lost += lost;
      if (rttMs !== null && !isSilent) this.#endedMs ??= atMs;
    }
    const over = this.#endedMs !== null && (atMs - this.#endedMs >= JUDGE_MS || isSilent);
    if (over || this.#held.length >= HELD_PROBES_MAX) probes.push(...this.flush());
    if (isSilent) {
      this.#held.push(Math.round(atMs));
      this.#recentMs = atMs;
    } else if (rttMs !== null) {
      probes.push({ tMs: Math.round(atMs - rttMs), rttMs });
    }
    return probes;
  }

  /** A silence is going on, or ended so lately that its losses still come in. */
  isRecent(atMs: number): boolean {
    return atMs - this.#recentMs <= 2 * JUDGE_MS;
  }

  /** What is held back, as it looks now. */
  flush(): Probe[] {
    const endedMs = this.#endedMs;
    const dropped = endedMs === null || this.#lost * 2 >= this.#sent;
    const probes = this.#held.map((tMs): Probe => {
      return { tMs, rttMs: dropped ? null : Math.max(1, endedMs - tMs) };
    });
    this.#held = [];
    this.#endedMs = null;
    this.#sent = 0;
    this.#lost = 0;
    return probes;
  }
}
