// Recipients of alarms before the fake platform: one that answers, one that does not, one by mail.

import type { Webhook } from '@rmh/contract/api';
import {
  DELIVERY,
  type Delivery,
  pageOf,
  WEBHOOK,
  WEBHOOK_CREATED,
  WEBHOOK_TRIED,
} from '@rmh/contract/api';
import { z } from 'zod';
import { changed, type FakeRoute, fakeRoute, page, removed } from './fake-route.ts';
import type { Seed } from './seed.ts';

const MINUTE_MS = 60_000;

export function recipientsAt(nowMs: number): Pick<Seed, 'webhooks' | 'deliveries'> {
  const instant = (minutes: number): string => new Date(nowMs + minutes * MINUTE_MS).toISOString();
  const webhook = (id: number, own: Partial<Webhook>): Webhook => ({
    id,
    organisationId: 1,
    name: 'Nasjonal driftssentral',
    target: 'https://drift.example/rmh/varsler',
    kinds: [],
    leastSeverity: 'major',
    enabled: true,
    restingUntil: null,
    version: 1,
    ...own,
  });
  const delivery = (id: number, webhookId: number, own: Partial<Delivery>): Delivery => ({
    id,
    webhookId,
    alarmId: 31,
    event: 'raised',
    state: 'sent',
    createdAt: instant(-14),
    tries: 1,
    nextTryAt: null,
    status: 200,
    fault: null,
    ...own,
  });
  const refused = { status: 503, fault: 'HTTP 503' };
  return {
    webhooks: [
      webhook(1, {}),
      webhook(2, {
        organisationId: 2,
        name: 'Sakssystemet i nord',
        target: 'https://sak.nord.example/krok',
        kinds: ['vehicle-down', 'carrier-area'],
        leastSeverity: 'critical',
        restingUntil: instant(9),
      }),
      webhook(3, {
        organisationId: 2,
        name: 'Vakttelefonen i nord',
        target: 'mailto:vakt@nord.example',
        enabled: false,
      }),
    ],
    deliveries: [
      delivery(5, 1, {}),
      delivery(4, 1, { alarmId: 28, event: 'cleared', createdAt: instant(-240) }),
      delivery(3, 2, { state: 'waiting', tries: 3, nextTryAt: instant(9), ...refused }),
      delivery(2, 2, {
        alarmId: 28,
        state: 'given-up',
        tries: 9,
        createdAt: instant(-300),
        ...refused,
      }),
    ],
  };
}

export function recipientRoutes({ webhooks, deliveries }: Seed): FakeRoute[] {
  return [
    fakeRoute('GET', '/webhooks', pageOf(WEBHOOK), () => page(webhooks)),
    fakeRoute('POST', '/organisations/:id/webhooks', WEBHOOK_CREATED, ({ params: [id], body }) => {
      const own = body as Omit<Webhook, 'id' | 'organisationId' | 'version' | 'restingUntil'>;
      const made = {
        ...own,
        id: webhooks.length + 10,
        organisationId: Number(id),
        restingUntil: null,
        version: 1,
      };
      webhooks.push(made);
      return {
        ...made,
        secret: own.target.startsWith('mailto:') ? null : 'whsec_bm9ib2R5IGtub3dz',
      };
    }),
    fakeRoute('PUT', '/webhooks/:id', WEBHOOK, (asked) =>
      changed(webhooks, asked.params[0], asked),
    ),
    fakeRoute('DELETE', '/webhooks/:id', z.null(), (asked) =>
      removed(webhooks, asked.params[0], asked),
    ),
    // The second one rests because it fails: so does a test.
    fakeRoute('POST', '/webhooks/:id/test', WEBHOOK_TRIED, ({ params: [id] }) =>
      id === '2' ? { status: 503, fault: 'HTTP 503' } : { status: 200, fault: null },
    ),
    fakeRoute('GET', '/webhooks/:id/deliveries', pageOf(DELIVERY), ({ params: [id], query }) =>
      page(
        deliveries
          .filter(({ webhookId }) => webhookId === Number(id))
          .slice(0, Number(query.get('limit') ?? 100)),
      ),
    ),
  ];
}
