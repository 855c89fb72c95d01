// Changes of vehicles and of what is built into them, before the fake platform.
import {
  KEY_AGE,
  pageOf,
  REPLACED,
  SUBSCRIPTION,
  type Subscription,
  UNIT,
  VEHICLE,
  type Vehicle,
} from '@rmh/contract/api';
import { z } from 'zod';
import { type Asked, changed, type FakeRoute, fakeRoute, page, removed } from './fake-route.ts';
import type { Seed } from './seed.ts';

export function fleetWriteRoutes(seed: Seed, nowMs: number): FakeRoute[] {
  return [
    fakeRoute('POST', '/vehicles', VEHICLE, ({ body }) => makeVehicle(seed, body as Vehicle)),
    fakeRoute('PUT', '/vehicles/:id', VEHICLE, (asked) =>
      changed(seed.vehicles, asked.params[0], asked),
    ),
    ...subscriptionRoutes(seed),
    ...unitRoutes(seed, nowMs),
  ];
}

function makeVehicle({ vehicles }: Seed, own: Vehicle) {
  if (vehicles.some(({ callSign }) => callSign === own.callSign)) {
    return 'conflict: refused by vehicle_organisation_id_call_sign_key';
  }
  const given = { id: vehicles.length + 1, simulated: false, unitId: null, live: null, version: 1 };
  const made = { ...own, ...given };
  vehicles.push(made);
  return made;
}

function subscriptionRoutes({ subscriptions }: Seed): FakeRoute[] {
  return [
    fakeRoute('GET', '/subscriptions', pageOf(SUBSCRIPTION), ({ query }) => {
      const vehicleId = query.get('vehicleId');
      const inVehicle = query.get('inVehicle');
      const found = subscriptions.filter(
        (one) =>
          (vehicleId === null || one.vehicleId === Number(vehicleId)) &&
          (inVehicle === null || String(one.vehicleId !== null) === inVehicle) &&
          one.iccid.includes(query.get('search') ?? ''),
      );
      return page(found.slice(0, Number(query.get('limit') ?? 100)));
    }),
    fakeRoute('POST', '/subscriptions', SUBSCRIPTION, ({ body }) => {
      const id = Math.max(...subscriptions.map((one) => one.id)) + 1;
      const made = { ...(body as Subscription), id, version: 1 };
      subscriptions.push(made);
      return made;
    }),
    fakeRoute('PUT', '/subscriptions/:id', SUBSCRIPTION, (asked) =>
      changed(subscriptions, asked.params[0], asked),
    ),
    fakeRoute('DELETE', '/subscriptions/:id', z.null(), (asked) =>
      removed(subscriptions, asked.params[0], asked),
    ),
  ];
}

function unitRoutes(seed: Seed, nowMs: number): FakeRoute[] {
  const instant = (ms: number): string => new Date(nowMs + ms).toISOString();
  return [
    fakeRoute('GET', '/units/:id/keys', z.strictObject({ items: z.array(KEY_AGE) }), () => ({
      items: seed.gateways.map(({ id, name }) => ({
        gatewayId: id,
        gateway: name,
        stage: 'steady',
        madeAt: instant(-5 * 3_600_000),
        stageAt: instant(-5 * 3_600_000),
      })),
    })),
    fakeRoute('PUT', '/units/:id', UNIT, (asked) => changed(seed.units, asked.params[0], asked)),
    fakeRoute('POST', '/units/:id/rotate-keys', z.null(), () => null),
    fakeRoute('POST', '/units/:id/replace', REPLACED, (asked) => replaceUnit(seed, asked, nowMs)),
  ];
}

function replaceUnit({ units, vehicles }: Seed, { params: [id], body }: Asked, nowMs: number) {
  const { serial, model } = body as { serial: string; model: string | null };
  const old = units.find((one) => one.id === Number(id));
  if (old === undefined) return 'not-found';
  const unitId = units.length + 1;
  const left = { ...old, state: 'revoked', revokedAt: new Date(nowMs).toISOString() } as const;
  units[units.indexOf(old)] = left;
  const fresh = { id: unitId, serial, model, state: 'awaited', enrolledAt: null } as const;
  units.push({ ...old, ...fresh, softwareVersion: null });
  const at = vehicles.findIndex((one) => one.id === old.vehicleId);
  const vehicle = vehicles[at];
  if (vehicle !== undefined) vehicles[at] = { ...vehicle, unitId };
  const expiresAt = new Date(nowMs + 259_200_000).toISOString();
  return { unitId, token: `rmh1:${'C'.repeat(43)}::https://platform.example`, expiresAt };
}
