// How long a cause must last before it is an alarm: per organisation, inherited from above.
import { ALARM_KIND, ALARM_KINDS, ALARM_RULE, ALARM_RULE_WRITE } from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { type GivenRule, Rules } from './rules.ts';

const ORGANISATION_PARAMS = z.strictObject({ organisationId: z.coerce.number().int().positive() });
const RULE_PARAMS = ORGANISATION_PARAMS.extend({ kind: ALARM_KIND });

const list = route({
  id: 'alarm-rules.list',
  method: 'GET',
  path: '/organisations/:organisationId/alarm-rules',
  summary: 'The rules in force for an organisation, one of each kind, and whose they are',
  access: 'alarm.read',
  params: ORGANISATION_PARAMS,
  reply: z.array(ALARM_RULE),
  async answer({ sql, params: { organisationId } }) {
    const rules = await rulesOf(sql, organisationId);
    return { body: ALARM_KINDS.map((kind) => shown(rules, organisationId, kind)) };
  },
});

const put = route({
  id: 'alarm-rules.put',
  method: 'PUT',
  path: '/organisations/:organisationId/alarm-rules/:kind',
  summary: 'Its own rule for one kind; If-Match "0" where it has none yet',
  access: 'alarm.rule',
  params: RULE_PARAMS,
  body: ALARM_RULE_WRITE,
  reply: ALARM_RULE,
  conditional: true,
  async answer(ask) {
    const { sql, params, body, ifMatch } = ask;
    const { organisationId, kind } = params;
    const before = await ownRule(sql, organisationId, kind);
    if ((before?.version ?? 0) !== ifMatch) throw problem('changed-meanwhile');
    const written = await sql.query<{ version: number }>(
      `INSERT INTO alarm_rule AS old (organisation_id, kind, severity, raise_after_s, clear_after_s,
         enabled) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (organisation_id, kind) DO UPDATE SET severity = EXCLUDED.severity,
         raise_after_s = EXCLUDED.raise_after_s, clear_after_s = EXCLUDED.clear_after_s,
         enabled = EXCLUDED.enabled, version = old.version + 1
       WHERE old.version = $7 RETURNING version`,
      [
        organisationId,
        kind,
        body.severity,
        body.raiseAfterS,
        body.clearAfterS,
        body.enabled,
        ifMatch,
      ],
    );
    const [row] = written;
    if (row === undefined) throw problem('changed-meanwhile');
    await audit(sql, {
      ask,
      action: 'alarm-rule.change',
      organisationId,
      object: { kind: 'alarm-rule', id: kind },
      before: before ?? null,
      after: body,
    });
    const rule = shown(await rulesOf(sql, organisationId), organisationId, kind);
    return { body: rule, version: row.version };
  },
});

const remove = route({
  id: 'alarm-rules.remove',
  method: 'DELETE',
  path: '/organisations/:organisationId/alarm-rules/:kind',
  summary: 'Back to the rule from above',
  access: 'alarm.rule',
  params: RULE_PARAMS,
  reply: null,
  conditional: true,
  async answer(ask) {
    const { sql, params, ifMatch } = ask;
    const { organisationId, kind } = params;
    const before = await ownRule(sql, organisationId, kind);
    if (before === undefined) throw problem('not-found');
    if (before.version !== ifMatch) throw problem('changed-meanwhile');
    await sql.query('DELETE FROM alarm_rule WHERE organisation_id = $1 AND kind = $2', [
      organisationId,
      kind,
    ]);
    await audit(sql, {
      ask,
      action: 'alarm-rule.remove',
      organisationId,
      object: { kind: 'alarm-rule', id: kind },
      before,
    });
    return { status: 204 };
  },
});

/** Rules of this organisation and those above it, which row-level security would hide. */
async function rulesOf(sql: Sql, organisationId: number): Promise<Rules> {
  const there = await sql.query('SELECT FROM organisation WHERE id = $1', [organisationId]);
  if (there.length === 0) throw problem('not-found');
  const line = await sql.query<{ id: number; parent_id: number | null }>(
    'SELECT id, parent_id FROM rmh_line($1)',
    [organisationId],
  );
  const given = await sql.query<GivenRule>(
    `SELECT organisation_id AS "organisationId", kind, severity, raise_after_s AS "raiseAfterS",
       clear_after_s AS "clearAfterS", enabled, version FROM rmh_alarm_rules_above($1)`,
    [organisationId],
  );
  return new Rules(new Map(line.map(({ id, parent_id }) => [id, parent_id])), given);
}

function shown(rules: Rules, organisationId: number, kind: (typeof ALARM_KINDS)[number]) {
  const found = rules.ruleOf(organisationId, kind);
  const { severity, raiseAfterS, clearAfterS, enabled, fromOrganisationId, version } = found;
  const own = fromOrganisationId === organisationId;
  return {
    organisationId,
    kind,
    severity,
    raiseAfterS,
    clearAfterS,
    enabled,
    fromOrganisationId,
    version: own ? version : 0,
  };
}

async function ownRule(sql: Sql, organisationId: number, kind: string) {
  const rows = await sql.query<{ version: number; severity: string }>(
    `SELECT version, severity, raise_after_s, clear_after_s, enabled FROM alarm_rule
     WHERE organisation_id = $1 AND kind = $2`,
    [organisationId, kind],
  );
  return rows[0];
}

export const ruleRoutes: Route[] = [list, put, remove];
