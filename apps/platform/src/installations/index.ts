import {
  INSTALLATION,
  INSTALLATION_COMMAND,
  INSTALLATION_QUERY,
  type Installation,
  pageOf,
} from '@rmh/contract/api';
import { z } from 'zod';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, type Route, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { driveRoutes } from './drives.ts';
import { NUMBER, pointRoutes } from './points.ts';
import { installationById, installationsBefore } from './rows.ts';

const PARAMS = z.strictObject({ installationId: NUMBER });

const list = route({
  id: 'installations.list',
  method: 'GET',
  path: '/installations',
  summary: 'How far ordered vehicles have come, the newest first',
  access: 'order.read',
  query: INSTALLATION_QUERY,
  reply: pageOf(INSTALLATION),
  async answer({ sql, query }) {
    const { limit, cursor, ...filter } = query;
    const rows = await installationsBefore(sql, filter, idCursor(cursor, 2 ** 31 - 1), limit + 1);
    return {
      body: page(
        rows,
        limit,
        (one) => one,
        (one) => one.id,
      ),
    };
  },
});

const read = route({
  id: 'installations.read',
  method: 'GET',
  path: '/installations/:installationId',
  summary: 'How far one vehicle has come',
  access: 'order.read',
  params: PARAMS,
  reply: INSTALLATION,
  async answer({ sql, params }) {
    const installation = await installationById(sql, params.installationId);
    return { body: installation, version: installation.version };
  },
});

const command = route({
  id: 'installations.command',
  method: 'POST',
  path: '/installations/:installationId/command',
  summary:
    'Accepts what checklist and drive have passed, or takes an accepted vehicle into operation',
  access: 'order.install',
  params: PARAMS,
  body: INSTALLATION_COMMAND,
  reply: INSTALLATION,
  conditional: true,
  async answer(ask) {
    const { sql, params, body, ifMatch } = ask;
    const before = await installationById(sql, params.installationId, 'FOR UPDATE OF n');
    if (before.version !== ifMatch) throw problem('changed-meanwhile');
    await (body.command === 'accept' ? accept(ask, before) : operate(ask, before));
    const installation = await installationById(sql, before.id);
    await audit(sql, {
      ask,
      action: `installation.${body.command}`,
      organisationId: before.organisationId,
      object: { kind: 'installation', id: before.id },
      before: { state: before.state },
      after: { state: installation.state },
    });
    return { body: installation, version: installation.version };
  },
});

/** Both, and the newest drive: what was measured later knows better. */
async function accept(
  { sql, nowMs }: Ask,
  { id, state, drivePassed }: Installation,
): Promise<void> {
  if (state !== 'installed') throw problem('conflict', 'every point of the checklist comes first');
  if (drivePassed !== true) throw problem('conflict', 'the last measured drive has to pass first');
  await sql.query('UPDATE installation SET accepted_at = $2, version = version + 1 WHERE id = $1', [
    id,
    new Date(nowMs),
  ]);
}

/** The database notes when; it refuses whoever was not accepted. */
async function operate({ sql }: Ask, { state, vehicleId }: Installation): Promise<void> {
  if (state !== 'accepted') throw problem('conflict', 'accept the vehicle first');
  await sql.query(
    `UPDATE vehicle SET stage = 'in-operation', version = version + 1 WHERE id = $1`,
    [vehicleId],
  );
}

export const routes: readonly Route[] = [list, read, command, ...pointRoutes, ...driveRoutes];
