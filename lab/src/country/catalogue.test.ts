import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CATALOGUE_WRITE, type CatalogueItem } from '@rmh/contract/api';
import type { Client } from '@rmh/contract/client';
import { makeCatalogue } from './catalogue.ts';

/** A platform with two carriers, that keeps what is put into its catalogue. */
function clientOf(catalogue: CatalogueItem[]): Client {
  const carriers = [
    { id: 1, key: 'telenor', name: 'Telenor' },
    { id: 2, key: 'ice', name: 'Ice' },
  ];
  return {
    call: (async (_path, { body } = {}) => {
      catalogue.push(body as CatalogueItem);
      return { body, version: 1 };
    }) as Client['call'],
    get: () => Promise.reject(new Error('not asked for')),
    async *pages<T>(path: string) {
      yield* (path === '/carriers' ? carriers : catalogue) as T[];
    },
  };
}

test('A country can order at once: kit and cards; again, nothing is new', async () => {
  const catalogue: CatalogueItem[] = [];
  await makeCatalogue(clientOf(catalogue));
  assert.deepEqual(
    catalogue.map(({ code }) => code),
    ['KIT-1', 'SIM-TELENOR', 'PRI-TELENOR', 'SIM-ICE', 'PRI-ICE', 'SAT-1'],
  );
  for (const item of catalogue) CATALOGUE_WRITE.parse(item);
  assert.ok(catalogue.every(({ name }) => name.endsWith('(eksempel)')));
  await makeCatalogue(clientOf(catalogue));
  assert.equal(catalogue.length, 6);
});
