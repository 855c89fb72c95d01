// Every page and form where things are changed, looked at by axe and by its width.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { launchBrowser } from '@rmh/tools/browser';
import { fits, lookWith } from './testing/look.ts';
import { FORMS, MANAGED } from './testing/views.ts';

const { open, lookAtEach, violations } = lookWith({ launch: launchBrowser, Axe: AxeBuilder });

lookAtEach(MANAGED);

for (const [name, [path, opener]] of Object.entries(FORMS)) {
  test(`${name}: the form fits each window, and WCAG 2.1 AA in both themes`, async () => {
    for (const view of [
      { scheme: 'dark', language: 'nb' },
      { scheme: 'light', language: 'en' },
    ] as const) {
      const page = await open(path, view);
      await page.getByRole('button', { name: opener }).first().click();
      await page.getByRole('dialog').waitFor();
      await fits(page);
      assert.deepEqual(await violations(page, 'dialog'), [], `${view.scheme}, ${view.language}`);
      await page.context().close();
    }
  });
}
