// `./rmh up` as a stranger meets it: one country, looked at in a real browser.
//
//   1  the printed link signs in; the map moves; a vehicle shows its carriers over time
//   2  a vehicle that came by an order goes on its acceptance drive
//   3  a carrier is blocked, and the vehicle's page says so in words
//   4  the drive is measured: accepted, or refused for no other reason than that it was short
//   5  the platform is killed for a while and comes back: nothing of the vehicles' traffic is lost
//      for it, every sample arrives once, and the sums are those of the samples
//
// RMH_OUTAGE_S: for how long it is killed (10). RMH_DRIVE_S: for how long it drives on before it is
// measured (0; 960 and more are a drive that can be accepted). RMH_SHOTS: a directory for pictures.
// Times are printed; they decide nothing here.
import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { present } from '@rmh/base';
import type { Drive, DriveFigure, Sample, Unit, Vehicle, VehicleOutage } from '@rmh/contract/api';
import { readJournal } from '@rmh/contract/machine';
import { launchBrowser } from '@rmh/tools/browser';
import type { Browser, Page } from 'playwright-core';
import { CLI, NODE } from '../runner/children.ts';
import { strike } from '../runner/strikes.ts';
import { sandboxRefusal } from '../topology/sandbox.ts';
import { recount } from './blows-books.ts';
import { openTables, rollUp } from './blows-database.ts';
import { freePort } from './live-platform.ts';
import { orderVehicle } from './living-order.ts';
import { button } from './roles-pages.ts';
import { until, WAIT_MS } from './until.ts';

const OUTAGE_S = Number(process.env['RMH_OUTAGE_S'] ?? 10);
const DRIVE_S = Number(process.env['RMH_DRIVE_S'] ?? 0);
/** Which of the lab's vehicles was ordered. */
const ORDERED = 3;
const SHOTS = process.env['RMH_SHOTS'];
const FLEET = 40;
const VEHICLES = ['LAB 1', 'LAB 2', 'LAB 3'];

class Up {
  readonly directory: string;
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  said = '';

  constructor(directory: string, port: number) {
    this.directory = directory;
    const [command = '', ...args] = [...NODE, CLI, 'up', '--lang', 'en'];
    const own = ['--port', String(port), '--fleet', String(FLEET), '--data', this.directory];
    this.#child = spawn(command, [...args, ...own], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (data) => {
        this.said += String(data);
      });
    }
    this.ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  async says(what: RegExp): Promise<string> {
    await until(`"${what.source}" from up`, () => {
      assert.equal(this.#child.exitCode, null, this.said);
      return what.test(this.said);
    });
    return what.exec(this.said)?.[1] ?? '';
  }

  async stop(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return await this.ended;
  }
}

/** The API as the console's page uses it. */
async function get<T>(page: Page, path: string): Promise<T> {
  return (await page.evaluate(
    async (url) => await (await fetch(url)).json(),
    `/api/v1${path}`,
  )) as T;
}

async function vehicles(page: Page, query: string): Promise<Vehicle[]> {
  return (await get<{ items: Vehicle[] }>(page, `/vehicles?limit=100${query}`)).items;
}

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

const refusal = sandboxRefusal();
if (refusal !== null) assert.notEqual(process.env['CI'], 'true', refusal);

describe('A living country', { skip: refusal ?? false }, () => {
  let browser: Browser;
  let page: Page;
  let up: Up;
  let origin: string;

  before(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    const directory = mkdtempSync(join(tmpdir(), 'rmh-living-'));
    await orderVehicle(directory, ORDERED);
    up = new Up(directory, port);
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 720 }, locale: 'nb-NO' });
  });

  after(async () => {
    await browser?.close();
    await up?.stop();
    if (up !== undefined) rmSync(up.directory, { recursive: true, force: true });
  });

  test('The printed link opens the console, and the vehicles drive', async (t) => {
    const link = await up.says(/sign in, once: (\S+)/);
    await up.says(/^(running)$/m);
    const began = performance.now();
    await page.goto(link);
    await page.locator('main h1').waitFor();
    t.diagnostic(`first view after ${(performance.now() - began).toFixed(0)} ms (aim 2,000)`);
    await until('every vehicle has spoken', async () => {
      const all = await vehicles(page, '&state=unknown');
      return all.length === 0 && (await vehicles(page, '')).length === FLEET + VEHICLES.length;
    });
    await shot(page, 'overview');
    await page.goto(`${origin}/map`);
    await page.locator('.map-canvas[data-ready="true"]').waitFor({ timeout: WAIT_MS });
    const placeOf = async () => (await vehicles(page, '&search=LAB 1'))[0]?.live?.place;
    const from = await placeOf();
    await until('LAB 1 is somewhere else', async () => {
      const to = await placeOf();
      return to !== undefined && JSON.stringify(to) !== JSON.stringify(from);
    });
    const canvas = page.locator('.map-canvas');
    const picture = await canvas.screenshot();
    // A map without land and points is one colour, and that is 3 kB.
    const drawnMs = await until('land and vehicles are drawn, and move', async () => {
      const later = await canvas.screenshot();
      return later.length > 20_000 && !later.equals(picture);
    });
    t.diagnostic(`a moved picture of the map after another ${drawnMs.toFixed(0)} ms`);
    await shot(page, 'map');
  });

  test('A vehicle that was ordered is fitted, and its acceptance drive begins', async () => {
    await page.goto(`${origin}/installations/1`);
    await page.getByRole('checkbox').nth(9).waitFor();
    for (const box of await page.getByRole('checkbox').all()) await box.check();
    await page.getByText('10 av 10 punkter').waitFor();
    await page.getByText('Alt er lagret').waitFor();
    await button(page, 'Start prøvekjøring').click();
    await strike(ORDERED, 'telenor:blackhole+4s');
  });

  test('A carrier that is blocked is told in words', async (t) => {
    await openLab1(page, origin);
    const body = page.locator('main');
    await page.getByRole('heading', { name: 'Operatørene side om side' }).waitFor();
    await until('all carriers are up', async () => {
      const [vehicle] = await vehicles(page, '&search=LAB 1');
      return vehicle?.live?.carriers.every(({ state }) => state === 'up') === true;
    });
    // By when it began: the list shows the newest only, and the drive has outages of its own.
    const told = async () =>
      [...(await body.innerText()).matchAll(/Telia borte .*?(?:fra|siden) (\S+)/g)].map(
        ([, at]) => at,
      );
    const before = await told();
    await strike(1, 'telia:blackhole+8s');
    const ms = await until('the page tells of it', async () =>
      (await told()).some((at) => !before.includes(at)),
    );
    t.diagnostic(`in words after ${ms.toFixed(0)} ms (aim 2,000)`);
    await until('its carriers are there over time', async () => {
      return (await page.locator('.strip-name', { hasText: 'Telia' }).count()) > 0;
    });
    await shot(page, 'vehicle');
  });

  test('The drive is measured by what the unit told, and judged', async (t) => {
    await strike(ORDERED, 'telia:blackhole+4s');
    const [ordered] = await vehicles(page, `&search=LAB ${ORDERED}`);
    const ended = async (link: string) => {
      const path = `/vehicles/${ordered?.id}/outages?link=${link}`;
      return (await get<{ items: VehicleOutage[] }>(page, path)).items.some(
        ({ to }) => to !== null,
      );
    };
    await until('both outages are told', async () => {
      return (await ended('telenor')) && (await ended('telia'));
    });
    await sleep(DRIVE_S * 1_000);
    await page.goto(`${origin}/installations/1`);
    await button(page, 'Ferdig: mål kjøringen').click();
    await button(page, 'Mål samme kjøring på nytt').waitFor();
    const { items } = await get<{ items: Drive[] }>(page, '/installations/1/drives');
    const { figures, passed } = present(items[0], 'it was measured a moment ago');
    t.diagnostic(figures.map(wordsOf).join('; '));
    const measured = new Map(figures.map((figure) => [figure.check, figure.measured]));
    assert.equal(measured.get('subscriptions'), 2);
    // So soon after its start a drive may hold no sample, and no outage: a longer one must pass.
    assert.ok(measured.has('failover'));
    assert.ok((measured.get('length') ?? 0) >= DRIVE_S);
    // Half a minute is no drive; one that was long enough ends in operation.
    assert.equal(await button(page, 'Godkjenn').isEnabled(), passed);
    if (!passed) return assert.ok(DRIVE_S < 960, 'a drive of that length passes');
    await button(page, 'Godkjenn').click();
    await button(page, 'Sett i drift').click();
    await page.locator('.page-head').getByText('I drift').waitFor();
  });

  test(`The platform is gone for ${OUTAGE_S} s, and nothing is lost`, async (t) => {
    await strike(1, `platform:kill+${OUTAGE_S}s`);
    const goneAtMs = Date.now();
    await until('the platform is gone', async () => !(await answers(origin)));
    await sleep(OUTAGE_S * 1_000);
    await until('the platform is back', () => answers(origin));
    const backAtMs = Date.now();
    const units = await all('/units', (unit: Unit) => /^LAB-\d$/.test(unit.serial ?? ''));
    const read = (): Recorded[] =>
      units.map(({ id, serial }) => ({ unitId: id, samples: journalOf(serial ?? '') }));
    // A sample is recorded when its span is over: the one of the return may take ten seconds more.
    await until('the vehicles have recorded beyond the return', () =>
      read().every(({ samples }) =>
        samples.some(({ item }) => item.atMs + item.spanMs >= backAtMs),
      ),
    );
    const recorded = read();
    // Whatever was recorded until now has arrived when a unit says once more that nothing waits.
    await delivered();
    t.diagnostic(
      `all had arrived ${((Date.now() - backAtMs) / 1_000).toFixed(0)} s after it was back`,
    );
    // The exit code tells mishaps of the run too, such as a busy machine's.
    await up.stop();
    t.diagnostic(up.said.slice(up.said.search(/^vehicle +class/m)));
    assert.match(up.said, /TCP connections held through the whole run: 3 of 3/);
    checkTraffic(t, recorded, goneAtMs, backAtMs);
    await checkBooks(recorded);
  });

  async function delivered(): Promise<void> {
    const sinceMs = Date.now();
    await until('nothing waits in the vehicles', async () => {
      const lab = await vehicles(page, '&search=LAB').catch(() => []);
      const done = lab.filter(({ live }) => {
        return live !== null && live.waiting === 0 && Date.parse(live.heardAt ?? '') > sinceMs;
      });
      return done.length === VEHICLES.length;
    });
  }

  async function all<T>(path: string, wanted: (each: T) => boolean): Promise<T[]> {
    return (await get<{ items: T[] }>(page, `${path}?limit=500`)).items.filter(wanted);
  }

  function journalOf(serial: string): Recorded['samples'] {
    const machine = serial.replace('LAB-', 'vehicle');
    const lines = readJournal(join(up.directory, 'machines', machine, 'state', 'samples'));
    return lines.map(({ journal, item }) => ({ journal, item: item as Sample }));
  }

  async function checkBooks(recorded: readonly Recorded[]): Promise<void> {
    const db = await openTables(join(up.directory, 'data'));
    try {
      for (const { unitId, samples } of recorded) {
        const rows = await db.transaction({ kind: 'system' }, (sql) =>
          sql.query<CountedRow>(
            `SELECT journal::text, sequence, up_ms, down_ms, critical_sent, critical_lost
             FROM sample WHERE unit_id = $1`,
            [unitId],
          ),
        );
        const counted = Map.groupBy(rows, ({ journal, sequence }) => `${journal} ${sequence}`);
        for (const { journal, item } of samples) {
          const [row, ...more] = counted.get(`${journal} ${item.sequence}`) ?? [];
          assert.deepEqual(more, [], `unit ${unitId}: ${item.sequence} counts once`);
          const critical = item.classes.find((one) => one.class === 'critical');
          assert.deepEqual(
            row,
            {
              journal,
              sequence: item.sequence,
              up_ms: item.upMs,
              down_ms: item.downMs,
              critical_sent: critical?.sent,
              critical_lost: critical?.lost,
            },
            `unit ${unitId}, sample ${item.sequence}`,
          );
        }
      }
      await rollUp(db);
      const recounts = await recount(db);
      assert.ok(recounts.some(({ buckets }) => buckets > 0));
      for (const { what, differ } of recounts) assert.equal(differ, 0, what);
    } finally {
      await db.close();
    }
  }
});

interface Recorded {
  readonly unitId: number;
  readonly samples: readonly { readonly journal: string; readonly item: Sample }[];
}

interface CountedRow {
  readonly journal: string;
  readonly sequence: number;
}

async function answers(origin: string): Promise<boolean> {
  return await fetch(`${origin}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function openLab1(page: Page, origin: string): Promise<void> {
  const [vehicle] = await vehicles(page, '&search=LAB 1');
  await page.goto(`${origin}/vehicles/${vehicle?.id}`);
}

const wordsOf = ({ check, link, measured, unit, result }: DriveFigure): string =>
  `${check}${link === null ? '' : ` ${link}`} ${measured} ${unit} ${result}`;

/** The vehicles' own figures of the time without a platform. */
function checkTraffic(
  t: TestContext,
  recorded: readonly Recorded[],
  fromMs: number,
  toMs: number,
): void {
  for (const { unitId, samples } of recorded) {
    const during = samples
      .map(({ item }) => item)
      .filter(({ atMs, spanMs }) => atMs < toMs && atMs + spanMs > fromMs);
    const covered = during.reduce((sum, { upMs, downMs }) => sum + upMs + downMs, 0);
    assert.ok(covered >= toMs - fromMs - 1_000, `unit ${unitId} recorded ${covered} ms of it`);
    const critical = during.flatMap(({ classes }) =>
      classes.filter((one) => one.class === 'critical'),
    );
    const sent = critical.reduce((sum, one) => sum + one.sent, 0);
    const lost = critical.reduce((sum, one) => sum + one.lost, 0);
    t.diagnostic(`unit ${unitId}: ${lost} of ${sent} critical packets lost meanwhile`);
    assert.ok(sent > 0 && lost <= sent / 100);
  }
}
