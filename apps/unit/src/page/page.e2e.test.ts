// The crew's page in a real browser: what it says, by day and by night, on a tablet and a phone.
// RMH_SHOTS=DIR keeps pictures to look at.
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { HistorySlice } from '@rmh/contract';
import { keepLog } from '@rmh/contract/fakes';
import { launchBrowser } from '@rmh/tools/browser';
import type { Browser, Page } from 'playwright-core';
import type { Facts } from '../platform/facts.ts';
import { UnitPage } from './page.ts';

const SCREENS = [
  { width: 390, height: 844 },
  { width: 1024, height: 600 },
] as const;
// 13:02 in Oslo, which is in winter time.
const AT_MS = Date.UTC(2026, 0, 14, 12, 2, 30);
const CLASS = { sent: 0, received: 0, repaired: 0, late: 0, unsent: 0, lost: 0, quietMs: 0 };
const services = [
  { name: 'EKG', class: 'critical' },
  { name: 'Oppdrag', class: 'interactive' },
  { name: 'Journal', class: 'bulk' },
  { name: 'Video', class: 'realtime' },
] as const;
const settings = { unit: 'A-1203', address: '127.0.0.1', port: 0, services };

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

function facts(up: boolean, atMs = AT_MS): Facts {
  const gateway = up ? 'oslo' : null;
  return { atMs, up, sinceMs: AT_MS - 60_000, gateway, carriers: [] };
}

function second(classes: Partial<typeof CLASS>[]): HistorySlice {
  const all = [0, 1, 2, 3].map((i) => ({ ...CLASS, ...classes[i] }));
  return { atMs: AT_MS - 1_000, spanMs: 1_000, active: 'oslo', classes: all, carriers: [] };
}

async function opened(
  screen: (typeof SCREENS)[number],
  colorScheme: 'light' | 'dark',
  use: (page: Page, served: UnitPage) => Promise<void>,
): Promise<void> {
  const served = new UnitPage(settings, keepLog());
  served.begun();
  served.look(facts(true), second([{ sent: 9 }, { sent: 50, received: 50 }]));
  for (let i = 0; i < 500 && served.port === null; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const context = await browser.newContext({ viewport: screen, colorScheme });
  try {
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'error') faults.push(line.text());
    });
    await page.goto(`http://127.0.0.1:${served.port}/`);
    await page.getByText('sendt 13:02').waitFor();
    await use(page, served);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
    await served.ended();
  }
}

async function keep(page: Page, name: string): Promise<void> {
  const directory = process.env['RMH_SHOTS'];
  if (directory !== undefined) await page.screenshot({ path: join(directory, `${name}.png`) });
}

async function isClean(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
    [],
  );
}

async function fits(page: Page): Promise<void> {
  const over = await page.evaluate(`(() => {
    const { scrollHeight, clientHeight, scrollWidth, clientWidth } = document.documentElement;
    return [scrollHeight - clientHeight, scrollWidth - clientWidth];
  })()`);
  assert.deepEqual(over, [0, 0], 'everything is seen without scrolling');
}

for (const screen of SCREENS) {
  for (const scheme of ['light', 'dark'] as const) {
    const name = `unit-page-${screen.width}-${scheme}`;
    test(`At ${screen.width}×${screen.height}, ${scheme}, all is seen at a glance`, async () => {
      await opened(screen, scheme, async (page, served) => {
        assert.deepEqual(await page.locator('li').allInnerTexts().then(lines), [
          'EKG sendt 13:02',
          'Oppdrag klar',
          'Journal klar',
          'Video OK',
        ]);
        await isClean(page);
        await fits(page);
        await keep(page, `${name}-up`);
        served.look(facts(true), second([{ sent: 9, lost: 3 }]));
        await page.getByText('ustabil, sendes igjen').waitFor();
        await page.getByText('Ustabilt samband').waitFor();
        await isClean(page);
        await fits(page);
        await keep(page, `${name}-weak`);
        served.look(facts(false), null);
        await page.getByText('Uten dekning siden 13:01').waitFor();
        await page.getByText('venter').first().waitFor();
        await isClean(page);
        await fits(page);
        await keep(page, `${name}-down`);
      });
    });
  }
}

test('Night is a button away, by keyboard too, and stays over a reload', async () => {
  await opened(SCREENS[0], 'light', async (page) => {
    const light = () => page.evaluate('document.documentElement.dataset.light');
    assert.equal(await light(), 'day');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await light(), 'night');
    await page.reload();
    await page.getByText('sendt 13:02').waitFor();
    assert.equal(await light(), 'night');
    assert.deepEqual(await page.context().cookies(), []);
  });
});

test('When the unit does not answer, the page says that what it shows is old', async () => {
  const served = new UnitPage(settings, keepLog());
  served.begun();
  served.look(facts(true), second([{ sent: 9 }]));
  for (let i = 0; i < 500 && served.port === null; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${served.port}/`);
  await page.getByText('sendt 13:02').waitFor();
  await served.ended();
  await page.getByText('Ingen kontakt med enheten').waitFor();
  await page.close();
});

/** A row's parts, without the shape that stands for its state. */
function lines(rows: string[]): string[] {
  return rows.map((row) => row.split('\n').slice(1).join(' '));
}
