// The register's rows: requirements, their versions, and which of these binds on a day.
import type { Check, Requirement, RequirementVersion, RequirementWrite } from '@rmh/contract/api';
import { REQUIREMENT } from '@rmh/contract/api';
import { type Database, type Sql, SYSTEM } from '../db/database.ts';
import { dayOf } from '../statistics/period.ts';
import { NATIONAL_SET } from './shipped.ts';

type Content = Pick<Requirement, 'nb' | 'en' | 'area' | 'source' | 'check'>;

export interface VersionRow {
  readonly requirement_id: number;
  readonly code: string;
  readonly version: number;
  readonly at: Date;
  readonly author: string;
  readonly note: string;
  readonly content: Content;
  readonly binds: Requirement['binds'];
  readonly binds_from: string;
  readonly binds_until: string | null;
}

export const VERSION_COLUMNS = `v.requirement_id, r.code, v.version, v.at, v.author, v.note,
  v.content, v.binds, v.binds_from, v.binds_until`;

/**
 * The version of each requirement that binds on the day $1: the newest that has begun, unless it
 * has ended. Those before it do not come back.
 */
export const IN_FORCE = `(SELECT * FROM (
    SELECT DISTINCT ON (requirement_id) * FROM requirement_version
    WHERE binds_from <= $1::date ORDER BY requirement_id, version DESC) AS begun
  WHERE binds_until IS NULL OR binds_until > $1::date)`;

/** What binds now, as the evaluation needs it. */
export interface Binding {
  readonly requirementId: number;
  readonly version: number;
  readonly level: Requirement['binds'];
  readonly check: Check;
}

export async function bindingOn(sql: Sql, nowMs: number): Promise<Binding[]> {
  const rows = await sql.query<VersionRow>(
    `SELECT v.requirement_id, v.version, v.binds, v.content FROM ${IN_FORCE} AS v
     ORDER BY v.requirement_id`,
    [dayOf(nowMs)],
  );
  return rows.map(({ requirement_id: requirementId, version, binds: level, content }) => {
    return { requirementId, version, level, check: content.check };
  });
}

export function contentOf(row: Omit<VersionRow, 'code'>) {
  return {
    ...row.content,
    binds: row.binds,
    bindsFrom: row.binds_from,
    bindsUntil: row.binds_until,
  };
}

export function requirementOf(row: VersionRow & { in_force: number | null }): Requirement {
  return REQUIREMENT.parse({
    ...contentOf(row),
    id: row.requirement_id,
    code: row.code,
    version: row.version,
    versionInForce: row.in_force,
  });
}

export function versionOf(row: VersionRow): RequirementVersion {
  const { version, author, note } = row;
  return { ...contentOf(row), version, author, note, at: row.at.toISOString() };
}

export async function addVersion(
  sql: Sql,
  requirement: { readonly id: number; readonly organisationId: number; readonly version: number },
  content: RequirementWrite,
  by: { readonly author: string; readonly atMs: number },
): Promise<void> {
  const { nb, en, area, source, check, binds, bindsFrom, bindsUntil, note } = content;
  await sql.query(
    `INSERT INTO requirement_version (requirement_id, version, organisation_id, at, author, note,
       content, binds, binds_from, binds_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[requirement.id, requirement.version, requirement.organisationId],
      ...[new Date(by.atMs), by.author, note, JSON.stringify({ nb, en, area, source, check })],
      ...[binds, bindsFrom, bindsUntil],
    ],
  );
}

/** Enters what ships and is not in the register yet. Waits for a nation to enter it for. */
export async function enterNationalSet(db: Database, nowMs: number): Promise<void> {
  await db.transaction(SYSTEM, async (sql) => {
    const [nation] = await sql.query<{ id: number }>(
      `SELECT id FROM organisation WHERE kind = 'national'`,
    );
    const known = await sql.query<{ code: string }>('SELECT code FROM requirement');
    const codes = new Set(known.map(({ code }) => code));
    if (nation === undefined) return;
    for (const { code, ...shipped } of NATIONAL_SET.filter((one) => !codes.has(one.code))) {
      const [row] = await sql.query<{ id: number }>(
        'INSERT INTO requirement (organisation_id, code) VALUES ($1, $2) RETURNING id',
        [nation.id, code],
      );
      const content = { ...shipped, bindsFrom: dayOf(nowMs), bindsUntil: null, note: '' };
      const requirement = { id: row?.id ?? 0, organisationId: nation.id, version: 1 };
      await addVersion(sql, requirement, content, { author: 'platform', atMs: nowMs });
    }
  });
}
