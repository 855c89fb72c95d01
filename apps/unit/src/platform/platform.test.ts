import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BATCH, BUILT_IN, NOW, type Place, type Sample } from '@rmh/contract/api';
import { Identity } from '@rmh/contract/daemon';
import { FakePlatform, keepLog, problemAnswer } from '@rmh/contract/fakes';
import { PlatformLink, pinnedFetch } from '@rmh/contract/machine';
import { loadedUnit } from '../load.fake.ts';
import { FakeCar } from '../record.fake.ts';
import { Looks } from '../record-looks.ts';
import { FactsWatch } from './facts.ts';
import { Kept } from './kept.ts';
import { UnitPlatform } from './platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-platform-'));
const identity = new Identity(Buffer.alloc(32, 5));
const platform = new FakePlatform();
let url = '';
before(async () => {
  url = await platform.open();
});
const runs: Run[] = [];
after(async () => {
  // Also those of a test that failed, or they would go on for ever.
  for (const run of runs) await run.part.ended();
  await platform.close();
  rmSync(folder, { recursive: true });
});

const BASE = loadedUnit();

/** A unit that drives while its platform part runs. */
class Run {
  readonly part: UnitPlatform;
  readonly log = keepLog();
  readonly #car: FakeCar;
  readonly #looks = new Looks();
  readonly #facts = new FactsWatch();

  constructor(stateDirectory: string, car: FakeCar, place: Place | null = null) {
    this.#car = car;
    const nowMs = () => car.nowMs;
    const transport = pinnedFetch(null);
    const link = new PlatformLink({ url, identity, transport, log: this.log, nowMs });
    const ports = { stateDirectory, link, log: this.log, softwareVersion: '1.2.3' };
    const whereabouts = { place: () => place, run: async () => {} };
    this.part = new UnitPlatform(BASE, { ...ports, whereabouts, nowMs, steadyMs: nowMs });
    runs.push(this);
  }

  drive(ms: number): void {
    for (let t = 0; t < ms; t += 200) {
      this.#car.nowMs += 200;
      this.#car.carry('telenor', 40);
      const status = this.#car.status();
      const { second } = this.#looks.look(status, this.#car.links, this.#car.nowMs);
      const facts = this.#facts.look(status, this.#car.links, this.#car.nowMs);
      this.part.look(facts, second?.slice ?? null);
    }
  }
}

/** What the platform has, once each, as it would count it. */
function takeSamples(): Map<string, Sample> {
  const had = new Map<string, Sample>();
  platform.routes.set('POST /units/self/samples', ({ body }) => {
    const { journal, samples } = BATCH.parse(body);
    for (const sample of samples) had.set(`${journal} ${sample.sequence}`, sample);
    return { body: { journal, through: samples.at(-1)?.sequence ?? 0 } };
  });
  return had;
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`not ${what} within 10 s`);
}

test('Samples arrive once each, over a silence and over a crash of the unit', async () => {
  const directory = join(folder, 'a');
  const car = new FakeCar(['telenor', 'telia'], 1_764_000_000_000);
  const first = new Run(directory, car);
  const had = takeSamples();
  first.drive(20_000);
  first.part.begun(
    () => {},
    () => {},
  );
  await until('heard', () => had.size === 2);
  platform.down = true;
  first.drive(100_000);
  // SIGKILL: nobody says goodbye, and what is in memory is gone.
  const second = new Run(directory, car);
  second.drive(60_000);
  platform.down = false;
  second.part.begun(
    () => {},
    () => {},
  );
  await until('drained', () => had.size === 18);
  const samples = [...had.values()];
  assert.deepEqual(
    samples.map(({ sequence }) => sequence),
    samples.map((_, i) => i + 1),
  );
  const crashed = samples.filter(({ previous }) => previous !== null);
  assert.deepEqual(
    crashed.map(({ previous }) => previous),
    ['unknown', 'crashed'],
  );
  for (const [i, { atMs, spanMs }] of samples.entries()) {
    const next = samples[i + 1];
    if (next !== undefined) assert.ok(atMs + spanMs <= next.atMs);
  }
  await second.part.leaving();
  await second.part.ended();
  await first.part.ended();
  const third = new Run(directory, car);
  third.drive(11_000);
  third.part.begun(
    () => {},
    () => {},
  );
  await until('stopped', () => [...had.values()].at(-1)?.previous === 'stopped');
  await third.part.ended();
});

test('Now is told at a change and at the goodbye, and is what the contract says', async () => {
  const heard: ReturnType<typeof NOW.parse>[] = [];
  platform.routes.set('POST /units/self/now', ({ body, key }) => {
    assert.equal(key, identity.publicKey);
    heard.push(NOW.parse(body));
    return {};
  });
  const car = new FakeCar(['telenor', 'telia'], 1_764_000_000_000);
  const run = new Run(join(folder, 'b'), car);
  run.drive(1_000);
  run.part.begun(
    () => {},
    () => {},
  );
  await until('told', () => heard.length > 0);
  assert.deepEqual([heard[0]?.up, heard[0]?.gateway, heard[0]?.goodbye], [true, 'oslo', false]);
  const path = car.path('telenor');
  path.state = 'suspect';
  run.drive(1_000);
  await until('told again', () => heard.at(-1)?.carriers[0]?.state === 'down');
  await run.part.leaving();
  assert.equal(heard.at(-1)?.goodbye, true);
  for (const [i, { atMs }] of heard.entries()) assert.ok(atMs > (heard[i - 1]?.atMs ?? 0));
  await run.part.ended();
});

const OSLO: Place = { latitude: 59.91387, longitude: 10.75225, speedMs: 14, headingDeg: 270 };

for (const reportPlace of [true, false]) {
  const isTold = reportPlace ? 'is in samples and now' : 'stays in the vehicle, if so configured';
  test(`Where the vehicle is ${isTold}`, async () => {
    const directory = join(folder, `place ${reportPlace}`);
    const values = { ...BUILT_IN, reportPlace };
    new Kept(directory).setConfiguration({ good: { version: 3, values, confirmWithinS: 30 } });
    const heard: ReturnType<typeof NOW.parse>[] = [];
    platform.routes.set('POST /units/self/now', ({ body }) => {
      heard.push(NOW.parse(body));
      return {};
    });
    const had = takeSamples();
    const run = new Run(directory, new FakeCar(['telenor'], 1_764_000_000_000), OSLO);
    run.drive(21_000);
    run.part.begun(
      () => {},
      () => {},
    );
    await until('told', () => heard.length > 0 && had.size >= 2);
    await run.part.leaving();
    await run.part.ended();
    const places = [...heard, ...had.values()].map(({ place }) => place);
    assert.deepEqual(
      places,
      places.map(() => (reportPlace ? OSLO : null)),
    );
    assert.doesNotMatch(JSON.stringify(run.log.lines), /59\.9|10\.75/);
  });
}

test('A platform that refuses the unit is not asked in a circle', async () => {
  platform.routes.set('POST /units/self/samples', () => problemAnswer(403, 'forbidden'));
  const car = new FakeCar(['telenor', 'telia'], 1_764_000_000_000);
  const run = new Run(join(folder, 'c'), car);
  run.drive(40_000);
  const before = platform.heard('POST /units/self/samples').length;
  run.part.begun(
    () => {},
    () => {},
  );
  await until('refused', () => platform.heard('POST /units/self/samples').length > before);
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.ok(platform.heard('POST /units/self/samples').length - before <= 2);
  const had = takeSamples();
  await run.part.leaving();
  await until('sent', () => had.size > 0);
  await run.part.ended();
});

test('A sample that the platform does not take is passed over; the rest arrive', async () => {
  const car = new FakeCar(['telenor', 'telia'], 1_764_000_000_000);
  const run = new Run(join(folder, 'd'), car);
  run.drive(100_000);
  const had = new Set<number>();
  platform.routes.set('POST /units/self/samples', ({ body }) => {
    const { journal, samples } = BATCH.parse(body);
    if (samples.some(({ sequence }) => sequence === 4)) return problemAnswer(400, 'bad-request');
    for (const { sequence } of samples) had.add(sequence);
    return { body: { journal, through: samples.at(-1)?.sequence ?? 0 } };
  });
  run.part.begun(
    () => {},
    () => {},
  );
  await until('passed over', () => had.size === 9);
  assert.deepEqual(
    [...had].toSorted((a, b) => a - b),
    [1, 2, 3, 5, 6, 7, 8, 9, 10],
  );
  const refused = run.log.lines.filter(({ event }) => event === 'samples.refused');
  assert.deepEqual(
    refused.map(({ fields }) => fields['sequence']),
    [4],
  );
});

test('A question about missions that waits holds nothing up; a reset is no silence', async () => {
  const isMission = 'GET /units/self/mission';
  const before = new Set(platform.requests);
  const heard = (what: string) => platform.heard(what).filter((one) => !before.has(one)).length;
  const forEver = Promise.withResolvers<{ body: unknown }>();
  platform.routes.set(isMission, () => forEver.promise);
  platform.routes.set('POST /units/self/now', () => ({}));
  platform.routes.set('POST /units/self/configuration/outcome', () => ({}));
  platform.routes.set('GET /units/self/configuration', () => ({
    body: { version: 7, values: BUILT_IN, confirmWithinS: 30 },
  }));
  const had = takeSamples();
  const run = new Run(join(folder, 'e'), new FakeCar(['telenor'], 1_764_000_000_000));
  run.drive(21_000);
  run.part.begun(
    () => {},
    () => {},
  );
  await until('asking', () => heard(isMission) === 1);
  await until('told', () => had.size >= 2 && heard('POST /units/self/now') > 0);
  // Its connection is made anew to confirm the configuration.
  await until('confirmed', () => heard('POST /units/self/configuration/outcome') === 1);
  await until('asking again', () => heard(isMission) === 2);
  assert.deepEqual(
    run.log.lines.map(({ event }) => event).filter((event) => event.startsWith('platform.')),
    ['platform.refused'],
    'of the tunnel, which this platform does not know; nothing was silent',
  );
  await run.part.leaving();
  await run.part.ended();
  forEver.resolve({ body: null });
});
