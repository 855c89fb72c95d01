// How the browser tests look at pages. The browser itself is the test's.
import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Page } from 'playwright-core';

export const PAGES = {
  overview: '/',
  map: '/map?vehicle=20',
  vehicles: '/vehicles?state=reduced',
  vehicle: '/vehicles/17',
  alarms: '/alarms?alarm=31',
  rules: '/alarms?view=rules',
  coverage: '/coverage?fleet=simulated',
  statistics: '/statistics?fleet=simulated',
  configuration: '/configuration?layer=1',
  rollouts: '/configuration?view=rollouts',
  organisations: '/administration',
  users: '/administration?view=users',
  units: '/administration?view=units',
  gateways: '/administration?view=gateways',
  tokens: '/administration?view=tokens',
} as const;
/** A 13-inch laptop, a wall, a telephone; width and height, px. */
export const SIZES = [
  [1280, 720],
  [1920, 1080],
  [390, 844],
] as const;

export interface View {
  readonly scheme?: 'light' | 'dark';
  readonly language?: 'nb' | 'en';
}

export async function openContext(browser: Browser, view: View = {}): Promise<BrowserContext> {
  const { scheme = 'light', language = 'nb' } = view;
  const context = await browser.newContext({
    viewport: { width: SIZES[0][0], height: SIZES[0][1] },
    colorScheme: scheme,
    locale: 'nb-NO',
    reducedMotion: 'reduce',
  });
  await context.addInitScript((name) => localStorage.setItem('rmh.language', name), language);
  return context;
}

export async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => assert.fail(error));
  await page.goto(url);
  await page.locator('main h1').waitFor();
  await page.waitForFunction(() => document.querySelector('.waiting') === null);
  return page;
}
