// Every page that a control room watches, in the built console, looked at by axe and by its width.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { launchBrowser } from '@rmh/tools/browser';
import { lookWith } from './testing/look.ts';
import { WATCHED } from './testing/views.ts';

const { open, lookAtEach, violations } = lookWith({ launch: launchBrowser, Axe: AxeBuilder });

lookAtEach(WATCHED);

test('A picture without a text is found', async () => {
  const page = await open('/');
  await page.evaluate(() => document.querySelector('main')?.append(new Image(20, 20)));
  assert.ok((await violations(page)).some((one) => one.startsWith('image-alt')));
  await page.context().close();
});
