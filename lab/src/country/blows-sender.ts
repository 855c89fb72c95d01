// One vehicle's unit as a process of its own, made to be killed: the unit's own journal, reporter
// and proof over samples that are made up. Its clock runs fast, so that minutes, quarters and days
// fill while the blows fall: each sample stands for ten seconds of yesterday.
//
// `node blows-sender.ts` with the order as the first word over IPC; 'drain' ends it in peace.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NowSent, Sample } from '@rmh/contract/api';
import { Identity, type Log, openLog } from '@rmh/contract/daemon';
import { type Bite, Journal, PlatformLink, pinnedFetch, RunMarker } from '@rmh/contract/machine';
import { Ledger } from './blows-ledger.ts';
import { Drive, madeUpNow } from './blows-sample.ts';

export interface SenderOrder {
  /** Holds the identity's seed, and all that the unit keeps. */
  readonly directory: string;
  readonly url: string;
  readonly fingerprint: string;
  /** The first sample's start, where the journal is new. */
  readonly fromMs: number;
  readonly samplesPerSecond: number;
  readonly seed: number;
  /** Only delivers what waits: nothing new is made up. */
  readonly silent: boolean;
}

export type SenderWord =
  | { readonly kind: 'acked'; readonly through: number; readonly waiting: number }
  | { readonly kind: 'drained' };

interface ReporterPorts {
  readonly link: PlatformLink;
  readonly journal: {
    bite(items: number, bytes: number): Bite<Sample> | null;
    forget(journal: string, through: number): void;
    readonly waiting: number;
  };
  readonly now: () => NowSent;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

interface Reporter {
  kept(): void;
  changed(): void;
  run(): Promise<void>;
}

// The unit's own; its package exports the program alone.
const REPORTER = new URL('../../../apps/unit/src/platform/reporter.ts', import.meta.url).href;
/** A segment goes every few seconds: the blows fall between the steps of that too. */
const LIMITS = { linesMost: 259_200, bytesMost: 320_000_000, segmentLines: 40 };
/** What is now is told so often; each answer also wakes a reporter that waits after a failure. */
const NOW_MS = 2_000;

const asked = Promise.withResolvers<SenderOrder>();
const drain = Promise.withResolvers<void>();
process.once('message', (order: SenderOrder) => {
  asked.resolve(order);
  process.on('message', () => drain.resolve());
});
process.on('disconnect', () => process.exit(1));
await drive(await asked.promise);

async function drive(order: SenderOrder): Promise<void> {
  const { directory } = order;
  const marker = new RunMarker(directory);
  const journal = new Journal<Sample>(join(directory, 'samples'), LIMITS);
  const ledger = new Ledger(directory);
  noteUnnoted(journal, ledger);
  const end = new AbortController();
  const reporter = await reporterOf(order, journal, ledger, end.signal);
  const running = reporter.run();
  const talk = setInterval(() => reporter.changed(), NOW_MS);
  const calm = new AbortController();
  if (order.silent) calm.abort();
  void drain.promise.then(() => calm.abort());
  const course = new Drive(order, ledger.last?.endMs ?? null, marker);
  while (!calm.signal.aborted) {
    const sample = course.next();
    if (sample !== null) {
      journal.append(sample);
      const kept = journal.newest();
      assert.equal(kept?.atMs, sample.atMs, 'what was kept can be read');
      if (kept !== null) ledger.kept(journal.id, kept);
      reporter.kept();
    }
    await sleep(1_000 / order.samplesPerSecond);
  }
  while (journal.waiting > 0) await sleep(50);
  clearInterval(talk);
  end.abort();
  await running;
  journal.close();
  marker.stopped();
  ledger.close();
  process.send?.({ kind: 'drained' } satisfies SenderWord, () => process.exit(0));
}

/** A kill fell between the journal and the ledger. */
function noteUnnoted(journal: Journal<Sample>, ledger: Ledger): void {
  const newest = journal.newest();
  const isNoted = newest === null || newest.sequence <= (ledger.last?.sequence ?? 0);
  if (!isNoted) ledger.kept(journal.id, newest);
}

async function reporterOf(
  { directory, url, fingerprint }: SenderOrder,
  journal: Journal<Sample>,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<Reporter> {
  const identity = new Identity(readFileSync(join(directory, 'identity.key')));
  const log = openLog('rmh-blows', 'error');
  const transport = pinnedFetch(fingerprint);
  const link = new PlatformLink({ url, identity, transport, log, nowMs: Date.now });
  const { Reporter } = (await import(REPORTER)) as {
    Reporter: new (ports: ReporterPorts) => Reporter;
  };
  return new Reporter({
    ...{ link, log, signal, nowMs: Date.now },
    now: () => madeUpNow(Date.now(), journal.waiting),
    journal: {
      bite: (items, bytes) => journal.bite(items, bytes),
      get waiting() {
        return journal.waiting;
      },
      forget(id, through) {
        ledger.acked({ journal: id, through });
        journal.forget(id, through);
        const { waiting } = journal;
        process.send?.({ kind: 'acked', through, waiting } satisfies SenderWord);
      },
    },
  });
}
