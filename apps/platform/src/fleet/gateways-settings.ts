// What holds for the tunnels of the whole service.
import { parsePrefix } from '@rmh/base';
import { NETWORK_SETTINGS } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';

export const readSettings = route({
  id: 'network-settings.get',
  method: 'GET',
  path: '/network-settings',
  summary: 'The address pool and how often keys change',
  access: 'settings.read',
  reply: NETWORK_SETTINGS,
  async answer({ sql }) {
    const body = await settingsOf(sql);
    return { body, version: body.version };
  },
});

export const writeSettings = route({
  id: 'network-settings.write',
  method: 'PUT',
  path: '/network-settings',
  summary: 'Changes them; addresses that were given stay',
  access: 'gateway.write',
  body: NETWORK_SETTINGS.omit({ version: true }),
  reply: NETWORK_SETTINGS,
  conditional: true,
  async answer(ask) {
    const { sql, body, ifMatch } = ask;
    await sql.query('SELECT 1 FROM network_settings FOR UPDATE');
    const before = await settingsOf(sql);
    if (before.version !== ifMatch) throw problem('changed-meanwhile');
    const pool = parsePrefix(body.pool);
    const isNetwork = pool?.address.bytes.every((byte, i) => {
      const bits = Math.min(8, Math.max(0, pool.length - i * 8));
      return (byte & (0xff >> bits)) === 0;
    });
    if (!isNetwork) {
      throw problem('bad-request', 'the pool is no network', [
        { field: 'pool', reason: 'expected a prefix whose address has no bits beyond its length' },
      ]);
    }
    await sql.query(
      'UPDATE network_settings SET pool = $1, rotate_keys_hours = $2, version = version + 1',
      [body.pool, body.rotateKeysHours],
    );
    const after = await settingsOf(sql);
    await audit(sql, {
      ask,
      action: 'network-settings.change',
      organisationId: null,
      object: { kind: 'network-settings', id: null },
      before,
      after,
    });
    return { body: after, version: after.version };
  },
});

async function settingsOf(sql: Sql) {
  const [row] = await sql.query<{ pool: string; rotate_keys_hours: number; version: number }>(
    'SELECT pool, rotate_keys_hours, version FROM network_settings',
  );
  if (row === undefined) throw problem('our-fault');
  return { pool: row.pool, rotateKeysHours: row.rotate_keys_hours, version: row.version };
}
