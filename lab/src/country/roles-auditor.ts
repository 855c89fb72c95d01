// What an auditor looks at, and what he tries.
import type { Me } from '@rmh/contract/api';
import type { Page } from 'playwright-core';
import { button, choose } from './roles-pages.ts';
import { COORDINATOR } from './roles-stage.ts';
import { until } from './until.ts';

/** What others did before him: what he opens on the page of this name, and has found then. */
export function sightsOf(note: string, month: string): readonly Sight[] {
  return [
    {
      page: 'Bestilling',
      async find(page) {
        await button(page, 'Bestilling 1').click();
        await page.getByRole('row').getByText('Kjøretøypakke').first().waitFor();
        await choose(page, 'Montering');
        await page.getByRole('link', { name: 'P-101' }).click();
        await page.getByText('10 av 10 punkter').waitFor();
        await page.getByText('Omkobling da en operatør falt bort').waitFor();
      },
    },
    {
      page: 'Varsler',
      async find(page) {
        await choose(page, 'Avsluttede');
        await button(page, /Telia .*20 kjøretøy/).click();
        await page.getByRole('heading', { name: 'Varsel 1', exact: true }).waitFor();
      },
    },
    {
      page: 'Operatører',
      async find(page) {
        await choose(page, 'Simulerte');
        await page.getByRole('link', { name: /^Sak 1: Telia/ }).click();
        await page.getByRole('table', { name: 'Kjøretøy, nummerert' }).waitFor();
      },
    },
    {
      page: 'Rapport',
      async find(page) {
        await choose(page, 'Simulerte');
        await page.getByRole('link', { name: `${month}, Helse Prøve` }).click();
        await page.getByRole('table', { name: 'Områdeutfall hos operatørene' }).waitFor();
      },
    },
    {
      page: 'Erfaringer',
      async find(page) {
        await button(page, new RegExp(`^${note}`)).click();
        await page.getByRole('link', { name: 'Krav E-01, versjon 1' }).waitFor();
      },
    },
    {
      page: 'Krav',
      async find(page) {
        await button(page, /^E-01/).click();
        await page.getByRole('row').filter({ hasText: 'P-101' }).first().waitFor();
      },
    },
    {
      page: 'Administrasjon',
      async find(page) {
        await choose(page, 'Revisjonslogg');
        await page.getByRole('row').filter({ hasText: COORDINATOR }).first().waitFor();
      },
    },
  ];
}

export interface Sight {
  /** In the menu. */
  readonly page: string;
  readonly find: (page: Page) => Promise<void>;
}

/** Nothing is awaited, and the page says the same as the look before. */
export async function settled(page: Page): Promise<void> {
  const main = page.locator('main');
  let before = '';
  await until('the page stands still', async () => {
    const now = await main.innerText();
    const same = now === before && (await page.locator('.waiting').count()) === 0;
    before = now;
    return same;
  });
}

/** Presses each button that is there; how many. What one takes away is not pressed any more. */
export function pressAll(page: Page): Promise<number> {
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

/** Every write that the API offers: how many it refused him, and what it did not refuse. */
export function tryAll(page: Page): Promise<{ refused: number; passed: string[] }> {
  return page.evaluate(async () => {
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
}

interface Methods {
  readonly [method: string]: { readonly 'x-rmh-access': string };
}

interface ApiDocument {
  readonly paths: Readonly<
    Record<string, Methods & { readonly servers?: readonly { readonly url: string }[] }>
  >;
}
