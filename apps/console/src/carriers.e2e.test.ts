// Cases towards the carriers in a real browser, before the fake platform: each page looked at, and
// a case from its first sight to its end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { launchBrowser } from '@rmh/tools/browser';
import type { Locator, Page } from 'playwright-core';
import { lookWith } from './testing/look.ts';
import { CARRIER_PAGES, press } from './testing/views.ts';

const { open, lookAtEach } = lookWith({ launch: launchBrowser, Axe: AxeBuilder });

lookAtEach(CARRIER_PAGES);

const button = (page: Page | Locator, name: string): Locator =>
  page.getByRole('button', { name, exact: true }).first();

test('At three in the night: whose outage, where, since when; and it is sent', async () => {
  const page = await open('/carriers?fleet=simulated');
  const verdict = page.locator('.verdict-text');
  await verdict
    .getByText(/^Telia er nede ved Tromsø \(\d+ km\) siden .*\d\d:\d\d, 20 kjøretøy$/)
    .waitFor();
  await press(page.getByRole('link', { name: 'Sak 2: Telia · utfall i et område' }));
  await page.getByRole('heading', { level: 1, name: 'Sak 2: Telia' }).waitFor();
  const cells = page.getByRole('table', { name: 'Celler som ble rammet' });
  await cells
    .getByText(/Tromsø/)
    .first()
    .waitFor();
  const vehicles = page.getByRole('table', { name: 'Kjøretøy, nummerert' });
  assert.equal(await vehicles.getByRole('row').count(), 21);
  const pack = page.getByRole('link', { name: 'Last ned signert pakke (JSON)' });
  assert.match(
    (await pack.getAttribute('href')) ?? '',
    /\/carrier-cases\/2\/evidence\/2\/pack\.json$/,
  );
  await press(button(page, 'Send til operatøren'));
  await page.getByText('Sendt', { exact: true }).first().waitFor();
  await page.getByLabel('Skriv en melding').fill('Ring oss når dere vet mer.');
  await press(button(page, 'Send'));
  await page.getByRole('listitem').filter({ hasText: 'Ring oss' }).waitFor();
  await page.context().close();
});

test('What the carrier says by telephone is written down; then it is closed', async () => {
  const page = await open('/carriers/1');
  await press(button(page, 'Meld rettet'));
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/Operatørens saksnummer/).fill('INC-88');
  await dialog.getByLabel('Hva ble sagt eller gjort?').fill('Ny sektor satt opp');
  await press(button(dialog, 'Meld rettet'));
  await page.getByText('INC-88').waitFor();
  await page.getByRole('row').getByText('Ny sektor satt opp').waitFor();
  await press(button(page, 'Avslutt'));
  await page.getByLabel('Skriv en melding').waitFor({ state: 'detached' });
  assert.equal(await button(page, 'Åpne igjen').count(), 0, 'a case that is over is over');
  await page.context().close();
});
