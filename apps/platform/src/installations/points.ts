// The checklist of the garage. A phone there loses its network: it sends each tick on its own, late
// and perhaps twice, so a tick carries the phone's time and the later of two stands.
import {
  INSTALLATION_POINT,
  INSTALLATION_POINTS,
  type Installation,
  POINT_STATE,
  POINT_WRITE,
  type PointState,
} from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { type Ask, type Route, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { nameOf } from '../orders/rows.ts';
import { installationById } from './rows.ts';

export const NUMBER = z.coerce.number().int().positive();

// A phone's clock may run ahead by so much, before what it says is no time of a tick.
const CLOCK_AHEAD_MS = 300_000;

const listPoints = route({
  id: 'installations.points',
  method: 'GET',
  path: '/installations/:installationId/points',
  summary: 'The points of the checklist that somebody has said something of; ten at most',
  access: 'order.read',
  params: z.strictObject({ installationId: NUMBER }),
  reply: z.array(POINT_STATE),
  async answer({ sql, params }) {
    await installationById(sql, params.installationId);
    return { body: await pointsOf(sql, params.installationId) };
  },
});

const writePoint = route({
  id: 'installations.point',
  method: 'PUT',
  path: '/installations/:installationId/points/:point',
  summary: 'Ticks a point of the checklist, or takes the tick back; the later word stands',
  access: 'order.install',
  params: z.strictObject({ installationId: NUMBER, point: INSTALLATION_POINT }),
  body: POINT_WRITE,
  reply: POINT_STATE,
  async answer(ask) {
    const { sql, params, body, nowMs, asker } = ask;
    const { installationId, point } = params;
    const installation = await installationById(sql, installationId, 'FOR UPDATE OF n');
    refuse(installation, body.atMs, nowMs);
    const written = await sql.query(
      `INSERT INTO installation_point AS old
         (installation_id, organisation_id, point, ticked, note, at, written_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (installation_id, point) DO UPDATE SET ticked = excluded.ticked,
         note = excluded.note, at = excluded.at, written_by = excluded.written_by
       WHERE old.at < excluded.at RETURNING point`,
      [
        installationId,
        installation.organisationId,
        point,
        body.ticked,
        body.note,
        new Date(body.atMs),
        nameOf(asker),
      ],
    );
    const points = await pointsOf(sql, installationId);
    const state = points.find((one) => one.point === point);
    if (state === undefined) throw problem('our-fault');
    if (written.length > 0) await settle(ask, installation, points, state);
    return { body: state };
  },
});

function refuse({ state }: Installation, atMs: number, nowMs: number): void {
  if (state === 'ordered') throw problem('conflict', 'the kit is not delivered yet');
  if (state !== 'delivered' && state !== 'installed') {
    throw problem('conflict', 'the installation was accepted, or cancelled');
  }
  if (atMs > nowMs + CLOCK_AHEAD_MS)
    throw problem('bad-request', 'the clock of this device is wrong');
}

/** Installed when every point is ticked, and not any more when one of them is taken back. */
async function settle(
  ask: Ask,
  { id, organisationId, vehicleId, installedAt }: Installation,
  points: readonly PointState[],
  state: PointState,
): Promise<void> {
  const { sql, nowMs } = ask;
  const isInstalled = points.filter(({ ticked }) => ticked).length === INSTALLATION_POINTS.length;
  if (isInstalled !== (installedAt !== null)) {
    await sql.query(
      'UPDATE installation SET installed_at = $2, version = version + 1 WHERE id = $1',
      [id, isInstalled ? new Date(nowMs) : null],
    );
    await sql.query(
      `UPDATE vehicle SET stage = $2, version = version + 1 WHERE id = $1 AND stage = $3`,
      isInstalled ? [vehicleId, 'installed', 'planned'] : [vehicleId, 'planned', 'installed'],
    );
  }
  const { point, ticked, note } = state;
  await audit(sql, {
    ask,
    action: 'installation.point',
    organisationId,
    object: { kind: 'installation', id },
    after: { point, ticked, ...(note === '' ? {} : { note }) },
  });
}

async function pointsOf(sql: Sql, installationId: number): Promise<PointState[]> {
  const rows = await sql.query<{
    point: PointState['point'];
    ticked: boolean;
    note: string;
    at: Date;
    written_by: string;
  }>(
    `SELECT point, ticked, note, at, written_by FROM installation_point
     WHERE installation_id = $1 ORDER BY point`,
    [installationId],
  );
  return rows.map(({ point, ticked, note, at, written_by: by }) => ({
    point,
    ticked,
    note,
    atMs: at.getTime(),
    by,
  }));
}

export const pointRoutes: readonly Route[] = [listPoints, writePoint];
