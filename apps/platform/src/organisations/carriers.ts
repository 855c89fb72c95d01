// The carriers under the framework agreement: a short list that all share.
import { CARRIER, type Carrier, pageOf } from '@rmh/contract/api';
import { z } from 'zod';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';

const CARRIER_WRITE = CARRIER.omit({ id: true }).extend({
  key: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,31}$/),
  name: z.string().trim().min(1).max(60),
});

export const listCarriers = route({
  id: 'carriers.list',
  method: 'GET',
  path: '/carriers',
  summary: 'The carriers',
  access: 'signed-in',
  reply: pageOf(CARRIER),
  async answer({ sql }) {
    const items = await sql.query<Carrier>(
      'SELECT id, key, name, colour FROM carrier ORDER BY key',
    );
    return { body: { items: [...items], next: null } };
  },
});

export const createCarrier = route({
  id: 'carriers.create',
  method: 'POST',
  path: '/carriers',
  summary: 'A new carrier',
  access: 'carrier.write',
  body: CARRIER_WRITE,
  reply: CARRIER,
  async answer(ask) {
    const { sql, body } = ask;
    const [row] = await sql.query<Carrier>(
      'INSERT INTO carrier (key, name, colour) VALUES ($1, $2, $3) RETURNING id, key, name, colour',
      [body.key, body.name, body.colour],
    );
    if (row === undefined) throw problem('our-fault');
    await audit(sql, {
      ask,
      action: 'carrier.create',
      organisationId: null,
      object: { kind: 'carrier', id: row.id },
      after: row,
    });
    return { status: 201, body: row };
  },
});
