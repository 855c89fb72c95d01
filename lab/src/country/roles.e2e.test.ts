// The whole of it as new users meet it: each in his role, in a browser of his own, from his link to
// what he came for.
//
//   1  a coordinator orders five vehicles; the national operator takes the order on
//   2  a carrier falls out over twenty simulated vehicles: one alarm, one case, its evidence
//   3  a note becomes a requirement
//   4  an ICT operator enrols a unit by `rmh enrol` and ticks its points in the garage
//   5  the month is over: its report has the outage
//   6  an auditor presses every button of every page and writes nothing; the API refuses him
//
// The samples of the outage are told as units would tell them; no car drives here. The platform's
// calendar is turned instead of waiting for a month to end.
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Alarm, CarrierCase, Evidence, Page as Items, Me } from '@rmh/contract/api';
import { launchBrowser } from '@rmh/tools/browser';
import type { Locator, Page } from 'playwright-core';
import { whyNoServer } from './blows-database.ts';
import { PlantedOutage } from './roles-plant.ts';
import { AUDITOR, COORDINATOR, ICT, OPERATOR, Stage } from './roles-stage.ts';
import { until } from './until.ts';
import { enrol } from './workshop.ts';

const SERIAL = 'RMH-7001';
const NOTE = 'To operatører holder når én faller ut';
const FIVE = ['P-101', 'P-102', 'P-103', 'P-104', 'P-105'];

const button = (within: Page | Locator, name: string | RegExp): Locator =>
  within.getByRole('button', { name, exact: true }).first();

/** By the menu, as who knows no address. */
async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

const choose = (page: Page, name: string): Promise<void> =>
  page.getByRole('radio', { name, exact: true }).check({ force: true });

let stage: Stage;
let outage: PlantedOutage;

const refusal = await whyNoServer();
if (refusal !== null) assert.notEqual(process.env['CI'], 'true', refusal);

describe('Each in his role', { skip: refusal ?? false }, () => {
  before(async () => {
    stage = await Stage.set(launchBrowser);
    outage = await PlantedOutage.prepare(stage.client, stage.trusts, stage.databaseUrl);
    await outage.strike();
  });

  after(async () => {
    await outage?.db.close();
    await stage?.end();
  });

  test('The national operator enters a user and what may be ordered', async () => {
    const page = await stage.as(OPERATOR);
    await goTo(page, 'Administrasjon');
    await choose(page, 'Brukere');
    await button(page, 'Ny bruker').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Navn').fill(COORDINATOR);
    await dialog.getByLabel('Organisasjon').first().selectOption({ label: '\u2003Helse Prøve' });
    await dialog.getByLabel('Rolle').selectOption({ label: 'Regional koordinator' });
    await dialog.getByLabel('Organisasjon').last().selectOption({ label: '\u2003Helse Prøve' });
    await button(dialog, 'Legg til').click();
    await button(dialog, 'Lagre').click();
    await dialog.waitFor({ state: 'detached' });
    await goTo(page, 'Bestilling');
    await choose(page, 'Katalog');
    for (const [kind, carrier, code, name, once, monthly] of CATALOGUE) {
      await button(page, 'Ny vare eller pris').click();
      await dialog.getByLabel('Type').selectOption({ label: kind });
      if (carrier !== null) await dialog.getByLabel('Operatør').selectOption({ label: carrier });
      await dialog.getByLabel('Varekode').fill(code);
      await dialog.getByLabel('Navn').fill(name);
      await dialog.getByLabel('Én gang (kr)').fill(once);
      await dialog.getByLabel('Per måned (kr)').fill(monthly);
      await dialog.getByLabel('Gjelder fra').fill(new Date().toISOString().slice(0, 10));
      await button(dialog, 'Lagre').click();
      await dialog.waitFor({ state: 'detached' });
    }
  });

  test('A coordinator orders five vehicles, and the operator takes the order on', async () => {
    const page = await stage.as(COORDINATOR);
    await goTo(page, 'Bestilling');
    await page.getByRole('link', { name: 'Ny bestilling' }).click();
    const fresh = page.getByRole('group', { name: 'Nytt kjøretøy' });
    for (const [i, callSign] of FIVE.entries()) {
      const trust = i < 3 ? 'Prøvesykehuset' : 'Fjordsykehuset';
      await fresh.getByLabel('Kallesignal').fill(callSign);
      await fresh.getByLabel('Organisasjon').selectOption({ label: `\u2003${trust}` });
      await button(fresh, 'Legg til').click();
    }
    const sum = page.getByRole('row').filter({ hasText: 'Sum' });
    await sum.getByText('150\u00a0000,00\u00a0kr').waitFor();
    await button(page, 'Bestill for 5 kjøretøy').click();
    await page.getByRole('heading', { name: 'Bestilling 1' }).waitFor();
    const operator = await stage.as(OPERATOR);
    await choose(operator, 'Bestillinger');
    await button(operator, 'Bestilling 1').click();
    await button(operator, 'Bekreft').click();
    await button(operator, 'Begynn arbeidet').click();
    await button(operator, /^Lever Kjøretøypakke til P-101/).waitFor();
    await page.reload();
    await page.locator('.panel').getByText('Under arbeid').first().waitFor();
  });

  test('An outage of one carrier is one alarm, one case, and evidence that adds up', async (t) => {
    const page = await stage.as(ICT);
    await goTo(page, 'Varsler');
    await button(page, /Telia .*20 kjøretøy/).click();
    const alarms = await stage.client.get<Items<Alarm>>('/alarms');
    assert.deepEqual(
      alarms.items.map(({ kind, vehicles, simulated }) => ({ kind, vehicles, simulated })),
      [{ kind: 'carrier-area', vehicles: 20, simulated: true }],
    );
    const tookMs = await until('its case has evidence', async () => {
      const [one] = (await cases()).items;
      return (one?.evidence ?? 0) > 0;
    });
    t.diagnostic(`evidence after another ${tookMs.toFixed(0)} ms`);
    assert.equal((await cases()).items.length, 1);
    const coordinator = await stage.as(COORDINATOR);
    await goTo(coordinator, 'Operatører');
    await choose(coordinator, 'Simulerte');
    await coordinator
      .locator('.verdict-text')
      .getByText(/^Telia er nede ved .*, 20 kjøretøy$/)
      .waitFor();
    await coordinator.getByRole('link', { name: /^Sak 1: Telia/ }).click();
    const vehicles = coordinator.getByRole('table', { name: 'Kjøretøy, nummerert' });
    await vehicles.waitFor();
    assert.equal(await vehicles.getByRole('row').count(), 21);
    const path = '/carrier-cases/1/evidence/1';
    const evidence = await stage.client.get<Evidence>(path);
    const raw = await outage.recount(evidence);
    assert.equal(evidence.vehiclesStruck, raw.vehicles);
    assert.ok(
      Math.abs(evidence.lostMs - raw.lost_ms) <= raw.lost_ms / 200,
      `${evidence.lostMs} ${raw.lost_ms}`,
    );
    assert.ok(Math.abs(Date.parse(evidence.from) - outage.beganMs) <= 30_000);
  });

  test('A note becomes a requirement', async () => {
    const page = await stage.as(ICT);
    await goTo(page, 'Erfaringer');
    await button(page, 'Ny erfaring').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Tittel').fill(NOTE);
    await dialog.getByLabel('Tekst').fill('Da Telia falt ut, holdt de to andre.');
    await button(dialog, 'Lagre').click();
    await dialog.waitFor({ state: 'detached' });
    const operator = await stage.as(OPERATOR);
    await goTo(operator, 'Erfaringer');
    await button(operator, new RegExp(`^${NOTE}`)).click();
    await button(operator, 'Gjør til krav').click();
    const form = operator.getByRole('dialog');
    await form.getByLabel('Kode').fill('E-01');
    await form.getByLabel('Måltall').selectOption({ label: 'Abonnementer med prioritet' });
    await form.getByLabel('Begrunnelse').fill('Etter utfallet');
    await button(form, 'Lagre').click();
    await form.waitFor({ state: 'detached' });
    await operator.getByRole('link', { name: 'Krav E-01, versjon 1' }).waitFor();
  });

  test('An ICT operator enrols a unit and ticks its points in the garage', async () => {
    const operator = await stage.as(OPERATOR);
    await goTo(operator, 'Bestilling');
    await button(operator, 'Bestilling 1').click();
    await button(operator, /^Lever Kjøretøypakke til P-101/).click();
    const dialog = operator.getByRole('dialog');
    await dialog.getByLabel('Serienummer').fill(SERIAL);
    await button(dialog, 'Lever').click();
    const token = await dialog.getByLabel(/^Innmeldingskode for/).inputValue();
    const machine = join(stage.directory, 'unit');
    await enrol([token, '--dir', machine, '--serial', SERIAL], SERIAL);

    const page = await stage.as(ICT);
    await goTo(page, 'Bestilling');
    await choose(page, 'Montering');
    await page.getByRole('link', { name: 'P-101' }).click();
    await page.getByText('0 av 10 punkter').waitFor();
    await page.getByRole('checkbox').nth(9).waitFor();
    for (const box of await page.getByRole('checkbox').all()) await box.check();
    await page.getByText('10 av 10 punkter').waitFor();
    await page.getByText('Alt er lagret').waitFor();
  });

  test('When the month is over its report has the outage', async () => {
    await stage.later(nextMonthMs(outage.beganMs) - Date.now());
    const page = await stage.as(COORDINATOR);
    const when = { month: 'short', year: 'numeric', timeZone: 'Europe/Oslo' } as const;
    const month = new Date(outage.beganMs).toLocaleDateString('nb-NO', when);
    const name = `${month}, Helse Prøve`;
    await until('the report is made', async () => {
      await goTo(page, 'Rapport');
      await choose(page, 'Simulerte');
      return (await page.getByRole('link', { name }).count()) > 0;
    });
    await page.getByRole('link', { name }).click();
    const line = page.getByRole('table', { name: 'Områdeutfall hos operatørene' }).getByRole('row');
    await line.nth(1).waitFor();
    assert.match(await line.nth(1).innerText(), /^telia\s+1\s+\d+\s+\d+\s+20$/);
  });

  test('An auditor changes nothing: no button writes, and every write is refused', async () => {
    const page = await stage.as(AUDITOR);
    const writes: string[] = [];
    page.on('request', (request) => {
      if (request.method() !== 'GET') writes.push(`${request.method()} ${request.url()}`);
    });
    let pressed = 0;
    for (const name of await page.getByRole('navigation').getByRole('link').allInnerTexts()) {
      await goTo(page, name);
      await settled(page);
      pressed += await pressAll(page);
      assert.equal(await page.locator('dialog form').count(), 0, `${name}: a form opens`);
    }
    assert.deepEqual(writes, []);
    assert.ok(pressed > 10, `${pressed} buttons were pressed`);
    const wrong = await page.evaluate(async () => {
      const { csrf } = (await (await fetch('/api/v1/me')).json()) as Me;
      const { paths } = (await (await fetch('/api/v1/openapi.json')).json()) as ApiDocument;
      const passed: string[] = [];
      let refused = 0;
      for (const [path, { servers, ...methods }] of Object.entries(paths)) {
        const base = servers?.[0]?.url ?? '/api/v1';
        for (const [method, { 'x-rmh-access': access }] of Object.entries(methods)) {
          if (method === 'get' || access === 'open' || access === 'signed-in') continue;
          const headers = { 'x-rmh-csrf': csrf, 'content-type': 'application/json' };
          const url = base + path.replaceAll(/\{\w+\}/g, '1');
          const given = { method: method.toUpperCase(), headers, body: '{}' };
          const { status } = await fetch(url, given);
          if (status === 403) refused += 1;
          else passed.push(`${method} ${path}: ${status}`);
        }
      }
      return { passed, refused };
    });
    assert.deepEqual(wrong.passed, []);
    assert.ok(wrong.refused > 50, `${wrong.refused} writes were tried`);
  });
});

/** Nothing is awaited, and the page has said the same for half a second. */
async function settled(page: Page): Promise<void> {
  const main = page.locator('main');
  let before = '';
  await until('the page stands still', async () => {
    await page.waitForTimeout(500);
    const now = await main.innerText();
    const same = now === before && (await page.locator('.waiting').count()) === 0;
    before = now;
    return same;
  });
}

/** Presses each button that is there; how many. What one takes away is not pressed any more. */
function pressAll(page: Page): Promise<number> {
  return page.locator('main button').evaluateAll(async (buttons) => {
    let pressed = 0;
    for (const one of buttons) {
      if (!one.isConnected || !one.checkVisibility()) continue;
      one.dispatchEvent(new Event('click', { bubbles: true, cancelable: true }));
      pressed += 1;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return pressed;
  });
}

interface Methods {
  readonly [method: string]: { readonly 'x-rmh-access': string };
}

interface ApiDocument {
  readonly paths: Readonly<
    Record<string, Methods & { readonly servers?: readonly { readonly url: string }[] }>
  >;
}

/** Noon of the fifth of the month after: reports are made three days after a month. */
function nextMonthMs(ms: number): number {
  const [year = 0, month = 0] = new Date(ms)
    .toLocaleDateString('sv-SE', { timeZone: 'Europe/Oslo' })
    .split('-')
    .map(Number);
  return Date.UTC(year, month, 5, 12);
}

const cases = () => stage.client.get<Items<CarrierCase>>('/carrier-cases', { simulated: true });

const CATALOGUE = [
  ['Kjøretøypakke', null, 'KIT-1', 'Kjøretøypakke', '30000', '0'],
  ['Abonnement', 'Telenor', 'SIM-TN', 'Telenor mobil', '0', '199'],
  ['Abonnement', 'Telia', 'SIM-TE', 'Telia mobil', '0', '179'],
] as const;
