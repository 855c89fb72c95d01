// A rollout brings units to what the layers say at the moment it starts, ring by ring. Who edits a
// layer meanwhile changes nothing of it: what the later rings get is what the first ones tried.
import {
  type Configuration,
  PAGE_QUERY,
  pageOf,
  ROLLOUT,
  ROLLOUT_COMMAND,
  ROLLOUT_QUERY,
  ROLLOUT_UNIT,
  ROLLOUT_WRITE,
  type Rollout,
  type RolloutUnit,
} from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { bodyOf, keepBody, loadChains, loadUnits } from './chains.ts';
import { NUMBER } from './layers.ts';
import { differing } from './resolve.ts';
import { ringsOf } from './rings.ts';
import { countsOf, type RolloutRow, rolloutOf, rolloutRow, rolloutRows } from './rollouts-rows.ts';

const PARAMS = z.strictObject({ rolloutId: NUMBER });
const NEWEST = 2_147_483_647;

export const listRollouts = route({
  id: 'rollouts.list',
  method: 'GET',
  path: '/rollouts',
  summary: 'Rollouts at, above and below, the newest first; counts of the units in sight',
  access: 'configuration.read',
  query: ROLLOUT_QUERY,
  reply: pageOf(ROLLOUT),
  async answer({ sql, query, nowMs }) {
    const before = idCursor(query.cursor, NEWEST);
    const rows = await rolloutRows(sql, query.organisationId ?? null, before, query.limit + 1);
    const counts = await countsOf(
      sql,
      rows.map((row) => row.id),
      nowMs,
    );
    const itemOf = (row: RolloutRow) => rolloutOf(row, counts.get(row.id));
    return { body: page(rows, query.limit, itemOf, (row) => row.id) };
  },
});

export const getRollout = route({
  id: 'rollouts.get',
  method: 'GET',
  path: '/rollouts/:rolloutId',
  summary: 'One rollout',
  access: 'configuration.read',
  params: PARAMS,
  reply: ROLLOUT,
  async answer({ sql, params, nowMs }) {
    return await answerOf(sql, params.rolloutId, nowMs);
  },
});

export const createRollout = route({
  id: 'rollouts.create',
  method: 'POST',
  path: '/rollouts',
  summary: 'A draft of a rollout',
  access: 'rollout.write',
  body: ROLLOUT_WRITE,
  reply: ROLLOUT,
  async answer(ask) {
    const { sql, body, nowMs } = ask;
    const [organisation] = await sql.query('SELECT 1 FROM organisation WHERE id = $1', [
      body.organisationId,
    ]);
    if (organisation === undefined) throw problem('not-found', 'there is no such organisation');
    const [made] = await sql.query<{ id: number }>(
      `INSERT INTO rollout (organisation_id, name, rings, success_least, unit_ids, created_at)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
      [
        body.organisationId,
        body.name,
        body.rings,
        body.successLeast,
        body.unitIds,
        new Date(nowMs),
      ],
    );
    const id = made?.id ?? 0;
    await note(ask, 'rollout.create', { id, organisation_id: body.organisationId }, body);
    return { ...(await answerOf(sql, id, nowMs)), status: 201 };
  },
});

export const commandRollout = route({
  id: 'rollouts.command',
  method: 'POST',
  path: '/rollouts/:rolloutId/command',
  summary: 'Starts, pauses, resumes or stops a rollout',
  access: 'rollout.write',
  params: PARAMS,
  body: ROLLOUT_COMMAND,
  reply: ROLLOUT,
  conditional: true,
  async answer(ask) {
    const { sql, params, body, ifMatch, nowMs } = ask;
    await rolloutRow(sql, params.rolloutId);
    const rollout = await rolloutRow(sql, params.rolloutId, 'FOR UPDATE', 'forbidden');
    if (rollout.version !== ifMatch) throw problem('changed-meanwhile');
    const { from, to } = COMMANDS[body.command];
    if (!from.includes(rollout.state)) {
      throw problem('conflict', `a rollout that is ${rollout.state} takes no ${body.command}`);
    }
    if (body.command === 'start') await choose(sql, rollout, nowMs);
    if (body.command === 'resume') await forgive(sql, rollout.id);
    await sql.query(
      `UPDATE rollout SET state = $2, paused_because = $3, version = version + 1 WHERE id = $1`,
      [rollout.id, to, to === 'paused' ? 'person' : null],
    );
    await note(ask, `rollout.${body.command}`, rollout, { state: to });
    return await answerOf(sql, rollout.id, nowMs);
  },
});

type Command = z.output<typeof ROLLOUT_COMMAND>['command'];
type Step = { readonly from: readonly Rollout['state'][]; readonly to: Rollout['state'] };

const COMMANDS: Record<Command, Step> = {
  start: { from: ['draft'], to: 'running' },
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  stop: { from: ['draft', 'running', 'paused'], to: 'stopped' },
};

export const rolloutUnits = route({
  id: 'rollouts.units',
  method: 'GET',
  path: '/rollouts/:rolloutId/units',
  summary: 'How it went, unit by unit',
  access: 'configuration.read',
  params: PARAMS,
  query: PAGE_QUERY,
  reply: pageOf(ROLLOUT_UNIT),
  async answer({ sql, params, query, nowMs }) {
    await rolloutRow(sql, params.rolloutId);
    const rows = await sql.query<RolloutUnit & { changed_at: Date }>(
      `SELECT ru.unit_id AS "unitId", u.vehicle_id AS "vehicleId", v.call_sign AS "callSign",
         ru.ring, ru.reason, ru.changed_at,
         CASE WHEN ru.state = 'waiting' AND m.vehicle_id IS NOT NULL THEN 'on-mission'
           ELSE ru.state END AS state
       FROM rollout_unit ru JOIN unit u ON u.id = ru.unit_id
       LEFT JOIN vehicle v ON v.id = u.vehicle_id
       LEFT JOIN mission m ON m.vehicle_id = u.vehicle_id AND m.until > $4
       WHERE ru.rollout_id = $1 AND ru.unit_id > $2 AND u.state = 'enrolled'
       ORDER BY ru.unit_id LIMIT $3`,
      [params.rolloutId, idCursor(query.cursor), query.limit + 1, new Date(nowMs)],
    );
    const itemOf = ({ changed_at, ...row }: (typeof rows)[number]) => ({
      ...row,
      changedAt: changed_at.toISOString(),
    });
    return { body: page(rows, query.limit, itemOf, (row) => row.unitId) };
  },
});

/** Who is in it, with what, in which ring: all enrolled units that do not run that already. */
async function choose(sql: Sql, rollout: RolloutRow, nowMs: number): Promise<void> {
  // Two that start at the same time could otherwise choose the same units.
  await sql.query('SELECT pg_advisory_xact_lock($1)', [START_LOCK]);
  const units = await loadUnits(sql, rollout.organisation_id, rollout.unit_ids);
  const told = await toldTo(
    sql,
    units.map((unit) => unit.unitId),
  );
  const chains = await loadChains(sql);
  // Units under the same layers share one object of values, so each set is kept once.
  const bodyIds = new Map<Configuration, number>();
  const chosen: { unitId: number; organisationId: number; bodyId: number }[] = [];
  for (const unit of units) {
    const { unitId, organisationId } = unit;
    const { values } = chains.resolve(unit);
    const bodyId = bodyIds.get(values) ?? (await keepBody(sql, values));
    bodyIds.set(values, bodyId);
    const now = told.get(unitId);
    // Without an entry it never asked; when it does, it gets what the layers say.
    if (now === undefined || now.bodyId === bodyId) continue;
    if (differing(values, now.values).length > 0) chosen.push({ unitId, organisationId, bodyId });
  }
  if (chosen.length === 0) throw problem('conflict', 'every unit runs what the layers say');
  const unitIds = chosen.map((unit) => unit.unitId);
  await mustBeFree(sql, unitIds);
  const rings = ringsOf(unitIds, rollout.rings);
  await sql.query(
    `INSERT INTO rollout_unit (rollout_id, unit_id, organisation_id, body_id, ring, changed_at)
     SELECT $1, unit_id, organisation_id, body_id, ring, $6
     FROM unnest($2::integer[], $3::integer[], $4::integer[], $5::integer[])
       AS chosen (unit_id, organisation_id, body_id, ring)`,
    [
      rollout.id,
      unitIds,
      chosen.map((unit) => unit.organisationId),
      chosen.map((unit) => unit.bodyId),
      unitIds.map((unitId) => rings.get(unitId) ?? 0),
      new Date(nowMs),
    ],
  );
}

/** A unit is in one open rollout at most; what it missed of those that ended is history. */
async function mustBeFree(sql: Sql, unitIds: readonly number[]): Promise<void> {
  const [other] = await sql.query<{ name: string }>(
    `SELECT r.name FROM rollout r JOIN rollout_unit ru ON ru.rollout_id = r.id
     WHERE r.state IN ('running', 'paused') AND ru.unit_id = ANY ($1) LIMIT 1`,
    [unitIds],
  );
  if (other !== undefined) {
    throw problem('conflict', `some of these units are in the rollout "${other.name}"`);
  }
  await sql.query(`DELETE FROM rollout_unit WHERE unit_id = ANY ($1) AND state = 'waiting'`, [
    unitIds,
  ]);
}

interface Told {
  readonly bodyId: number | null;
  readonly values: Configuration;
}

/** Each body once: 2,000 copies of a policy would be 128 MB. */
async function toldTo(sql: Sql, unitIds: readonly number[]): Promise<Map<number, Told>> {
  const told = await sql.query<{ unit_id: number; body_id: number | null }>(
    'SELECT unit_id, body_id FROM unit_configuration WHERE unit_id = ANY ($1)',
    [unitIds],
  );
  const bodies = await sql.query<{ id: number; body: Partial<Configuration> }>(
    'SELECT id, body FROM configuration_body WHERE id = ANY ($1)',
    [[...new Set(told.flatMap((row) => row.body_id ?? []))]],
  );
  const values = new Map<number | null, Configuration>(
    bodies.map((row) => [row.id, bodyOf(row.body)]),
  );
  return new Map(
    told.map(({ unit_id: unitId, body_id: bodyId }) => [
      unitId,
      { bodyId, values: values.get(bodyId) ?? bodyOf(null) },
    ]),
  );
}

/** Who resumes has seen what fell back: those units no longer hold the others up. */
async function forgive(sql: Sql, rolloutId: number): Promise<void> {
  await sql.query(
    `UPDATE rollout_unit SET forgiven = true WHERE rollout_id = $1 AND state = 'fell-back'`,
    [rolloutId],
  );
}

async function answerOf(sql: Sql, rolloutId: number, nowMs: number) {
  const row = await rolloutRow(sql, rolloutId);
  const counts = await countsOf(sql, [rolloutId], nowMs);
  return { body: rolloutOf(row, counts.get(rolloutId)), version: row.version };
}

async function note(
  ask: Ask,
  action: string,
  { id, organisation_id: organisationId }: Pick<RolloutRow, 'id' | 'organisation_id'>,
  after: unknown,
): Promise<void> {
  await audit(ask.sql, { ask, action, organisationId, object: { kind: 'rollout', id }, after });
}

const START_LOCK = 7_265_041;
