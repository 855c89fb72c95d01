// The built console in a real browser, before the fake platform: what people do with it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { launchBrowser } from '@rmh/tools/browser';
import type { Browser, Page } from 'playwright-core';
import { buildConsole } from './build/build.ts';
import { type FakePlatform, startFakePlatform } from './testing/fake-platform.ts';
import { openContext, openPage } from './testing/views.ts';

// JavaScript of the first view, compressed: at 4 Mbit/s it is there in 0.3 s.
const FIRST_VIEW_BYTES_MAX = 160_000;

let browser: Browser;
let platform: FakePlatform;

before(async () => {
  const dist = await buildConsole();
  platform = await startFakePlatform({ dist });
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await platform?.close();
});

describe('By keyboard alone', () => {
  test('The skip link comes first and leads past the navigation', async () => {
    const context = await openContext(browser);
    const page = await openPage(context, `${platform.url}/vehicles`);
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Hopp til innholdet');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(() => document.activeElement?.closest('main') !== null);
    assert.ok(inside);
    await context.close();
  });

  test('Each page is reached and shows that it has the focus', async () => {
    const context = await openContext(browser);
    const page = await openPage(context, platform.url);
    for (const name of ['Kart', 'Kjøretøy', 'Varsler', 'Dekning', 'Statistikk', 'Konfigurasjon']) {
      await page.getByRole('navigation').getByRole('link', { name, exact: true }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await page.waitForFunction(() => document.activeElement?.id === 'main');
    }
    await context.close();
  });

  test('An alarm is chosen, acknowledged and commented', async () => {
    const context = await openContext(browser);
    const page = await openPage(context, `${platform.url}/alarms`);
    await page.getByRole('button', { name: 'A-1300 er uten tjeneste' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Kvitter' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Kvitter' }).waitFor({ state: 'detached' });
    await page.getByLabel('Skriv en kommentar').focus();
    await page.keyboard.type('Ringt stasjonen');
    await page.keyboard.press('Enter');
    await page.getByRole('listitem').filter({ hasText: 'Ringt stasjonen' }).waitFor();
    await context.close();
  });

  test('A dialog takes the focus, and Escape gives it back', async () => {
    const context = await openContext(browser);
    const page = await openPage(context, `${platform.url}/alarms?view=rules`);
    const opener = page.getByRole('button', { name: /Endre: Taus gateway/ });
    await opener.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    assert.ok(await page.evaluate(() => document.activeElement?.closest('dialog') !== null));
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.waitForFunction(() =>
      document.activeElement?.getAttribute('aria-label')?.includes('Taus'),
    );
    await context.close();
  });
});

async function focused(page: Page): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.textContent ?? null);
}

describe('Live', () => {
  test('A change is seen without loading anything again', async () => {
    const context = await openContext(browser);
    const page = await openPage(context, `${platform.url}/vehicles?search=A-1230`);
    const row = page.getByRole('row').filter({ hasText: 'A-1230' });
    await row.waitFor();
    const live = platform.seed.vehicles.find(({ callSign }) => callSign === 'A-1230')?.live;
    assert.ok(live);
    platform.push({ ...live, state: 'down' });
    await row.getByText('Uten tjeneste').waitFor();
    platform.push(live);
    await context.close();
  });

  test('A broken line is said at once, and taken back when it holds again', async () => {
    const context = await openContext(browser);
    const page = await openPage(context, platform.url);
    platform.breakLines(true);
    const banner = page.getByText(/Forbindelsen til plattformen er borte siden \d\d:\d\d:\d\d/);
    await banner.waitFor();
    platform.breakLines(false);
    await banner.waitFor({ state: 'detached' });
    await context.close();
  });
});

const WATCHED = ['Oversikt', 'Kart', 'Kjøretøy', 'Varsler', 'Dekning', 'Statistikk', 'Krav'];
const TRUST_USERS = [...WATCHED, 'Bestilling', 'Erfaringer', 'Rapport'];
const AUDITORS = [
  ...[
    ...WATCHED.slice(0, -1),
    'Operatører',
    'Krav',
    'Bestilling',
    'Innføring',
    'Erfaringer',
    'Rapport',
  ],
  ...['Konfigurasjon', 'Administrasjon'],
];

describe('What a role may not do is not shown', () => {
  for (const [role, shown] of [
    ['auditor', AUDITORS],
    ['trust-user', TRUST_USERS],
  ] as const) {
    test(role, async (t) => {
      const other = await startFakePlatform({ dist: await buildConsole(), role });
      t.after(() => other.close());
      const context = await openContext(browser);
      const page = await openPage(context, `${other.url}/configuration`);
      const names = await page.getByRole('navigation').getByRole('link').allInnerTexts();
      assert.deepEqual(names, [...shown]);
      assert.equal(await page.getByRole('button', { name: 'Ny utrulling' }).count(), 0);
      await context.close();
    });
  }
});

test('The first view brings no map and no chart, and is small', async (t) => {
  const context = await openContext(browser);
  const page = await context.newPage();
  const scripts: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) scripts.push(response.body());
  });
  const began = performance.now();
  await page.goto(platform.url);
  await page.getByText('alvorlige feil nå').waitFor();
  t.diagnostic(`on the screen after ${(performance.now() - began).toFixed(0)} ms (aim 2,000)`);
  const bodies = await Promise.all(scripts);
  const bytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
  assert.ok(bytes <= FIRST_VIEW_BYTES_MAX, `${bytes} bytes`);
  assert.ok(!bodies.some((body) => body.includes('maplibregl')));
  await context.close();
});
