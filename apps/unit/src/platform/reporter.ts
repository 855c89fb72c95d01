// The two ways of telling: what is now, at every change and each ten seconds; and the journal,
// bite by bite, until the platform has it. Both go on by themselves until the signal.

import { lineOf } from '@rmh/contract';
import { NOW, type NowSent, RECEIPT, type Receipt, type Sample } from '@rmh/contract/api';
import type { Log } from '@rmh/contract/daemon';
import { Backoff, type Bite, type Journal, type PlatformLink, pause } from '@rmh/contract/machine';
import { z } from 'zod';

export interface ReporterPorts {
  readonly link: Pick<PlatformLink, 'ask'>;
  /** Null: nothing can be kept on this disk. */
  readonly journal: Pick<Journal<Sample>, 'bite' | 'forget' | 'waiting'> | null;
  /** Null: nothing is known yet. */
  readonly now: () => NowSent | null;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

const NOW_MS = 10_000;
/** Changes that come together are told together. */
const TOGETHER_MS = 200;
const NOW_TIMEOUT_MS = 5_000;
/** A bite at first, and after a failure half of the last: a slow carrier gets through with it. */
const BITE_LEAST = 10;
const BITE_FIRST = 50;
const BITE_MOST = 500;
const BITE_BYTES = 1_500_000;
/** A bite that took less was small. */
const BITE_MS = 3_000;
const BITE_TIMEOUT_MS = 30_000;
/** The request itself is at fault: it will be no better later. */
const NOT_TAKEN: ReadonlySet<number> = new Set([400, 413]);
const FAULT_PAUSE_MS = 60_000;
/** The longest that a timer takes. */
const NEVER_MS = 2 ** 31 - 1;
/** Between two bites of a backlog: what is live goes first. */
const BREATH_MS = 250;

export class Reporter {
  readonly #ports: ReporterPorts;
  readonly #nowBell = new Bell();
  readonly #journalBell = new Bell();
  /** The platform answers: what waits need not wait for its pause. */
  readonly #heardBell = new Bell();
  readonly #backoff = new Backoff();
  /** A bite got no answer at all: the next answer to anything is a reason to try again. */
  #waitsForAnswer = false;
  #biteItems = BITE_FIRST;
  #lastAtMs = 0;

  constructor(ports: ReporterPorts) {
    this.#ports = ports;
    ports.signal.addEventListener('abort', () => {
      this.#nowBell.ring();
      this.#journalBell.ring();
      this.#heardBell.ring();
    });
  }

  /** Something changed that whoever looks wants to see. */
  changed(): void {
    this.#nowBell.ring();
  }

  /** There is a new sample. */
  kept(): void {
    this.#journalBell.ring();
  }

  async run(): Promise<void> {
    await Promise.all([
      this.#forever(() => this.#runNow()),
      this.#forever(() => this.#runJournal()),
    ]);
  }

  /** A fault of ours in what is told must not stop the tunnel, nor what is told later. */
  async #forever(run: () => Promise<void>): Promise<void> {
    const { signal, log } = this.#ports;
    while (!signal.aborted) {
      try {
        await run();
      } catch (error) {
        log.write('companion.failed', { message: lineOf(error) });
        await pause(FAULT_PAUSE_MS, signal);
      }
    }
  }

  async #runNow(): Promise<void> {
    const { signal } = this.#ports;
    while (!signal.aborted) {
      await this.sendNow({}, signal);
      await this.#nowBell.within(NOW_MS);
      if (!signal.aborted) await pause(TOGETHER_MS, signal);
    }
  }

  async sendNow(more: Partial<NowSent>, signal: AbortSignal): Promise<void> {
    const now = this.#ports.now();
    if (now === null) return;
    // What is newer replaces what is older; two in one ms would be the same age.
    const atMs = Math.max(now.atMs, this.#lastAtMs + 1);
    this.#lastAtMs = now.atMs < this.#lastAtMs - 60_000 ? now.atMs : atMs;
    const body = NOW.parse({ ...now, ...more, atMs: this.#lastAtMs });
    const call = { method: 'POST', body, timeoutMs: NOW_TIMEOUT_MS, signal } as const;
    const asked = await this.#ports.link.ask('/units/self/now', z.unknown(), call);
    if (asked.kind === 'answer' && this.#waitsForAnswer) this.#heardBell.ring();
    this.#waitsForAnswer &&= asked.kind !== 'answer';
  }

  async #runJournal(): Promise<void> {
    const { signal, journal } = this.#ports;
    if (journal === null) return await pause(NEVER_MS, signal);
    while (!signal.aborted) {
      if (journal.waiting === 0) {
        await this.#journalBell.within(60_000);
        continue;
      }
      if (await this.sendBite(signal)) await pause(BREATH_MS, signal);
      else await this.#heardBell.within(this.#backoff.failedMs());
    }
  }

  /** False: not now. */
  async sendBite(signal: AbortSignal): Promise<boolean> {
    const { journal, link, nowMs } = this.#ports;
    const bite = journal?.bite(this.#biteItems, BITE_BYTES) ?? null;
    if (journal === null || bite === null) return true;
    const beganMs = nowMs();
    const body = batchOf(bite);
    const call = { method: 'POST', body, timeoutMs: BITE_TIMEOUT_MS, signal } as const;
    const asked = await link.ask('/units/self/samples', RECEIPT, call);
    const isQuick = nowMs() - beganMs < BITE_MS;
    if (asked.kind === 'refused' && NOT_TAKEN.has(asked.status)) return this.#notTaken(bite);
    if (asked.kind !== 'answer') {
      this.#waitsForAnswer = asked.kind === 'silent';
      this.#biteItems = Math.max(BITE_LEAST, this.#biteItems >> 1);
      return false;
    }
    this.#backoff.succeeded();
    if (isQuick) this.#biteItems = Math.min(BITE_MOST, this.#biteItems * 2);
    return this.#take(asked.body, bite);
  }

  /** Something in it is wrong: halved until it is known what; that is passed over. */
  #notTaken({ journal, items }: Bite<Sample>): boolean {
    const [first] = items;
    this.#biteItems = Math.max(1, items.length >> 1);
    if (first === undefined || items.length > 1) return true;
    this.#ports.log.write('samples.refused', { journal, sequence: first.sequence });
    this.#ports.journal?.forget(journal, first.sequence);
    return true;
  }

  #take({ journal, through }: Receipt, bite: Bite<Sample>): boolean {
    if (journal !== bite.journal) return false;
    const first = bite.items[0]?.sequence ?? 0;
    this.#ports.journal?.forget(journal, through);
    return through >= first; // else it would be sent again at once, for ever
  }
}

function batchOf({ journal, items }: Bite<Sample>) {
  return { journal, samples: items };
}

/** Wakes whoever waits, and once whoever comes later. */
class Bell {
  #rung = false;
  #wake: () => void = () => {};

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  async within(ms: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = () => {};
    }
    this.#rung = false;
  }
}
