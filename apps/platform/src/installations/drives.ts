// The acceptance drive: measured from what the unit told, as often as somebody asks; each answer
// is kept.
import {
  DRIVE,
  DRIVE_WRITE,
  type Drive,
  type DriveFigure,
  PAGE_QUERY,
  pageOf,
} from '@rmh/contract/api';
import { z } from 'zod';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { nameOf } from '../orders/rows.ts';
import { readDrive } from './facts.ts';
import { judgeDrive } from './judge.ts';
import { NUMBER } from './points.ts';
import { installationById } from './rows.ts';

const PARAMS = z.strictObject({ installationId: NUMBER });
// A day's samples of one vehicle are 8,640; more is no acceptance drive.
const LONGEST_MS = 86_400_000;

interface DriveRow {
  readonly id: number;
  readonly from_at: Date;
  readonly to_at: Date;
  readonly heard_through: Date | null;
  readonly measured_at: Date;
  readonly measured_by: string;
  readonly passed: boolean;
  readonly figures: DriveFigure[];
}

const COLUMNS = `id, from_at, to_at, heard_through, measured_at, measured_by, passed, figures`;

const list = route({
  id: 'installations.drives',
  method: 'GET',
  path: '/installations/:installationId/drives',
  summary: 'Measured drives, the newest first',
  access: 'order.read',
  params: PARAMS,
  query: PAGE_QUERY,
  reply: pageOf(DRIVE),
  async answer({ sql, params, query }) {
    await installationById(sql, params.installationId);
    const rows = await sql.query<DriveRow>(
      `SELECT ${COLUMNS} FROM acceptance_drive WHERE installation_id = $1 AND id < $2
       ORDER BY id DESC LIMIT $3`,
      [params.installationId, idCursor(query.cursor, 2 ** 31 - 1), query.limit + 1],
    );
    return { body: page(rows, query.limit, driveOf, (row) => row.id) };
  },
});

const measure = route({
  id: 'installations.measure',
  method: 'POST',
  path: '/installations/:installationId/drives',
  summary: 'Measures a drive by the telemetry of its time, and judges it',
  access: 'order.install',
  params: PARAMS,
  body: DRIVE_WRITE,
  reply: DRIVE,
  idempotent: true,
  async answer(ask) {
    const { sql, params, body, nowMs, asker } = ask;
    const { id, organisationId, vehicleId, state } = await installationById(
      sql,
      params.installationId,
      'FOR UPDATE OF n',
    );
    if (state === 'ordered' || state === 'cancelled') {
      throw problem('conflict', 'the kit is not delivered yet');
    }
    const [fromMs, toMs] = [Date.parse(body.from), Date.parse(body.to)];
    if (fromMs >= toMs || toMs - fromMs > LONGEST_MS) {
      const field = { field: 'to', reason: 'after `from`, and within a day of it' };
      throw problem('bad-request', undefined, [field]);
    }
    const { facts, throughMs } = await readDrive(sql, { vehicleId, fromMs, toMs });
    const { passed, figures } = judgeDrive(facts);
    const [row] = await sql.query<DriveRow>(
      `INSERT INTO acceptance_drive (organisation_id, installation_id, from_at, to_at,
         heard_through, measured_at, measured_by, passed, figures)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${COLUMNS}`,
      [
        organisationId,
        id,
        new Date(fromMs),
        new Date(toMs),
        throughMs === null ? null : new Date(throughMs),
        new Date(nowMs),
        nameOf(asker),
        passed,
        JSON.stringify(figures),
      ],
    );
    if (row === undefined) throw problem('our-fault');
    await audit(sql, {
      ask,
      action: 'installation.measure',
      organisationId,
      object: { kind: 'installation', id },
      after: { drive: row.id, passed },
    });
    return { status: 201, body: driveOf(row) };
  },
});

function driveOf(row: DriveRow): Drive {
  return {
    id: row.id,
    from: row.from_at.toISOString(),
    to: row.to_at.toISOString(),
    heardThrough: row.heard_through?.toISOString() ?? null,
    measuredAt: row.measured_at.toISOString(),
    measuredBy: row.measured_by,
    passed: row.passed,
    figures: row.figures,
  };
}

export const driveRoutes: readonly Route[] = [list, measure];
