import type { Grant, User } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';

export interface UserRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly name: string;
  readonly email: string | null;
  readonly active: boolean;
  readonly last_seen_at: Date | null;
  readonly version: number;
  readonly grants: Grant[] | null;
}

export const USER_COLUMNS = `u.id, u.organisation_id, u.name, u.email, u.active, u.last_seen_at,
  u.version, (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('role', g.role,
    'organisationId', g.organisation_id, 'carrierId', g.carrier_id))
    ORDER BY g.organisation_id, g.role)
    FROM user_grant g WHERE g.user_id = u.id) AS grants`;

export async function userById(sql: Sql, userId: number): Promise<User | null> {
  const [row] = await sql.query<UserRow>(`SELECT ${USER_COLUMNS} FROM app_user u WHERE u.id = $1`, [
    userId,
  ]);
  return row === undefined ? null : userOf(row);
}

export function userOf(row: UserRow): User {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    name: row.name,
    email: row.email,
    grants: row.grants ?? [],
    active: row.active,
    lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    version: row.version,
  };
}
