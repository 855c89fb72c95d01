// Service tokens: other systems that ask, with the verbs that they were given and no others.
import type { Verb } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import type { Asker } from './asker.ts';
import { hashOf, newSecret } from './secrets.ts';

const PREFIX = 'rmh_';
// Used-at is for seeing which tokens nobody needs; to the hour is enough.
const TOUCH_MS = 3_600_000;

/** A prefix lets secret scanners find it where it should not be. */
export function newServiceToken(): string {
  return PREFIX + newSecret();
}

export async function findServiceToken(
  sql: Sql,
  token: string,
  nowMs: number,
): Promise<Extract<Asker, { kind: 'service' }> | null> {
  if (!token.startsWith(PREFIX)) return null;
  const [row] = await sql.query<{
    id: number;
    organisation_id: number;
    name: string;
    verbs: Verb[];
    used_at: Date | null;
  }>(
    `SELECT id, organisation_id, name, verbs, used_at FROM service_token
     WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > $2`,
    [hashOf(token), new Date(nowMs)],
  );
  if (row === undefined) return null;
  if (nowMs - (row.used_at?.getTime() ?? 0) > TOUCH_MS) {
    await sql.query('UPDATE service_token SET used_at = $2 WHERE id = $1', [
      row.id,
      new Date(nowMs),
    ]);
  }
  const { id: tokenId, organisation_id: organisationId, name, verbs } = row;
  return { kind: 'service', tokenId, name, organisationId, verbs };
}
