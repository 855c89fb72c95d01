// Ordering, the garage and the rollout programme in a real browser, before the fake platform: each
// page looked at, and what people do there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { launchBrowser } from '@rmh/tools/browser';
import type { Locator, Page } from 'playwright-core';
import { POINT_NAMES } from './choices.ts';
import { lookWith } from './testing/look.ts';
import { ORDER_FORMS, ORDERED, press } from './testing/views.ts';

const { open, lookAtEach, lookAtForms, platform } = lookWith({
  launch: launchBrowser,
  Axe: AxeBuilder,
});

lookAtEach(ORDERED);
lookAtForms(ORDER_FORMS);

const button = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: true }).first();

test('Five vehicles are ordered by keyboard, with the cost of each trust in sight', async () => {
  const { vehicles } = platform().seed;
  const free = vehicles.slice(20, 25);
  for (const one of free) vehicles[one.id - 1] = { ...one, unitId: null };
  const page = await open('/orders/new');
  await page.getByLabel('Hvem bestiller').selectOption('1');
  for (const { callSign } of free) {
    await page.getByRole('checkbox', { name: callSign }).press('Space');
  }
  const sum = page.getByRole('row').filter({ hasText: 'Sum' });
  await sum.getByText('243\u00a0996,65\u00a0kr').waitFor();
  await press(button(page, 'Bestill for 5 kjøretøy'));
  await page.getByRole('heading', { name: 'Bestilling 2' }).waitFor();
  await page.locator('.panel').getByText('Lagt inn').first().waitFor();
  await press(button(page, 'Bekreft'));
  await press(button(page, 'Begynn arbeidet'));
  await button(page, /^Lever Kjøretøypakke/).waitFor();
  await page.context().close();
});

test('A kit is delivered, and its token is shown once', async () => {
  const page = await open('/orders?order=1');
  await press(button(page, /^Lever Kjøretøypakke/));
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Serienummer').fill('RMH-7001');
  await press(dialog.getByRole('button', { name: 'Lever', exact: true }));
  const token = dialog.getByLabel(/Innmeldingskode for RMH-7001/);
  assert.match(await token.inputValue(), /^rmh1:/);
  await page.context().close();
});

test('To hold an order a reason is asked for, and it stands in the history', async () => {
  const page = await open('/orders?order=1');
  await press(button(page, 'Sett på vent'));
  const dialog = page.getByRole('dialog');
  await press(dialog.getByRole('button', { name: 'Sett på vent' }));
  assert.equal(await dialog.locator('input:invalid').count(), 1);
  await dialog.getByLabel('Hvorfor?').fill('Venter på antenner');
  await press(dialog.getByRole('button', { name: 'Sett på vent' }));
  await page.getByRole('row').getByText('Venter på antenner').waitFor();
  await page.context().close();
});

test('Ticks without a network stay on the phone, say so, and are saved afterwards', async () => {
  const page = await open('/installations/2');
  await page.setViewportSize({ width: 390, height: 844 });
  const boxes = page.getByRole('checkbox');
  await boxes.nth(0).check();
  await page.getByText('Alt er lagret').waitFor();
  await page.route('**/points/*', (route) => route.abort('internetdisconnected'));
  await boxes.nth(1).check();
  await boxes.nth(2).check();
  await page.getByText('2 kryss er ikke lagret ennå').waitFor();
  // The page is opened anew before the network is back.
  await page.reload();
  await page.getByText('2 kryss er ikke lagret ennå').waitFor();
  assert.equal(await boxes.nth(2).isChecked(), true);
  await page.unroute('**/points/*');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.getByText('Alt er lagret').waitFor();
  await page.reload();
  await page.getByText('3 av 10 punkter').waitFor();
  await page.context().close();
});

test('A tick that the platform refuses is not kept for ever, and its reason is shown', async () => {
  const page = await open('/installations/1');
  const type = 'urn:rmh:problem:conflict';
  await page.route('**/points/*', (route) =>
    route.fulfill({
      status: 409,
      contentType: 'application/problem+json',
      body: JSON.stringify({ type, title: 'no', status: 409, detail: 'accept the vehicle first' }),
    }),
  );
  await page.getByRole('checkbox').nth(9).click();
  await page.getByText('Plattformen tok ikke imot').waitFor();
  await page.getByText('Alt er lagret').waitFor();
  assert.equal(await page.getByRole('checkbox').nth(9).isChecked(), false);
  await page.context().close();
});

test('All points and a drive that passes: the vehicle is accepted, then in operation', async () => {
  const page = await open('/installations/1');
  assert.equal(await button(page, 'Godkjenn').isDisabled(), true);
  for (const at of POINT_NAMES.keys()) await page.getByRole('checkbox').nth(at).check();
  await page.getByText('10 av 10 punkter').waitFor();
  await press(button(page, 'Start prøvekjøring'));
  await page.reload();
  await page.getByText(/Kjøringen begynte/).waitFor();
  await press(button(page, 'Ferdig: mål kjøringen'));
  await button(page, 'Mål samme kjøring på nytt').waitFor();
  await press(button(page, 'Godkjenn'));
  await press(button(page, 'Sett i drift'));
  await page.locator('.page-head').getByText('I drift').waitFor();
  await page.context().close();
});

test('A region is planned, and what blocks is added and taken away', async () => {
  const page = await open('/programme');
  await press(button(page, 'Endre planen: Helse Sør-Øst RHF'));
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Koordinator').fill('Ingrid Berg');
  await press(dialog.getByRole('button', { name: 'Legg til måned' }));
  await press(dialog.getByRole('button', { name: 'Legg til måned' }));
  await dialog.getByRole('spinbutton').last().fill('7');
  await press(dialog.getByRole('button', { name: 'Lagre' }));
  await page.getByText('Koordinator: Ingrid Berg').waitFor();
  await press(button(page, 'Ny hindring eller milepæl: Helse Vest RHF'));
  await dialog.getByLabel('Hva').fill('Verkstedet er fullt');
  await dialog.getByLabel('Ansvarlig').fill('Per');
  await dialog.getByLabel('Frist').fill('2027-01-15');
  await press(dialog.getByRole('button', { name: 'Lagre' }));
  await press(button(page, 'Marker som ferdig: Verkstedet er fullt'));
  await page.getByText('Verkstedet er fullt').waitFor({ state: 'detached' });
  await page.context().close();
});
