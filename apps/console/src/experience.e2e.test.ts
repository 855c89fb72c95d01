// Notes and the audit log in a real browser, before the fake platform.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { launchBrowser } from '@rmh/tools/browser';
import { buildConsole } from './build/build.ts';
import { startFakePlatform } from './testing/fake-platform.ts';
import { fits, lookWith } from './testing/look.ts';
import { LEARNED, NOTE_FORMS, press } from './testing/views.ts';

const { open, lookAtEach, lookAtForms, violations } = lookWith({
  launch: launchBrowser,
  Axe: AxeBuilder,
});

lookAtEach(LEARNED);
lookAtForms(NOTE_FORMS);

test('A note is found while it is typed, marked and commented, by keyboard', async () => {
  const page = await open('/experience');
  const list = page.getByRole('region', { name: 'Erfaringer fra alle regioner' }).first();
  await list.getByText('4 funnet').waitFor();
  await page.getByLabel('Søk i erfaringer').focus();
  await page.keyboard.type('oslofj');
  await list.getByRole('status').getByText('1 funnet').waitFor();
  await press(page.getByRole('button', { name: /^Bortfall 900 meter/ }));
  const note = page.getByRole('region', { name: /^Bortfall 900 meter/ });
  await note.getByText('Telia og Ice holder hele veien.', { exact: true }).waitFor();
  await press(note.getByRole('button', { name: 'Nyttig for meg' }));
  await note.getByText('8 fant den nyttig').waitFor();
  await note.getByLabel('Ny kommentar').focus();
  await page.keyboard.type('Gjelder også Mastrafjordtunnelen');
  await press(note.getByRole('button', { name: 'Send' }));
  const said = note.getByRole('paragraph').filter({ hasText: 'Gjelder også Mastrafjordtunnelen' });
  await said.waitFor();
  await note.getByRole('link', { name: 'Krav T-01, versjon 1' }).waitFor();
  await page.context().close();
});

test('A note is written with its place, and becomes a requirement', async () => {
  const page = await open('/experience');
  await press(page.getByRole('button', { name: 'Ny erfaring' }));
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/skriv aldri navn, helseopplysninger/).waitFor();
  await dialog.getByLabel('Tittel').fill('Antenne på taket ises');
  await dialog.getByLabel('Tekst').fill('Etter snøfall.\n\nTre kjøretøy.');
  await press(dialog.getByRole('button', { name: 'Kart' }));
  await dialog.locator('[data-ready=true]').click();
  assert.match(await dialog.getByLabel('Breddegrad').inputValue(), /^\d\d\.\d{5}$/);
  await dialog.getByLabel('Breddegrad').fill('69,65');
  await dialog.getByLabel('Lengdegrad').fill('18,95');
  await press(dialog.getByRole('button', { name: 'Lagre' }));
  await dialog.waitFor({ state: 'detached' });
  const note = page.getByRole('region', { name: 'Antenne på taket ises' });
  await note.getByText('69.6500, 18.9500').waitFor();
  await press(note.getByRole('button', { name: 'Gjør til krav' }));
  const source = await dialog.getByLabel('Kilde').inputValue();
  assert.match(source, /^Erfaring \d+: Antenne på taket ises$/);
  const part = dialog.getByRole('group', { name: 'Bokmål' });
  assert.equal(await part.getByLabel('Tekst').inputValue(), 'Etter snøfall. Tre kjøretøy.');
  await page.context().close();
});

test('Notes stand at a vehicle that they fit, and at the requirement made of them', async () => {
  const page = await open('/vehicles/17');
  const here = page.getByRole('region', { name: 'Erfaringer som gjelder kjøretøyet' });
  await here.getByRole('link', { name: /^Modem må startes/ }).waitFor();
  await page.goto(`${new URL(page.url()).origin}/requirements?view=register&requirement=1`);
  await page.getByRole('heading', { name: 'Bygger på erfaringer' }).waitFor();
  await press(page.getByRole('link', { name: /^Bortfall 900 meter/ }));
  await page.getByRole('region', { name: /^Bortfall 900 meter/ }).waitFor();
  await page.context().close();
});

test('An auditor asks who looked at a vehicle, and takes the log away', async (t) => {
  const dist = await buildConsole();
  const platform = await startFakePlatform({ dist, vehiclesPerTrust: 3, role: 'auditor' });
  t.after(() => platform.close());
  const page = await open(`${platform.url}/administration?view=audit`);
  await page.getByLabel('Kjøretøy', { exact: true }).fill('A-1017');
  await page.getByRole('radio', { name: 'Bare oppslag' }).press('Space');
  await page.waitForURL((url) => url.search.includes('looks=only'));
  await page.waitForURL((url) => url.search.includes('vehicle=A-1017'));
  await page.getByRole('row').filter({ hasText: 'Etterforskning av utfall' }).waitFor();
  for (const name of [/JSONL/, /Syslog/]) {
    await page.getByRole('link', { name }).waitFor();
  }
  assert.deepEqual(await violations(page), []);
  await fits(page);
  await page.context().close();
});
