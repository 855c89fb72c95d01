// How the browser tests look at pages. The browser itself is the test's.
import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

/** What a control room watches. */
export const WATCHED = {
  overview: '/',
  map: '/map?vehicle=20',
  vehicles: '/vehicles?state=reduced',
  vehicle: '/vehicles/17',
  alarms: '/alarms?alarm=31',
  coverage: '/coverage?fleet=simulated',
  statistics: '/statistics?fleet=simulated',
  requirements: '/requirements?fleet=simulated',
} as const;
/** Where things are set up and changed. */
export const MANAGED = {
  rules: '/alarms?view=rules',
  recipients: '/alarms?view=recipients&recipient=2',
  register: '/requirements?view=register&requirement=1',
  attestations: '/requirements?view=attested',
  configuration: '/configuration?layer=1',
  rollouts: '/configuration?view=rollouts',
  organisations: '/administration',
  users: '/administration?view=users',
  units: '/administration?view=units',
  cards: '/administration?view=cards',
  gateways: '/administration?view=gateways',
  network: '/administration?view=network',
  tokens: '/administration?view=tokens',
} as const;
/** Ordering, the garage, the programme. */
export const ORDERED = {
  orders: '/orders?order=1',
  'new order': '/orders/new',
  installations: '/orders?view=installations',
  catalogue: '/orders?view=catalogue',
  garage: '/installations/1',
  programme: '/programme',
} as const;
/** Monthly reports. */
export const REPORTED = { reports: '/reports', report: '/reports/1' } as const;
export const REPORT_FORMS = {
  'a report': ['/reports', /^(Lag en rapport|Make a report)$/],
} as const;
/** Towards the carriers. */
export const CARRIER_PAGES = {
  cases: '/carriers?fleet=simulated',
  'a case': '/carriers/2',
  scorecard: '/carriers?view=scorecard',
  'shared fate': '/carriers?view=fate',
} as const;
/** A form over its page: the page, and the button that opens it. */
export const FORMS = {
  'new recipient': ['/alarms?view=recipients', /^(Ny mottaker|New recipient)$/],
  'change of a vehicle': ['/vehicles/17', /^(Endre|Change)$/],
  'new subscription': ['/vehicles/17', /^(Nytt abonnement|New subscription)$/],
  'replacing a unit': ['/vehicles/17', /^(Bytt enhet|Replace unit)$/],
  'new requirement': ['/requirements?view=register', /^(Nytt krav|New requirement)$/],
  'an attestation': ['/requirements?view=attested', /^(Bekreft|Attest)$/],
  'new layer': ['/configuration', /^(Nytt lag|New layer)$/],
  'network settings': ['/administration?view=network', /^(Endre|Change)$/],
} as const;
export const ORDER_FORMS = {
  'delivery of a kit': ['/orders?order=1', /^(Lever Kjøretøypakke|Deliver Kjøretøypakke)/],
  'new catalogue item': ['/orders?view=catalogue', /^(Ny vare eller pris|New thing or price)$/],
  'end of a catalogue item': ['/orders?view=catalogue', /^(Avslutt|End): /],
  'a plan': ['/programme', /^(Endre planen|Change the plan): Helse Nord/],
  'a blocker': ['/programme', /^(Ny hindring eller|New blocker or)/],
} as const;
/** What people found out. */
export const LEARNED = { experience: '/experience?note=1' } as const;
export const NOTE_FORMS = {
  'new note': ['/experience', /^(Ny erfaring|New note)$/],
  'requirement of a note': ['/experience?note=2', /^(Gjør til krav|Make it a requirement)$/],
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
  await settled(page);
  return page;
}

/** Nothing is awaited any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').waitFor();
  await page.waitForFunction(() => document.querySelector('.waiting') === null);
}

/** Enter on what has the focus, as a keyboard does it, once no dialog lies over it any more. */
export async function press(one: Locator): Promise<void> {
  await one.click({ trial: true });
  await one.press('Enter');
}
