// What a unit asks about its configuration, and how it says that it went.
//
// A unit takes what is its turn when it asks, never while its vehicle is on a mission. It applies
// the new values, and confirms once it has reached the platform with them. Where it does not, it
// falls back by itself to the version before and says so; the platform then offers that one.
import {
  CONFIGURATION_OUTCOME,
  type Configuration,
  type ConfigurationOutcome,
  UNIT_CONFIGURATION,
  type UnitConfiguration,
} from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { bodyOf, keepBody, loadChains, loadUnits } from './chains.ts';

/** A unit asks each minute, and a handshake after a bad change takes up to 5 s a try. */
export const CONFIRM_WITHIN_S = 180;

interface Told {
  readonly version: number;
  readonly body_id: number | null;
  readonly before_version: number;
  readonly before_body_id: number | null;
  readonly confirmed_version: number;
}

export const unitConfiguration = route({
  id: 'units.configuration',
  method: 'GET',
  path: '/units/self/configuration',
  summary: 'What the asking unit shall run',
  access: 'unit',
  reply: UNIT_CONFIGURATION,
  async answer({ asker, sql, nowMs }) {
    if (asker.kind !== 'unit') throw problem('forbidden');
    return { body: await configurationFor(sql, asker.unitId, asker.organisationId, nowMs) };
  },
});

export const configurationOutcome = route({
  id: 'units.configuration-outcome',
  method: 'POST',
  path: '/units/self/configuration/outcome',
  summary: 'The asking unit runs a version, or could not',
  access: 'unit',
  body: CONFIGURATION_OUTCOME,
  reply: null,
  async answer({ asker, sql, body, nowMs }) {
    if (asker.kind !== 'unit') throw problem('forbidden');
    await takeOutcome(sql, asker.unitId, body, nowMs);
    return { status: 204 };
  },
});

export async function configurationFor(
  sql: Sql,
  unitId: number,
  organisationId: number,
  nowMs: number,
): Promise<UnitConfiguration> {
  if (!(await isOnMission(sql, unitId, nowMs))) {
    const told = await toldTo(sql, unitId);
    if (told === null) await tellFirst(sql, unitId, organisationId, nowMs);
    else await tellNext(sql, unitId, told, nowMs);
  }
  const [row] = await sql.query<{ version: number; body: Partial<Configuration> | null }>(
    `SELECT c.version, b.body FROM unit_configuration c
     LEFT JOIN configuration_body b ON b.id = c.body_id WHERE c.unit_id = $1`,
    [unitId],
  );
  const version = row?.version ?? 0;
  return { version, values: bodyOf(row?.body ?? null), confirmWithinS: CONFIRM_WITHIN_S };
}

async function isOnMission(sql: Sql, unitId: number, nowMs: number): Promise<boolean> {
  const rows = await sql.query(
    `SELECT 1 FROM mission m JOIN unit u ON u.vehicle_id = m.vehicle_id
     WHERE u.id = $1 AND m.until > $2`,
    [unitId, new Date(nowMs)],
  );
  return rows.length > 0;
}

async function toldTo(sql: Sql, unitId: number): Promise<Told | null> {
  const [told] = await sql.query<Told>(
    `SELECT version, body_id, before_version, before_body_id, confirmed_version
     FROM unit_configuration WHERE unit_id = $1 FOR UPDATE`,
    [unitId],
  );
  return told ?? null;
}

/** A new unit has nothing to lose: it gets at once what the layers say. */
async function tellFirst(sql: Sql, unitId: number, organisationId: number, nowMs: number) {
  const [unit] = await loadUnits(sql, null, [unitId]);
  if (unit === undefined) throw problem('not-found');
  const bodyId = await keepBody(sql, (await loadChains(sql)).resolve(unit).values);
  await sql.query(
    `INSERT INTO unit_configuration
       (unit_id, organisation_id, version, last_version, body_id, changed_at)
     VALUES ($1, $2, 1, 1, $3, $4) ON CONFLICT (unit_id) DO NOTHING`,
    [unitId, organisationId, bodyId, new Date(nowMs)],
  );
  await unitLearnsOrder(sql, unitId, null, bodyId);
}

/** Its turn has come in a rollout: the next version is the unit's. */
async function tellNext(sql: Sql, unitId: number, told: Told, nowMs: number): Promise<void> {
  const [due] = await sql.query<{ rollout_id: number; body_id: number }>(
    `SELECT ru.rollout_id, ru.body_id FROM rollout_unit ru JOIN rollout r ON r.id = ru.rollout_id
     WHERE ru.unit_id = $1 AND ru.state = 'waiting'
       AND (r.state = 'done' OR (r.state = 'running' AND ru.ring <= r.ring))
     ORDER BY ru.rollout_id DESC LIMIT 1 FOR UPDATE OF ru`,
    [unitId],
  );
  if (due === undefined) return;
  const now = new Date(nowMs);
  // What it never confirmed it falls back from: the version to fall back to is the confirmed one.
  const [row] = await sql.query<{ version: number }>(
    `UPDATE unit_configuration SET
       before_version = CASE WHEN confirmed_version = version THEN version ELSE before_version END,
       before_body_id = CASE WHEN confirmed_version = version THEN body_id ELSE before_body_id END,
       version = last_version + 1, last_version = last_version + 1,
       body_id = $2, rollout_id = $3, changed_at = $4
     WHERE unit_id = $1 RETURNING version`,
    [unitId, due.body_id, due.rollout_id, now],
  );
  await sql.query(
    `UPDATE rollout_unit SET state = 'fell-back', reason = 'a later rollout came first',
       changed_at = $2 WHERE unit_id = $1 AND state = 'sent'`,
    [unitId, now],
  );
  await sql.query(
    `UPDATE rollout_unit SET state = 'sent', sent_version = $3, changed_at = $4
     WHERE rollout_id = $1 AND unit_id = $2`,
    [due.rollout_id, unitId, row?.version ?? 0, now],
  );
  await unitLearnsOrder(sql, unitId, told.body_id, due.body_id);
}

/** Said again, said late or of another version, it changes nothing. */
export async function takeOutcome(
  sql: Sql,
  unitId: number,
  { version, outcome, reason }: ConfigurationOutcome,
  nowMs: number,
): Promise<void> {
  const told = await toldTo(sql, unitId);
  if (told === null || told.version !== version || version === told.before_version) return;
  const now = new Date(nowMs);
  if (outcome === 'confirmed') {
    await sql.query(
      'UPDATE unit_configuration SET confirmed_version = $2, changed_at = $3 WHERE unit_id = $1',
      [unitId, version, now],
    );
  } else {
    await sql.query(
      `UPDATE unit_configuration SET version = before_version, body_id = before_body_id,
         confirmed_version = before_version, changed_at = $2 WHERE unit_id = $1`,
      [unitId, now],
    );
    await unitLearnsOrder(sql, unitId, told.body_id, told.before_body_id);
  }
  await sql.query(
    `UPDATE rollout_unit SET state = $3, reason = $4, changed_at = $5
     WHERE unit_id = $1 AND sent_version = $2 AND state IN ('sent', 'confirmed')`,
    [unitId, version, outcome === 'confirmed' ? 'confirmed' : 'fell-back', reason, now],
  );
}

/** Which gateway comes first is told with the tunnel: a change is another version of that. */
async function unitLearnsOrder(
  sql: Sql,
  unitId: number,
  oldBodyId: number | null,
  newBodyId: number | null,
): Promise<void> {
  await sql.query(
    `UPDATE unit_tunnel SET version = rmh_version_after(version) WHERE unit_id = $1 AND
       (SELECT body ->> 'preferGateway' FROM configuration_body WHERE id = $2) IS DISTINCT FROM
       (SELECT body ->> 'preferGateway' FROM configuration_body WHERE id = $3)`,
    [unitId, oldBodyId, newBodyId],
  );
}
