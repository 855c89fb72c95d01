// Where units and gateways deliver what they measured.
import { BATCH, BATCH_BYTES_MAX, GATEWAY_VIEWS, RECEIPT } from '@rmh/contract/api';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { gatherOf } from './gather.ts';
import { takeViews } from './views.ts';

export const ingestSamples = route({
  id: 'samples.deliver',
  method: 'POST',
  path: '/units/self/samples',
  summary: 'Delivers samples; each counts once, however often it is sent',
  access: 'unit',
  body: BATCH,
  reply: RECEIPT,
  bodyBytesMax: BATCH_BYTES_MAX,
  async answer({ asker, body: batch, services: { db, nowMs } }) {
    if (asker.kind !== 'unit') throw problem('forbidden');
    // The unit keeps what it measured until somebody has said where it is.
    if (asker.vehicleId === null) throw problem('conflict', 'this unit is in no vehicle yet');
    const { unitId } = asker;
    return {
      headers: { 'content-type': 'application/json; charset=utf-8' },
      // After this request's own transaction, which was empty: the samples go into one with those
      // of other units. When it fails the line is broken, and the unit sends them again.
      raw: async (stream) => {
        const receipt = await gatherOf(db, nowMs).take({ unitId, batch });
        await stream.write(JSON.stringify(receipt));
      },
    };
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
