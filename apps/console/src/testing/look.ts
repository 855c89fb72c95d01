// What every page is held to: as wide as its window, and nothing found by axe in either theme or
// language. Two test files share it, so that neither takes long; they bring browser and axe.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { buildConsole } from '../build/build.ts';
import { type FakePlatform, startFakePlatform } from './fake-platform.ts';
import { openContext, openPage, SIZES, type View } from './views.ts';

interface Means {
  readonly launch: () => Promise<Browser>;
  readonly Axe: typeof AxeBuilder;
}

interface Look {
  /** A path, or the address of another fake platform. */
  readonly open: (path: string, view?: View) => Promise<Page>;
  /** A test for each page. */
  readonly lookAtEach: (pages: Readonly<Record<string, string>>) => void;
  /** A test for each form: the page that it lies over, and the button that opens it. */
  readonly lookAtForms: (forms: Readonly<Record<string, readonly [string, RegExp]>>) => void;
  /** The fake platform, once the tests run. */
  readonly platform: () => FakePlatform;
  /** What axe finds in the whole page, or in one part of it. */
  readonly violations: (page: Page, part?: string) => Promise<string[]>;
}

/** Starts a browser and a fake platform before the file's tests, and ends them afterwards. */
export function lookWith({ launch, Axe }: Means): Look {
  let browser: Browser;
  let platform: FakePlatform;
  before(async () => {
    const dist = await buildConsole();
    // Few vehicles: axe walks every cell of every table.
    platform = await startFakePlatform({ dist, vehiclesPerTrust: 3 });
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await platform?.close();
  });

  const open = async (path: string, view: View = {}): Promise<Page> =>
    openPage(await openContext(browser, view), new URL(path, platform.url).href);

  const violations = async (page: Page, part?: string): Promise<string[]> => {
    const builder = new Axe({ page })
      .options({ resultTypes: ['violations'] })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
      // In the page itself: there are no frames, and a second page costs as much as the look.
      .setLegacyMode();
    const found = await (part === undefined ? builder : builder.include(part)).analyze();
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
    );
  };

  const lookAt = async (path: string): Promise<void> => {
    const page = await open(path, { scheme: 'dark', language: 'nb' });
    await fits(page);
    assert.deepEqual(await violations(page), [], 'dark, nb');
    await turnOver(page);
    assert.deepEqual(await violations(page), [], 'light, en');
    await page.context().close();
  };

  const lookAtForm = async (path: string, opener: RegExp): Promise<void> => {
    const page = await open(path, { scheme: 'dark', language: 'nb' });
    const look = async (view: string) => {
      await page.getByRole('button', { name: opener }).first().click();
      await page.getByRole('dialog').waitFor();
      await fits(page);
      assert.deepEqual(await violations(page, 'dialog'), [], view);
    };
    await look('dark, nb');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await turnOver(page);
    await look('light, en');
    await page.context().close();
  };

  return {
    open,
    violations,
    platform: () => platform,
    lookAtForms(forms) {
      for (const [name, [path, opener]] of Object.entries(forms)) {
        test(`${name}: the form fits each window, and WCAG 2.1 AA in both themes`, () =>
          lookAtForm(path, opener));
      }
    },
    lookAtEach(pages) {
      for (const [name, path] of Object.entries(pages)) {
        const claim = 'as wide as its window, and WCAG 2.1 AA in both themes and languages';
        test(`${name}: ${claim}`, () => lookAt(path));
      }
    },
  };
}

/** From dark and Norwegian to light and English. */
async function turnOver(page: Page): Promise<void> {
  await page.getByLabel('Lyst eller mørkt').selectOption('light');
  await page.getByLabel('Språk').selectOption('en');
}

/** No page scrolls sideways at any of the sizes; it is left at the first. */
export async function fits(page: Page): Promise<void> {
  for (const [width, height] of SIZES.toReversed()) {
    await page.setViewportSize({ width, height });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${over} px too wide at ${width} × ${height}`);
  }
}
