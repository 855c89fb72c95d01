// Monthly reports in a real browser, before the fake platform.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { launchBrowser } from '@rmh/tools/browser';
import { lookWith } from './testing/look.ts';
import { REPORT_FORMS, REPORTED } from './testing/views.ts';

const { open, lookAtEach, lookAtForms } = lookWith({ launch: launchBrowser, Axe: AxeBuilder });

lookAtEach(REPORTED);
lookAtForms(REPORT_FORMS);

test('A report is made by keyboard, its pictures are tables, and it is taken away', async () => {
  const page = await open('/reports');
  const make = page.getByRole('button', { name: 'Lag en rapport' });
  await make.focus();
  await make.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Organisasjon').selectOption({ label: 'Helse Nord RHF' });
  await dialog.getByRole('button', { name: 'Lag en rapport' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Månedsrapport – Helse Nord RHF' }).waitFor();
  const bars = page.getByRole('table', { name: 'Minutter uten svar' });
  assert.equal(await bars.getByRole('rowheader', { name: 'telenor' }).count(), 1);
  assert.equal(await bars.getByRole('cell', { name: '18,6' }).count(), 1);
  const pdf = page.getByRole('link', { name: 'PDF' });
  assert.match(
    (await pdf.getAttribute('href')) ?? '',
    /^\/api\/v1\/reports\/\d+\/pdf\?language=nb$/,
  );
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByRole('navigation').isVisible(), false, 'paper has no menu');
  assert.equal(await bars.isVisible(), true);
  await page.context().close();
});
