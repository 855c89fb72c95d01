// Which organisations an asker sees, read anew from the database: a stream lives longer than the
// request that opened it, and grants change meanwhile.
import { mayDo, type Role, type Verb } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import type { Asker } from '../identity/asker.ts';

export interface Sight {
  /** Organisations whose vehicles, and whose alarms, may be seen. */
  readonly vehicles: ReadonlySet<number>;
  readonly alarms: ReadonlySet<number>;
}

export const BLIND: Sight = { vehicles: new Set(), alarms: new Set() };

/** 'user:7', 'service:3': the same for all streams of one asker. */
export function askerKey(asker: Asker): string {
  if (asker.kind === 'user') return `user:${asker.userId}`;
  return asker.kind === 'service' ? `service:${asker.tokenId}` : asker.kind;
}

/** One look for all streams of a process. An asker that is missing may see nothing any more. */
export async function readSights(
  sql: Sql,
  askers: readonly Asker[],
  nowMs: number,
): Promise<ReadonlyMap<string, Sight>> {
  const roots = [...(await userRoots(sql, askers)), ...(await tokenRoots(sql, askers, nowMs))];
  const below = await readTree(sql, [...new Set(roots.flatMap((root) => root.organisationIds))]);
  const organisations = (key: string, verb: Verb) =>
    new Set(
      roots
        .filter((root) => root.key === key && root.verb === verb)
        .flatMap((root) => root.organisationIds.flatMap((id) => below.get(id) ?? [])),
    );
  return new Map(
    [...new Set(roots.map(({ key }) => key))].map((key) => [
      key,
      {
        vehicles: organisations(key, 'vehicle.read'),
        alarms: organisations(key, 'alarm.read'),
      },
    ]),
  );
}

interface Root {
  readonly key: string;
  readonly verb: Verb;
  readonly organisationIds: readonly number[];
}

const VERBS_OF_STREAM = ['vehicle.read', 'alarm.read'] as const;

async function userRoots(sql: Sql, askers: readonly Asker[]): Promise<Root[]> {
  const ids = askers.flatMap((asker) => (asker.kind === 'user' ? [asker.userId] : []));
  if (ids.length === 0) return [];
  const grants = await sql.query<{ user_id: number; role: Role; organisation_id: number }>(
    `SELECT g.user_id, g.role, g.organisation_id FROM user_grant g
     JOIN app_user u ON u.id = g.user_id AND u.active WHERE u.id = ANY ($1::integer[])`,
    [ids],
  );
  return grants.flatMap((grant) =>
    VERBS_OF_STREAM.filter((verb) => mayDo(grant.role, verb)).map((verb) => ({
      key: `user:${grant.user_id}`,
      verb,
      organisationIds: [grant.organisation_id],
    })),
  );
}

async function tokenRoots(sql: Sql, askers: readonly Asker[], nowMs: number): Promise<Root[]> {
  const ids = askers.flatMap((asker) => (asker.kind === 'service' ? [asker.tokenId] : []));
  if (ids.length === 0) return [];
  const tokens = await sql.query<{ id: number; verbs: string[]; organisation_id: number }>(
    `SELECT id, verbs, organisation_id FROM service_token WHERE id = ANY ($1::integer[])
     AND revoked_at IS NULL AND expires_at > to_timestamp($2::float8 / 1000)`,
    [ids, nowMs],
  );
  return tokens.flatMap((token) =>
    VERBS_OF_STREAM.filter((verb) => token.verbs.includes(verb)).map((verb) => ({
      key: `service:${token.id}`,
      verb,
      organisationIds: [token.organisation_id],
    })),
  );
}

async function readTree(sql: Sql, roots: readonly number[]): Promise<Map<number, number[]>> {
  const below = new Map<number, number[]>();
  const rows = await sql.query<{ ancestor_id: number; organisation_id: number }>(
    `SELECT ancestor_id, organisation_id FROM organisation_tree
     WHERE ancestor_id = ANY ($1::integer[])`,
    [roots],
  );
  for (const { ancestor_id, organisation_id } of rows) {
    const list = below.get(ancestor_id);
    if (list === undefined) below.set(ancestor_id, [organisation_id]);
    else list.push(organisation_id);
  }
  return below;
}

/** Users that still have a session: somebody who signed out everywhere sees nothing more. */
export async function readSignedIn(
  sql: Sql,
  askers: readonly Asker[],
  nowMs: number,
): Promise<ReadonlySet<number>> {
  const ids = askers.flatMap((asker) => (asker.kind === 'user' ? [asker.userId] : []));
  const rows = await sql.query<{ user_id: number }>(
    `SELECT DISTINCT user_id FROM session
     WHERE user_id = ANY ($1::integer[]) AND expires_at > to_timestamp($2::float8 / 1000)`,
    [ids, nowMs],
  );
  return new Set(rows.map(({ user_id }) => user_id));
}

/** The part of a sight at or below one organisation; null: all of it. */
export async function narrow(
  sql: Sql,
  sight: Sight,
  organisationId: number | null,
): Promise<Sight> {
  if (organisationId === null) return sight;
  const below = new Set((await readTree(sql, [organisationId])).get(organisationId));
  return {
    vehicles: below.intersection(sight.vehicles),
    alarms: below.intersection(sight.alarms),
  };
}
