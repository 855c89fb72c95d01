// The built console in a real browser, before the fake platform: what people change with it, by
// keyboard alone, and that nothing typed is lost when the platform says no.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser } from '@rmh/tools/browser';
import type { Browser, Locator, Page } from 'playwright-core';
import { buildConsole } from './build/build.ts';
import { type FakePlatform, startFakePlatform } from './testing/fake-platform.ts';
import { openContext, openPage, press } from './testing/views.ts';

let browser: Browser;
let platform: FakePlatform;

before(async () => {
  platform = await startFakePlatform({ dist: await buildConsole(), vehiclesPerTrust: 3 });
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await platform?.close();
});

async function open(path: string): Promise<Page> {
  return openPage(await openContext(browser), platform.url + path);
}

async function write(page: Page, label: string, text: string): Promise<void> {
  const written = page.locator('input:not([type=radio])');
  const field = page.getByRole('dialog').getByLabel(label, { exact: true }).and(written);
  await field.focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(text);
}

const button = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: true }).first();
const save = (page: Page): Locator =>
  page.getByRole('dialog').getByRole('button', { name: 'Lagre', exact: true });
const gone = (page: Page): Promise<void> => page.getByRole('dialog').waitFor({ state: 'detached' });

test('A webhook is made, shows its secret once, is switched off and deleted', async () => {
  const page = await open('/alarms?view=recipients');
  await press(button(page, 'Ny mottaker'));
  await write(page, 'Navn', 'Sentralbordet');
  await write(page, 'Adresse', 'https://sentral.example/krok');
  await page.getByRole('dialog').getByLabel('Varsler om').selectOption('2');
  await press(save(page));
  const secret = page.getByRole('dialog').getByLabel(/Den vises bare nå/);
  assert.match(await secret.inputValue(), /^whsec_/);
  await page.keyboard.press('Escape');
  await gone(page);
  await press(button(page, 'Sentralbordet'));
  await press(button(page, 'Slå av'));
  await button(page, 'Slå på').waitFor();
  await press(button(page, 'Slett'));
  await press(page.getByRole('dialog').getByRole('button', { name: 'Slett', exact: true }));
  await button(page, 'Sentralbordet').waitFor({ state: 'detached' });
  assert.ok(!platform.seed.webhooks.some(({ name }) => name === 'Sentralbordet'));
  await page.context().close();
});

test('A mail recipient has no secret, and its form closes when it is saved', async () => {
  const page = await open('/alarms?view=recipients');
  await press(button(page, 'Ny mottaker'));
  await page.getByRole('dialog').getByLabel('Webhook').focus();
  await page.keyboard.press('ArrowRight');
  await write(page, 'Navn', 'Vaktlisten');
  await write(page, 'E-post', 'vakt@example.org');
  await page.getByRole('dialog').getByLabel('Varsler om').selectOption('1');
  await press(save(page));
  await gone(page);
  const made = platform.seed.webhooks.find(({ name }) => name === 'Vaktlisten');
  assert.equal(made?.target, 'mailto:vakt@example.org');
  await page.context().close();
});

test('What was not delivered is said in the list, with when it is tried again', async () => {
  const page = await open('/alarms?view=recipients');
  const row = page.getByRole('row').filter({ hasText: 'Sakssystemet i nord' });
  await row.getByText('Svarer ikke').waitFor();
  await row.getByText(/Prøves igjen \d\d:\d\d/).waitFor();
  await page.context().close();
});

test('A test message says in words whether it arrived', async () => {
  const page = await open('/alarms?view=recipients&recipient=2');
  await press(button(page, 'Send en prøve'));
  const failed = 'Prøven kom ikke fram. Mottakeren hadde en feil. (HTTP 503)';
  await page.getByRole('status').getByText(failed).waitFor();
  await press(button(page, 'Nasjonal driftssentral'));
  await press(button(page, 'Send en prøve'));
  await page.getByRole('status').getByText('Prøven kom fram.').waitFor();
  await page.context().close();
});

test('A vehicle is made; a taken call sign is said in words, and the form stays', async () => {
  const page = await open('/vehicles');
  await press(button(page, 'Nytt kjøretøy'));
  await write(page, 'Kallesignal', 'A-1201');
  await write(page, 'Registreringsnummer', 'ZZ 20001');
  await page.getByRole('dialog').getByLabel('Organisasjon').selectOption('3');
  await press(save(page));
  await page.getByText('allerede et kjøretøy med dette kallesignalet').waitFor();
  assert.equal(await page.getByLabel('Registreringsnummer').inputValue(), 'ZZ 20001');
  await write(page, 'Kallesignal', 'A-9001');
  await press(save(page));
  await page.getByRole('heading', { level: 1, name: 'A-9001' }).waitFor();
  await page.context().close();
});

test('Of two who change a vehicle, the slower one loses nothing and decides', async () => {
  const page = await open('/vehicles/17');
  await press(button(page, 'Endre'));
  await write(page, 'Registreringsnummer', 'ZZ 20002');
  const { vehicles } = platform.seed;
  const at = vehicles.findIndex(({ id }) => id === 17);
  const before = vehicles[at];
  assert.ok(before);
  vehicles[at] = { ...before, kind: 'reserve', version: before.version + 1 };
  await press(save(page));
  const told = page.getByRole('dialog').getByRole('alert');
  await told.getByText('Noen andre lagret først').waitFor();
  assert.match((await told.textContent()) ?? '', /Type: .*Reserve/);
  assert.equal(vehicles[at]?.registration, before.registration);
  assert.equal(await page.getByLabel('Registreringsnummer').inputValue(), 'ZZ 20002');
  await press(save(page));
  await gone(page);
  assert.equal(vehicles[at]?.registration, 'ZZ 20002');
  await page.context().close();
});

test('A subscription is added, changed and removed', async () => {
  const page = await open('/vehicles/18');
  await press(button(page, 'Nytt abonnement'));
  await page.getByRole('dialog').getByLabel('Operatør').selectOption('3');
  await write(page, 'ICCID', '8947 0800 1234 5678 901');
  await press(save(page));
  await gone(page);
  await press(button(page, 'Endre: Ice 8947080012345678901'));
  await page.getByRole('dialog').getByLabel('Prioritet i mobilnettet').press('Space');
  await press(save(page));
  await gone(page);
  const made = () => platform.seed.subscriptions.find(({ carrierId }) => carrierId === 3);
  assert.equal(made()?.priority, true);
  await press(button(page, 'Fjern: Ice 8947080012345678901'));
  await press(page.getByRole('dialog').getByRole('button', { name: 'Fjern', exact: true }));
  await gone(page);
  assert.equal(made(), undefined);
  await page.context().close();
});

test('A card in a drawer is found, put into a vehicle, and taken out on its page', async () => {
  const page = await open('/administration?view=cards');
  await page.getByLabel('Hvor').selectOption({ label: 'Ikke i noe kjøretøy' });
  await press(button(page, 'Endre: Telia 8947080000000000001'));
  const vehicle = page.getByRole('dialog').getByLabel('Kjøretøy');
  await vehicle.selectOption({ label: 'A-1201' });
  await press(save(page));
  await gone(page);
  await page.getByText('Ingen abonnement passer').waitFor();
  const drawer = () => platform.seed.subscriptions.find(({ id }) => id === 1)?.vehicleId;
  assert.equal(drawer(), 1);
  await page.goto(`${platform.url}/vehicles/1`);
  await press(button(page, 'Endre: Telia 8947080000000000001'));
  await vehicle.selectOption({ label: 'Ikke i noe kjøretøy' });
  await press(save(page));
  await gone(page);
  assert.equal(drawer(), null);
  await page.context().close();
});

test('A unit on a mission is replaced; its token stays while the new one shows', async () => {
  const page = await open('/vehicles/19');
  await page
    .locator('.facts')
    .getByText(/^Akutt til /)
    .waitFor();
  await press(button(page, 'Bytt enhet'));
  await write(page, 'Den nye enhetens serienummer', 'RMH-9001');
  await write(page, 'Begrunnelse', 'Vann i boksen');
  await press(page.getByRole('dialog').getByRole('button', { name: 'Bytt enhet', exact: true }));
  await page.locator('.facts').getByText('RMH-9001').waitFor();
  const token = page.getByRole('dialog').getByLabel(/Innmeldingskode for RMH-9001/);
  assert.match(await token.inputValue(), /^rmh1:/);
  await page.context().close();
});

test('A layer is made where there was none, and its form opens', async () => {
  const page = await open('/configuration');
  await press(button(page, 'Nytt lag'));
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Lag').selectOption('rhf');
  const regions = await dialog.getByLabel('Organisasjon').locator('option').allTextContents();
  assert.ok(!regions.some((name) => name.includes('Nord RHF')), 'has a layer already');
  await dialog.getByLabel('Organisasjon').selectOption({ label: 'Helse Vest RHF' });
  await press(dialog.getByRole('button', { name: 'Opprett' }));
  await gone(page);
  await page.getByLabel('Hvorfor endres dette?').waitFor();
  await page.context().close();
});

test('Network settings are changed, and a pool that is none is not sent', async () => {
  const page = await open('/administration?view=network');
  await press(button(page, 'Endre'));
  await write(page, 'Adresser i tunnelen', 'femten');
  await press(save(page));
  assert.ok(await page.getByRole('dialog').locator('input:invalid').count());
  await write(page, 'Adresser i tunnelen', '10.32.0.0/12');
  await press(save(page));
  await gone(page);
  await page.getByText('10.32.0.0/12').waitFor();
  await page.context().close();
});

test('A gateway is changed, and taken out of service with a reason', async () => {
  const page = await open('/administration?view=gateways');
  await press(button(page, 'Endre: trondheim'));
  await write(page, 'Driftssted', 'Trondheim, Øya');
  await press(save(page));
  await gone(page);
  await page.getByText('Trondheim, Øya').waitFor();
  await press(button(page, 'Ta ut av drift: trondheim'));
  await write(page, 'Begrunnelse', 'Flyttes');
  await press(page.getByRole('dialog').getByRole('button', { name: 'Ta ut av drift' }));
  await gone(page);
  await page.getByRole('row').filter({ hasText: 'trondheim' }).getByText('Stengt ute').waitFor();
  await page.context().close();
});

test('An organisation gets another name; a number that is none is not sent', async () => {
  const page = await open('/administration');
  await press(button(page, 'Helse Fonna'));
  await write(page, 'Navn', 'Helse Fonna HF');
  await write(page, 'Org.nummer', '12');
  await press(save(page));
  assert.ok(await page.getByRole('dialog').locator('input:invalid').count());
  await write(page, 'Org.nummer', '983 974 694');
  await press(save(page));
  await gone(page);
  await page
    .getByRole('row')
    .filter({ hasText: 'Helse Fonna HF' })
    .getByText('983974694')
    .waitFor();
  await page.context().close();
});

test('A rollout tells which vehicles fell back, those first', async () => {
  const page = await open('/configuration?view=rollouts');
  await press(button(page, 'Enhet for enhet'));
  const first = page.getByRole('table').locator('tbody tr').first();
  await first.getByText('Gikk tilbake').waitFor();
  await page.context().close();
});

test('A unit goes onto the shelf', async () => {
  const page = await open('/administration?view=units');
  await press(button(page, 'RMH-4002'));
  await press(button(page, 'Endre'));
  await page.getByRole('dialog').getByLabel('Kjøretøy').selectOption('');
  await press(save(page));
  await gone(page);
  assert.equal(platform.seed.units.find(({ serial }) => serial === 'RMH-4002')?.vehicleId, null);
  await page.context().close();
});
