// Network settings, carriers and changes of gateways before the fake platform.
import {
  CARRIER,
  type Carrier,
  GATEWAY_DETAIL,
  NETWORK_SETTINGS,
  type NetworkSettings,
  pageOf,
} from '@rmh/contract/api';
import { type Asked, changed, type FakeRoute, fakeRoute, page } from './fake-route.ts';
import { CARRIERS, type Seed } from './seed.ts';

export function networkRoutes({ gateways }: Seed): FakeRoute[] {
  let settings: NetworkSettings = { pool: '10.64.0.0/12', rotateKeysHours: 24, version: 1 };
  const carriers = [...CARRIERS];
  const detail = (body: unknown) =>
    typeof body === 'string'
      ? body
      : { allowedIps: ['10.128.0.0/16'], heldVersion: 9, listVersion: 9, ...(body as object) };
  const gatewayOf = ({ params: [id] }: Asked) =>
    gateways.find((one) => one.id === Number(id)) ?? 'not-found';
  return [
    fakeRoute('GET', '/network-settings', NETWORK_SETTINGS, () => settings),
    fakeRoute('PUT', '/network-settings', NETWORK_SETTINGS, ({ body, ifMatch }) => {
      if (ifMatch !== settings.version) return 'changed-meanwhile';
      settings = { ...settings, ...(body as object), version: settings.version + 1 };
      return settings;
    }),
    fakeRoute('GET', '/carriers', pageOf(CARRIER), () => page(carriers)),
    fakeRoute('POST', '/carriers', CARRIER, ({ body }) => {
      const made = { ...(body as Carrier), id: carriers.length + 1 };
      carriers.push(made);
      return made;
    }),
    fakeRoute('GET', '/gateways/:id', GATEWAY_DETAIL, (asked) => detail(gatewayOf(asked))),
    fakeRoute('PUT', '/gateways/:id', GATEWAY_DETAIL, (asked) => {
      const { allowedIps, ...body } = asked.body as { allowedIps: string[] };
      const after = changed(gateways, asked.params[0], { ...asked, body });
      return detail(typeof after === 'string' ? after : { ...after, allowedIps });
    }),
    fakeRoute('POST', '/gateways/:id/revoke', GATEWAY_DETAIL, (asked) => {
      const before = gatewayOf(asked);
      if (typeof before === 'string') return before;
      const body = { state: 'revoked' };
      return detail(
        changed(gateways, asked.params[0], { ...asked, body, ifMatch: before.version }),
      );
    }),
  ];
}
