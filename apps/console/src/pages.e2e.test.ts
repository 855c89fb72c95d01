// Every page of the built console, looked at by axe and by its width.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { launchBrowser } from '@rmh/tools/browser';
import type { Browser, Page } from 'playwright-core';
import { buildConsole } from './build/build.ts';
import { type FakePlatform, startFakePlatform } from './testing/fake-platform.ts';
import { openContext, openPage, PAGES, SIZES } from './testing/views.ts';

let browser: Browser;
let platform: FakePlatform;

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

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name}: as wide as its window, and WCAG 2.1 AA in both themes and languages`, async () => {
    const context = await openContext(browser, { scheme: 'dark', language: 'nb' });
    const page = await openPage(context, platform.url + path);
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${over} px too wide at ${width} × ${height}`);
    }
    await page.setViewportSize({ width: SIZES[0][0], height: SIZES[0][1] });
    assert.deepEqual(await violations(page), [], 'dark, nb');
    await page.getByLabel('Lyst eller mørkt').selectOption('light');
    await page.getByLabel('Språk').selectOption('en');
    assert.deepEqual(await violations(page), [], 'light, en');
    await context.close();
  });
}

test('A picture without a text is found', async () => {
  const context = await openContext(browser);
  const page = await openPage(context, platform.url);
  await page.evaluate(() => document.querySelector('main')?.append(new Image(20, 20)));
  assert.ok((await violations(page)).some((one) => one.startsWith('image-alt')));
  await context.close();
});

async function violations(page: Page): Promise<string[]> {
  const builder = new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    // In the page itself: there are no frames, and a second page costs as much as the look.
    .setLegacyMode();
  const found = await builder.analyze();
  return found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  );
}
