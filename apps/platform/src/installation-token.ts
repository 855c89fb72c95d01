// A token for whoever installs the service by commands: made on the platform's own machine, by its
// administrator, for hours and not for months.
import { TEXT, type Verb } from '@rmh/contract/api';
import { type Database, SYSTEM } from './db/database.ts';
import { problem } from './http/problem.ts';
import { audit } from './identity/audit.ts';
import { hashOf } from './identity/secrets.ts';
import { newServiceToken } from './identity/tokens.ts';

const HOUR_MS = 3_600_000;
/** A week: longer ones are made in the console, where they are seen and revoked. */
const HOURS_MOST = 168;

// What it takes to go from an empty platform to vehicles on the road; nothing that gives rights.
const VERBS = [
  'organisation.read',
  'organisation.write',
  'carrier.write',
  'gateway.read',
  'gateway.write',
  'vehicle.read',
  'vehicle.write',
  'unit.enrol',
  'settings.read',
] as const satisfies Verb[];

/** Returns the secret, which is shown once; the audit log tells that it was made. */
export function installationToken(
  db: Database,
  name: string,
  hours: number,
  nowMs: number,
): Promise<string> {
  if (!TEXT.safeParse(name).success) throw problem('bad-request', 'the name is empty or too long');
  if (!(hours > 0 && hours <= HOURS_MOST)) {
    throw problem('bad-request', `a token of this kind is for at most ${HOURS_MOST} hours`);
  }
  const secret = newServiceToken();
  const expiresAt = new Date(nowMs + hours * HOUR_MS);
  return db.transaction(SYSTEM, async (sql) => {
    const [row] = await sql.query<{ id: number; organisation_id: number }>(
      `INSERT INTO service_token (organisation_id, name, verbs, token_hash, created_at, expires_at)
       SELECT id, $1, $2, $3, $4, $5 FROM organisation WHERE kind = 'national'
       RETURNING id, organisation_id`,
      [name, VERBS, hashOf(secret), new Date(nowMs), expiresAt],
    );
    if (row === undefined) throw problem('conflict', 'the platform has not been started yet');
    await audit(sql, {
      actor: 'administrator of the machine',
      nowMs,
      action: 'service-token.create',
      organisationId: row.organisation_id,
      object: { kind: 'service-token', id: row.id },
      after: { name, verbs: VERBS, expiresAt },
    });
    return secret;
  });
}
