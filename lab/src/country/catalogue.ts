// Something to order in a country that has no framework agreement: made-up things and prices, which
// say so in their names. What is already in the catalogue stays.
import type { Carrier, CatalogueItem } from '@rmh/contract/api';
import type { Client } from '@rmh/contract/client';

type Thing = Pick<CatalogueItem, 'code' | 'kind' | 'name' | 'onceOre' | 'monthlyOre' | 'carrierId'>;

// Before any country was made.
const VALID_FROM = '2026-01-01';

export async function makeCatalogue(client: Client): Promise<void> {
  const known = new Set<string>();
  for await (const { code } of client.pages<CatalogueItem>('/catalogue')) known.add(code);
  for (const thing of await thingsFor(client)) {
    if (known.has(thing.code)) continue;
    const body = { ...thing, name: `${thing.name} (eksempel)`, description: '' };
    await client.call('/catalogue', {
      method: 'POST',
      body: { ...body, validFrom: VALID_FROM },
      idempotencyKey: `catalogue-${thing.code}`,
    });
  }
}

async function thingsFor(client: Client): Promise<Thing[]> {
  const things: Thing[] = [
    {
      code: 'KIT-1',
      kind: 'vehicle-kit',
      name: 'Kjøretøypakke med antenner og montering',
      carrierId: null,
      onceOre: 4_870_000,
      monthlyOre: 0,
    },
  ];
  for await (const { id, key, name } of client.pages<Carrier>('/carriers')) {
    const own = { carrierId: id, onceOre: 9_900 };
    const code = key.toUpperCase().replaceAll(/[^A-Z0-9]/g, '-');
    const card = `Abonnement ${name}`;
    const priority = `Prioritet hos ${name}`;
    things.push(
      { ...own, code: `SIM-${code}`, kind: 'subscription', name: card, monthlyOre: 19_900 },
      { ...own, code: `PRI-${code}`, kind: 'priority', name: priority, monthlyOre: 5_000 },
    );
  }
  const optional = { carrierId: null, onceOre: 1_500_000, monthlyOre: 89_000 };
  things.push({ ...optional, code: 'SAT-1', kind: 'satellite', name: 'Satellitt' });
  return things;
}
