// Requirements in a real browser, by keyboard alone: from how the nation stands to the one vehicle
// and its figure, and back to a new requirement that asks for more.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser } from '@rmh/tools/browser';
import type { Browser, Locator, Page } from 'playwright-core';
import { buildConsole } from './build/build.ts';
import { type FakePlatform, startFakePlatform } from './testing/fake-platform.ts';
import { openContext, openPage, press } from './testing/views.ts';

let browser: Browser;
let dist: string;

before(async () => {
  dist = await buildConsole();
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
});

async function withPlatform(role: string, work: (open: Opener) => Promise<void>): Promise<void> {
  const platform: FakePlatform = await startFakePlatform({ dist, vehiclesPerTrust: 3, role });
  const context = await openContext(browser);
  try {
    await work((path) => openPage(context, platform.url + path));
  } finally {
    await context.close();
    await platform.close();
  }
}
type Opener = (path: string) => Promise<Page>;

async function write(part: Locator, label: string, text: string): Promise<void> {
  const field = part.getByLabel(label, { exact: true });
  await field.focus();
  await field.press('ControlOrMeta+a');
  await part.page().keyboard.type(text);
}

test('From the nation to the vehicle that falls short, and why', async () => {
  await withPlatform('regional-coordinator', async (open) => {
    const page = await open('/requirements?fleet=simulated');
    const verdict = page.locator('.verdict-text');
    assert.match((await verdict.textContent()) ?? '', /^\d+ av \d+ kjøretøy oppfyller ikke alle/);
    const nation = await verdict.textContent();
    await press(page.getByRole('link', { name: 'Helse Nord RHF' }));
    await page.getByRole('link', { name: 'Ett nivå opp' }).waitFor();
    await page.waitForFunction(
      (before) => document.querySelector('.verdict-text')?.textContent !== before,
      nation,
    );
    await press(page.getByRole('button', { name: /T-03/ }));
    const row = page.getByRole('row').filter({ hasText: '(krav ≥ 99,9\u00a0%)' }).first();
    assert.match((await row.textContent()) ?? '', /98,7/);
    const vehicle = row.getByRole('link');
    const callSign = (await vehicle.textContent()) ?? '';
    await press(vehicle);
    await page.getByRole('heading', { level: 1, name: callSign }).waitFor();
    const panel = page.getByRole('region', { name: 'Krav', exact: true });
    await panel.getByText('T-03 Tilgjengelighet').first().waitFor();
    assert.match((await panel.textContent()) ?? '', /98,7/);
  });
});

test('What is not known says what is missing, and is never met', async () => {
  await withPlatform('auditor', async (open) => {
    const page = await open('/requirements?fleet=simulated&state=unknown');
    await page.getByText('ikke kjent: ingen forhåndsdelt nøkkel').first().waitFor();
    assert.equal(await page.getByRole('link', { name: 'Last ned status som CSV' }).count(), 0);
  });
});

test('A requirement is made of facts, and changed with a reason', async () => {
  await withPlatform('national-operator', async (open) => {
    const page = await open('/requirements?view=register');
    await press(page.getByRole('button', { name: 'Nytt krav' }));
    const dialog = page.getByRole('dialog');
    await write(dialog, 'Kode', 'E-01');
    for (const [language, title] of [
      ['Bokmål', 'To med prioritet'],
      ['Engelsk', 'Two with priority'],
    ] as const) {
      const part = dialog.getByRole('group', { name: language });
      await write(part, 'Tittel', title);
      await write(part, 'Tekst', title);
    }
    await write(dialog, 'Kilde', 'Erfaring 17');
    await dialog.getByLabel('Måltall').selectOption({ label: 'Tilgjengelighet siste 30 døgn' });
    await write(dialog, 'Prosent', '99.95');
    await press(dialog.getByRole('button', { name: 'Legg til' }));
    await dialog.getByLabel('Måltall').nth(1).selectOption('prioritySubscriptions');
    await write(dialog, 'Antall', '2');
    await write(dialog, 'Begrunnelse', 'Etter utfallet i november');
    await press(dialog.getByRole('button', { name: 'Lagre' }));
    await dialog.waitFor({ state: 'detached' });
    await press(page.getByRole('button', { name: 'To med prioritet' }));
    await page.getByText('≥ 99,95\u00a0%').first().waitFor();
    await press(page.getByRole('button', { name: 'Endre', exact: true }));
    await write(dialog, 'Antall', '3');
    await write(dialog, 'Begrunnelse', 'To var ikke nok');
    await press(dialog.getByRole('button', { name: 'Lagre' }));
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('≥ 3').first().waitFor();
  });
});

test('A person answers for what no machine measures', async () => {
  await withPlatform('national-operator', async (open) => {
    const page = await open('/requirements?view=attested');
    await press(page.getByRole('button', { name: 'Bekreft' }));
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Organisasjon').selectOption({ index: 2 });
    await dialog.getByLabel('Hva').selectOption('riskAssessmentDays');
    await dialog.getByLabel('Gjort').fill('2026-10-01');
    await write(dialog, 'Dokumentasjon', 'sak 26/104');
    await press(dialog.getByRole('button', { name: 'Lagre' }));
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('row').filter({ hasText: 'sak 26/104' }).waitFor();
  });
});

test('Who may not write requirements is not offered to', async () => {
  await withPlatform('trust-user', async (open) => {
    const page = await open('/requirements?view=register&requirement=1');
    await page.getByRole('heading', { name: 'T-01 To mobiloperatører' }).waitFor();
    for (const name of ['Nytt krav', 'Endre', 'Bekreft']) {
      assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name);
    }
  });
});
