// A vehicle of the lab that came by an order: placed, taken on and delivered while the platform
// runs alone. Afterwards `./rmh up` finds vehicle and unit there, invites the unit, and enrols it.
import type { CatalogueItem, Fulfil, Order, OrderItem, Page } from '@rmh/contract/api';
import type { Client } from '@rmh/contract/client';
import { CARRIERS } from '../fleet/coverage.ts';
import { seedCountry } from '../fleet/seed.ts';
import { makeCatalogue } from './catalogue.ts';
import { freePort, LivePlatform } from './live-platform.ts';
import { signIn } from './sign-in.ts';
import { makeCarriers } from './workshop.ts';

const THINGS = ['KIT-1', 'SIM-TELENOR', 'SIM-TELIA'];

/** `index`: which of the lab's vehicles, from 1. `directory`: what `--data` will name. */
export async function orderVehicle(directory: string, index: number): Promise<void> {
  const platform = await LivePlatform.start({ directory, port: await freePort() });
  try {
    const client = await signIn(await platform.link());
    const [station = 0] = (await seedCountry(client)).values();
    await makeCarriers(
      client,
      CARRIERS.map(({ key, name, colour }) => ({ key, name, colour })),
    );
    await makeCatalogue(client);
    const { id } = await place(client, station, `LAB ${index}`);
    for (const command of ['acknowledge', 'start']) {
      const { version } = await client.get<Order>(`/orders/${id}`);
      const body = { command, reason: null, itemIds: null };
      const idempotencyKey = `lab-${command}`;
      await client.call(`/orders/${id}/command`, { method: 'POST', body, version, idempotencyKey });
    }
    for (const item of (await client.get<Page<OrderItem>>(`/orders/${id}/items`)).items) {
      const path = `/orders/${id}/items/${item.id}/fulfil`;
      const body = delivered(item, index);
      await client.call(path, { method: 'POST', body, idempotencyKey: `lab-item-${item.id}` });
    }
  } finally {
    await platform.stop();
  }
}

async function place(client: Client, organisationId: number, callSign: string): Promise<Order> {
  const catalogue = await client.get<Page<CatalogueItem>>('/catalogue');
  const wanted = catalogue.items.filter(({ code }) => THINGS.includes(code));
  const newVehicle = { organisationId, callSign, registration: null, kind: 'ambulance' };
  const catalogueItemIds = wanted.map(({ id }) => id);
  const { body } = await client.call<Order>('/orders', {
    method: 'POST',
    body: {
      ...{ organisationId, reference: null, wantedBy: null, note: '' },
      vehicles: [{ vehicleId: null, newVehicle, catalogueItemIds }],
    },
    idempotencyKey: 'lab-order',
  });
  return body;
}

function delivered({ kind, id }: OrderItem, index: number): Fulfil {
  return kind === 'vehicle-kit'
    ? { kind, serial: `LAB-${index}`, model: 'lab', validHours: 1 }
    : { kind: 'subscription', iccid: `89470000000000${String(id).padStart(6, '0')}` };
}
