// ./rmh bench platform: a real platform process under a whole fleet.
//
//   1  start, sign in, make the fleet, tell a month of history, wait until it is rolled up
//      with a year behind it where --days says so, and every page asked for
//   2  for --seconds: every unit delivers a sample and its state each ten seconds, people turn
//      pages, look at the nation's month and at the live view, and one unit delivers the backlog
//      of a day
//   3  the figures, with what was asked of them in issue 4
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@rmh/base';
import { type Figures, SAMPLES_IN_BATCH_MAX, type Vehicle } from '@rmh/contract/api';
import { PlatformClient } from './platform-client.ts';
import { type PlatformOptions, type PlatformResult, tableOf } from './platform-figures.ts';
import { deliver, makeFleet, nowOf, sampleOf, tellHistory, type Voice } from './platform-fleet.ts';
import { measurePages, type PageMeasured } from './platform-pages.ts';
import { type PlatformUnderTest, startPlatform } from './platform-process.ts';
import { putYearBehind, TOLD_DAYS_MOST } from './platform-year.ts';

const EVERY_MS = 10_000;
const DAY_MS = 86_400_000;
const ROLLED_UP_MOST_MS = 900_000;

export async function benchPlatform(options: PlatformOptions): Promise<number> {
  say(`starting a platform with ${options.database}`);
  const platform = await startPlatform(options.database);
  const client = new PlatformClient(platform.port);
  try {
    const result = await measure(platform, client, options);
    process.stderr.write(tableOf(result));
    if (options.json === '-') process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return 0;
  } finally {
    client.close();
    await platform.stop();
  }
}

const say = (text: string) => process.stderr.write(`bench platform: ${text}\n`);

async function measure(
  platform: PlatformUnderTest,
  client: PlatformClient,
  options: PlatformOptions,
): Promise<PlatformResult> {
  await client.signIn(await platform.signInLink());
  const random = new Random(options.seed);
  say(`making ${options.units} vehicles`);
  const voices = await makeFleet(client, random, options.units + 1);
  say(`telling ${Math.min(options.days, TOLD_DAYS_MOST)} days of them`);
  const backlogged = voices.pop() as Voice;
  const toldDays = Math.min(options.days, TOLD_DAYS_MOST);
  const toldMs = await timed(() => tellHistory(client, random, voices, toldDays));
  say(`told in ${(toldMs / 1_000).toFixed(0)} s; waiting until it is in the figures`);
  const rolledUpMs = await timed(() => rolledUp(client, voices.length * toldDays));
  if (options.days > TOLD_DAYS_MOST) {
    say('putting the rest of the year behind it');
    const before = options.days - TOLD_DAYS_MOST;
    await platform.whileStopped((where) => putYearBehind(where, before));
  }
  const pages = await pagesOf(client, options);
  say('warming up: each unit speaks once');
  const warm = new Counts();
  await speak(client, random, voices, Date.now() + EVERY_MS, warm, new Watch(client));
  say(`measuring for ${options.seconds} s`);
  const watch = new Watch(client);
  const listening = watch.listen();
  const counts = new Counts();
  const memory = [platform.memoryMb()];
  const endMs = Date.now() + options.seconds * 1_000;
  const backlog = { samples: options.backlog, ms: 0 };
  await Promise.all([
    speak(client, random, voices, endMs, counts, watch),
    turnPages(client, endMs, counts),
    askNation(client, endMs, counts),
    timed(() => tellBacklog(client, random, backlogged, options.backlog)).then((ms) => {
      backlog.ms = ms;
    }),
    repeat(endMs, 1_000, async () => void memory.push(platform.memoryMb())),
  ]);
  watch.end();
  await listening;
  return {
    options,
    history: { samples: voices.length * toldDays, toldMs, rolledUpMs },
    ingestMs: counts.ingestMs,
    nowMs: counts.nowMs,
    liveLagMs: watch.lagMs,
    pageMs: counts.pageMs,
    nationMs: counts.nationMs,
    failures: counts.failures,
    pages,
    backlog,
    memoryMb: Math.max(...memory),
  };
}

// Twenty askings: the 95th of a hundred is the last but one.
const ASKED_TIMES = 20;

async function pagesOf(client: PlatformClient, { days }: PlatformOptions): Promise<PageMeasured[]> {
  if (days <= TOLD_DAYS_MOST) return [];
  say('asking for every page');
  return await measurePages(client, ASKED_TIMES);
}

class Counts {
  readonly ingestMs: number[] = [];
  readonly nowMs: number[] = [];
  readonly pageMs: number[] = [];
  readonly nationMs: number[] = [];
  failures = 0;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function repeat(endMs: number, everyMs: number, work: () => Promise<void>): Promise<void> {
  while (Date.now() < endMs) {
    const tookMs = await timed(work);
    await sleep(Math.max(0, Math.min(everyMs - tookMs, endMs - Date.now())));
  }
}

/** Each unit at its own moment of the ten seconds, whether the last answer has come or not. */
async function speak(
  client: PlatformClient,
  random: Random,
  voices: readonly Voice[],
  endMs: number,
  counts: Counts,
  watch: Watch,
): Promise<void> {
  const beganMs = Date.now();
  const open = new Set<Promise<void>>();
  const run = (work: Promise<void>) => {
    const own = work.catch(() => void counts.failures++).finally(() => open.delete(own));
    open.add(own);
  };
  for (let n = 0; ; n++) {
    const dueMs = beganMs + (n * EVERY_MS) / voices.length;
    if (dueMs >= endMs) break;
    const waitMs = dueMs - Date.now();
    if (waitMs > 0) await sleep(waitMs);
    const i = n % voices.length;
    const voice = voices[i] as Voice;
    const round = Math.floor(n / voices.length) + 1;
    // Spans of a unit meet end to end, to the millisecond.
    const phaseMs = Math.floor((i * EVERY_MS) / voices.length);
    const sample = sampleOf(voice, random, beganMs + phaseMs + (round - 2) * EVERY_MS);
    run(sinceDue(dueMs, counts.ingestMs, () => deliver(client, voice, [sample])));
    run(sinceDue(dueMs, counts.nowMs, () => tellNow(client, random, voice, round, watch)));
  }
  await Promise.all(open);
}

async function tellNow(
  client: PlatformClient,
  random: Random,
  voice: Voice,
  round: number,
  watch: Watch,
): Promise<void> {
  watch.sent(voice.vehicleId, round);
  const body = JSON.stringify(nowOf(voice, random, Date.now(), round));
  const { status } = await client.prove(voice.identity, '/units/self/now', body);
  if (status >= 300) throw new Error(`now: ${status}`);
}

// From when it was due, so that a queue at our own end counts too.
async function sinceDue(dueMs: number, into: number[], work: () => Promise<void>): Promise<void> {
  await work();
  into.push(Date.now() - dueMs);
}

async function turnPages(client: PlatformClient, endMs: number, counts: Counts): Promise<void> {
  let cursor: string | null = null;
  await repeat(endMs, 500, async () => {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const began = performance.now();
    const { status, text } = await client.get(`/vehicles?limit=100${after}`);
    counts.pageMs.push(performance.now() - began);
    if (status !== 200) counts.failures++;
    else cursor = (JSON.parse(text) as { next: string | null }).next;
  });
}

function nationPath(): string {
  const [from, to] = [Date.now() - 30 * DAY_MS, Date.now()].map((ms) => new Date(ms).toISOString());
  return `/statistics?from=${from}&to=${to}&simulated=true`;
}

async function askNation(client: PlatformClient, endMs: number, counts: Counts): Promise<void> {
  await repeat(endMs, 5_000, async () => {
    const began = performance.now();
    const { status } = await client.get(nationPath());
    counts.nationMs.push(performance.now() - began);
    if (status !== 200) counts.failures++;
  });
}

/** The month is in the figures when each unit has its minute a day. */
async function rolledUp(client: PlatformClient, minutes: number): Promise<void> {
  const until = Date.now() + ROLLED_UP_MOST_MS;
  for (;;) {
    const { status, text } = await client.get(nationPath());
    if (status !== 200) throw new Error(`statistics: ${status} ${text.slice(0, 300)}`);
    const { groups } = JSON.parse(text) as { groups: Figures[] };
    const { up = 0, down = 0 } = groups[0]?.times ?? {};
    if (up + down >= minutes * 60) return;
    if (Date.now() > until) throw new Error('the history was not rolled up');
    await sleep(2_000);
  }
}

async function tellBacklog(
  client: PlatformClient,
  random: Random,
  voice: Voice,
  count: number,
): Promise<void> {
  const fromMs = Date.now() - count * EVERY_MS - EVERY_MS;
  for (let sent = 0; sent < count; sent += SAMPLES_IN_BATCH_MAX) {
    const size = Math.min(SAMPLES_IN_BATCH_MAX, count - sent);
    const samples = Array.from({ length: size }, (_, i) => {
      return sampleOf(voice, random, fromMs + (sent + i) * EVERY_MS);
    });
    await deliver(client, voice, samples);
  }
}

/** The live view of one console: how long a report takes to get there. */
class Watch {
  readonly lagMs: number[] = [];
  readonly #client: PlatformClient;
  readonly #sent = new Map<number, { round: number; atMs: number }>();
  readonly #end = new AbortController();

  constructor(client: PlatformClient) {
    this.#client = client;
  }

  sent(vehicleId: number, round: number): void {
    this.#sent.set(vehicleId, { round, atMs: performance.now() });
  }

  async listen(): Promise<void> {
    await this.#client.events('/live', this.#end.signal, (data) => {
      const { vehicles = [] } = JSON.parse(data) as {
        vehicles?: Pick<NonNullable<Vehicle['live']>, 'vehicleId' | 'waiting'>[];
      };
      for (const { vehicleId, waiting } of vehicles) {
        const sent = this.#sent.get(vehicleId);
        if (sent === undefined || sent.round !== waiting) continue;
        this.lagMs.push(performance.now() - sent.atMs);
        this.#sent.delete(vehicleId);
      }
    });
  }

  end(): void {
    this.#end.abort();
  }
}
