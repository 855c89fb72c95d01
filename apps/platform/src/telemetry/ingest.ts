// Where units and gateways deliver what they measured.
import { BATCH, BATCH_BYTES_MAX, GATEWAY_VIEWS, RECEIPT, type Receipt } from '@rmh/contract/api';
import { gathering } from '../db/gather.ts';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { type Delivery, takeIn } from './intake.ts';
import { takeViews } from './views.ts';

const samplesOf = gathering<Delivery, Receipt>({
  unitOf: ({ unitId }) => unitId,
  sizeOf: ({ batch }) => batch.samples.length,
  // 50,000 samples of 1.2 kB are 60 MB.
  waitingMost: 50_000,
  write: ({ db, nowMs }, sql, deliveries) => takeIn(db, sql, deliveries, nowMs()),
});

export const ingestSamples = route({
  id: 'samples.deliver',
  method: 'POST',
  path: '/units/self/samples',
  summary: 'Delivers samples; each counts once, however often it is sent',
  access: 'unit',
  body: BATCH,
  reply: RECEIPT,
  bodyBytesMax: BATCH_BYTES_MAX,
  // The samples go into a transaction with those of other units.
  noTransaction: true,
  async answer({ asker, body: batch, services }) {
    if (asker.kind !== 'unit') throw problem('forbidden');
    // The unit keeps what it measured until somebody has said where it is.
    if (asker.vehicleId === null) throw problem('conflict', 'this unit is in no vehicle yet');
    return { body: await samplesOf(services).take({ unitId: asker.unitId, batch }) };
  },
});

export const ingestViews = route({
  id: 'views.deliver',
  method: 'POST',
  path: '/gateways/self/views',
  summary: 'Delivers what a gateway saw of its units; each batch counts once',
  access: 'gateway',
  body: GATEWAY_VIEWS,
  reply: RECEIPT,
  // 2,048 views of some 300 bytes.
  bodyBytesMax: BATCH_BYTES_MAX,
  async answer({ asker, sql, body: batch, services, nowMs }) {
    if (asker.kind !== 'gateway') throw problem('forbidden');
    return { body: await takeViews(services.db, sql, asker.gatewayId, batch, nowMs) };
  },
});
