// The key that evidence is signed with: made when first needed, sealed in the database, the same
// for all processes. Its public half is for everybody; older ones stay for what they signed.
import { randomBytes } from 'node:crypto';
import { EVIDENCE_KEY, pageOf } from '@rmh/contract/api';
import { IDENTITY_KEY_BYTES, Identity } from '@rmh/contract/daemon';
import type { Sql } from '../db/database.ts';
import { route } from '../http/route.ts';
import type { Vault } from '../services.ts';
import { keyIdOf } from './pack.ts';

/** As system. */
export async function signingKey(sql: Sql, vault: Vault, nowMs: number): Promise<Identity> {
  // Two processes may need the first one at once. 7265010 is made up.
  await sql.query('SELECT pg_advisory_xact_lock(7265010)');
  const [kept] = await sql.query<{ secret: Uint8Array }>(
    'SELECT secret FROM evidence_key ORDER BY made_at DESC LIMIT 1',
  );
  if (kept !== undefined) return new Identity(vault.open(kept.secret));
  const seed = randomBytes(IDENTITY_KEY_BYTES);
  const identity = new Identity(seed);
  await sql.query(
    'INSERT INTO evidence_key (key_id, public_key, secret, made_at) VALUES ($1, $2, $3, $4)',
    [keyIdOf(identity.publicKey), identity.publicKey, vault.seal(seed), new Date(nowMs)],
  );
  seed.fill(0);
  return identity;
}

export const listEvidenceKeys = route({
  id: 'evidenceKeys.list',
  method: 'GET',
  path: '/evidence-keys',
  summary: 'Public keys of the evidence, the newest first: for anybody who was given a pack',
  access: 'open',
  reply: pageOf(EVIDENCE_KEY),
  async answer({ sql }) {
    // One a lifetime, as a rule.
    const rows = await sql.query<{ key_id: string; public_key: string; made_at: Date }>(
      'SELECT key_id, public_key, made_at FROM evidence_key ORDER BY made_at DESC LIMIT 100',
    );
    const items = rows.map(({ key_id: keyId, public_key: publicKey, made_at: madeAt }) => ({
      keyId,
      publicKey,
      madeAt: madeAt.toISOString(),
    }));
    return { body: { items, next: null } };
  },
});
