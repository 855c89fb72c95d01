// What every page is held to: as wide as its window, and nothing found by axe in either theme or
// language. Test files share it, so that none takes long; they bring browser and axe.
//
// There are four ways to see a page: two themes in two languages. Each page and form is seen in one
// of them, the next one in another. RMH_LOOKS=all looks at every page and form in all four, and at
// every size each time.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { buildConsole } from '../build/build.ts';
import { type FakePlatform, startFakePlatform } from './fake-platform.ts';
import { openContext, openPage, SIZES, settled, type View } from './views.ts';

const isAll = process.env['RMH_LOOKS'] === 'all';

const WAYS = [
  { scheme: 'dark', language: 'nb' },
  { scheme: 'light', language: 'en' },
  { scheme: 'light', language: 'nb' },
  { scheme: 'dark', language: 'en' },
] as const satisfies readonly View[];
type Way = (typeof WAYS)[number];

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
  // One page goes from look to look: a new one costs as much as what is loaded into it.
  let seen: Page;
  before(async () => {
    const dist = await buildConsole();
    // Few vehicles: axe walks every cell of every table.
    platform = await startFakePlatform({ dist, vehiclesPerTrust: 3 });
    browser = await launch();
    seen = await (await openContext(browser, { scheme: 'dark' })).newPage();
    seen.on('pageerror', (error) => assert.fail(error));
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

  const go = async (path: string): Promise<void> => {
    await seen.goto(new URL(path, platform.url).href);
    await settled(seen);
  };

  const lookAt = async (path: string, ways: readonly Way[], sizes: Sizes): Promise<void> => {
    await go(path);
    for (const way of ways) {
      await turn(seen, way);
      await fits(seen, sizes);
      assert.deepEqual(await violations(seen), [], Object.values(way).join());
    }
  };

  const lookAtForm = async (path: string, opener: RegExp, ways: readonly Way[], sizes: Sizes) => {
    for (const way of ways) {
      await go(path);
      await turn(seen, way);
      await seen.getByRole('button', { name: opener }).first().click();
      await seen.getByRole('dialog').waitFor();
      await fits(seen, sizes);
      assert.deepEqual(await violations(seen, 'dialog'), [], Object.values(way).join());
    }
  };

  return {
    open,
    violations,
    platform: () => platform,
    lookAtForms(forms) {
      for (const [i, [name, [path, opener]]] of Object.entries(forms).entries()) {
        const ways = waysOf(i);
        test(`${name}: the form fits its windows, and WCAG 2.1 AA (${told(ways)})`, () =>
          lookAtForm(path, opener, ways, sizesOf(i)));
      }
    },
    lookAtEach(pages) {
      for (const [i, [name, path]] of Object.entries(pages).entries()) {
        const ways = waysOf(i);
        test(`${name}: as wide as its window, and WCAG 2.1 AA (${told(ways)})`, () =>
          lookAt(path, ways, sizesOf(i)));
      }
    },
  };
}

const told = (ways: readonly Way[]): string =>
  ways.map(({ scheme, language }) => `${scheme} ${language}`).join(', ');

const waysOf = (i: number): readonly Way[] => (isAll ? WAYS : [WAYS[i % 4] as Way]);

type Sizes = readonly (readonly [number, number])[];

/** A laptop and a telephone always, the wall, which is wide, for every third. */
function sizesOf(i: number): Sizes {
  const [laptop, wall, telephone] = SIZES;
  return isAll || i % 3 === 0 ? [laptop, wall, telephone] : [laptop, telephone];
}

/** The system of `seen` is dark, so that both a choice and the system are followed. */
async function turn(page: Page, { scheme, language }: Way): Promise<void> {
  const theme = scheme === 'dark' ? 'system' : scheme;
  await page.getByLabel(/^(Lyst eller mørkt|Light or dark)$/).selectOption(theme);
  await page.getByLabel(/^(Språk|Language)$/).selectOption(language);
}

/** No page scrolls sideways at any of the sizes; it is left at the first. */
export async function fits(page: Page, sizes: Sizes = SIZES): Promise<void> {
  for (const [width, height] of sizes.toReversed()) {
    await page.setViewportSize({ width, height });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${over} px too wide at ${width} × ${height}`);
  }
}
