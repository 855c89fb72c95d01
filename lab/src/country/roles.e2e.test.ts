// The whole of it as new users meet it: each in his role, in a browser of his own, from his link to
// what he came for.
//
//   1  a coordinator orders five vehicles; the national operator takes the order on
//   2  a carrier falls out over twenty simulated vehicles: one alarm, one case, its evidence
//   3  a note becomes a requirement
//   4  an ICT operator enrols a unit by `rmh enrol`, ticks its points, and accepts it by a drive
//   5  the month is over: its report has the outage, and the vehicle fails the requirement
//   6  an auditor sees all of it, presses every button and writes nothing; the API refuses him
//
// The samples of the outage and of the drive are told as units would tell them; no car drives here.
// The platform's calendar is turned instead of waiting for a month to end, and the hands' own clock
// instead of driving for a quarter of an hour.
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Alarm, CarrierCase, Evidence, Installation, Page as Items } from '@rmh/contract/api';
import { launchBrowser } from '@rmh/tools/browser';
import { whyNoServer } from './blows-database.ts';
import { pressAll, settled, sightsOf, tryAll } from './roles-auditor.ts';
import { button, choose, goTo } from './roles-pages.ts';
import { PlantedOutage, tellDrive } from './roles-plant.ts';
import { AUDITOR, COORDINATOR, ICT, OPERATOR, Stage } from './roles-stage.ts';
import { until } from './until.ts';
import { enrol } from './workshop.ts';

const SERIAL = 'RMH-7001';
const NOTE = 'To operatører holder når én faller ut';
// A quarter of an hour is asked for, and some on top.
const DRIVE_MS = 990_000;
const CARDS = [
  ['Telenor mobil', '89470000000000000011'],
  ['Telia mobil', '89470000000000000029'],
] as const;
const FIVE = ['P-101', 'P-102', 'P-103', 'P-104', 'P-105'];

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

  test('Who is on watch acknowledges the alarm, and ends it when the carrier is back', async () => {
    const page = await stage.as(ICT);
    const alarm = page.locator('.detail');
    await button(alarm, 'Kvitter').click();
    await alarm.getByText(ICT).first().waitFor();
    await outage.mend();
    await button(alarm, 'Avslutt').click();
    await button(page, /Telia .*20 kjøretøy/).waitFor({ state: 'detached' });
    await choose(page, 'Avsluttede');
    await page
      .getByRole('row')
      .filter({ hasText: /Telia .*20 kjøretøy/ })
      .getByText(ICT)
      .waitFor();
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

  test('An ICT operator enrols a unit, and accepts it after a measured drive', async () => {
    const operator = await stage.as(OPERATOR);
    await goTo(operator, 'Bestilling');
    await button(operator, 'Bestilling 1').click();
    const dialog = operator.getByRole('dialog');
    for (const [card, iccid] of CARDS) {
      await button(operator, new RegExp(`^Lever ${card} til P-101`)).click();
      await dialog.getByLabel('ICCID').fill(iccid);
      await button(dialog, 'Lever').click();
      await dialog.waitFor({ state: 'detached' });
    }
    await button(operator, /^Lever Kjøretøypakke til P-101/).click();
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
    const fromMs = Date.now();
    const toMs = fromMs + DRIVE_MS;
    await page.clock.setFixedTime(fromMs);
    await button(page, 'Start prøvekjøring').click();
    const { items } = await stage.client.get<Items<Installation>>('/installations');
    const fitted = items.find(({ serial }) => serial === SERIAL);
    await tellDrive(outage.db, fitted?.unitId ?? 0, { fromMs, toMs });
    await page.clock.setFixedTime(toMs);
    await button(page, 'Ferdig: mål kjøringen').click();
    await button(page, 'Godkjenn').click();
    await button(page, 'Sett i drift').click();
    await page.locator('.page-head').getByText('I drift').waitFor();
  });

  test('The month is over: a report has the outage, a vehicle fails the requirement', async () => {
    await stage.later(nextMonthMs(outage.beganMs) - Date.now());
    const page = await stage.as(COORDINATOR);
    const name = `${monthOf(outage.beganMs)}, Helse Prøve`;
    await until('the report is made', async () => {
      await goTo(page, 'Rapport');
      await choose(page, 'Simulerte');
      return (await page.getByRole('link', { name }).count()) > 0;
    });
    await page.getByRole('link', { name }).click();
    const line = page.getByRole('table', { name: 'Områdeutfall hos operatørene' }).getByRole('row');
    await line.nth(1).waitFor();
    assert.match(await line.nth(1).innerText(), /^telia\s+1\s+\d+\s+\d+\s+20$/);
    await goTo(page, 'Krav');
    await button(page, /^E-01/).click();
    const failed = page.getByRole('row').filter({ hasText: 'P-101' });
    await failed.getByText('krav ≥ 2').waitFor();
  });

  test('An auditor sees all of it and changes nothing: every write is refused', async () => {
    const page = await stage.as(AUDITOR);
    const writes: string[] = [];
    page.on('request', (request) => {
      if (request.method() !== 'GET') writes.push(`${request.method()} ${request.url()}`);
    });
    let pressed = 0;
    const press = async (name: string): Promise<void> => {
      pressed += await pressAll(page);
      assert.equal(await page.locator('dialog form').count(), 0, `${name}: a form opens`);
    };
    const sights = sightsOf(NOTE, monthOf(outage.beganMs));
    for (const name of await page.getByRole('navigation').getByRole('link').allInnerTexts()) {
      await goTo(page, name);
      await settled(page);
      await press(name);
    }
    for (const { page: name, find } of sights) {
      await goTo(page, name);
      await find(page);
      await press(name);
    }
    assert.deepEqual(writes, []);
    assert.ok(pressed > 20, `${pressed} buttons were pressed`);
    const { passed, refused } = await tryAll(page);
    assert.deepEqual(passed, []);
    assert.ok(refused > 50, `${refused} writes were tried`);
  });
});

/** As the reports' list names it. */
const monthOf = (ms: number): string =>
  new Date(ms).toLocaleDateString('nb-NO', {
    ...{ month: 'short', year: 'numeric', timeZone: 'Europe/Oslo' },
  });

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
