// What every page is held to: as wide as its window, and nothing found by axe in either theme or
// language. Two test files share it, so that neither takes long.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { launchBrowser } from '@rmh/tools/browser';
import type { Browser, Page } from 'playwright-core';
import { buildConsole } from '../build/build.ts';
import { type FakePlatform, startFakePlatform } from './fake-platform.ts';
import { openContext, openPage, SIZES } from './views.ts';

let browser: Browser;
let platform: FakePlatform;

/** Registers the browser and the fake platform of a test file. */
export function withBrowser(): { open: typeof open } {
  before(async () => {
    const dist = await buildConsole();
    // Few vehicles: axe walks every cell of every table.
    platform = await startFakePlatform({ dist, vehiclesPerTrust: 3 });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await platform?.close();
  });
  return { open };
}

async function open(path: string, view: Parameters<typeof openContext>[1] = {}): Promise<Page> {
  const context = await openContext(browser, view);
  return openPage(context, platform.url + path);
}

export function lookAtEach(pages: Readonly<Record<string, string>>): void {
  for (const [name, path] of Object.entries(pages)) {
    const claim = 'as wide as its window, and WCAG 2.1 AA in both themes and languages';
    test(`${name}: ${claim}`, async () => {
      const page = await open(path, { scheme: 'dark', language: 'nb' });
      await fits(page);
      assert.deepEqual(await violations(page), [], 'dark, nb');
      await page.getByLabel('Lyst eller mørkt').selectOption('light');
      await page.getByLabel('Språk').selectOption('en');
      assert.deepEqual(await violations(page), [], 'light, en');
      await page.context().close();
    });
  }
}

/** No page scrolls sideways at any of the sizes; it is left at the first. */
export async function fits(page: Page): Promise<void> {
  for (const [width, height] of SIZES.toReversed()) {
    await page.setViewportSize({ width, height });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${over} px too wide at ${width} × ${height}`);
  }
}

/** Of the whole page, or of one part of it. */
export async function violations(page: Page, part?: string): Promise<string[]> {
  const builder = new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    // In the page itself: there are no frames, and a second page costs as much as the look.
    .setLegacyMode();
  const found = await (part === undefined ? builder : builder.include(part)).analyze();
  return found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  );
}
