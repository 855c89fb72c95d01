// The same Idempotency-Key gets the same answer for a day: whoever lost an answer may ask again.
// The row is made in the transaction of the answer, so both are there or neither; a second request
// at the same moment waits for the first one's commit. Answers are kept sealed, as some hold a
// secret that is shown once.
import { createHash } from 'node:crypto';
import type { Sql } from '../db/database.ts';
import type { Job, Vault } from '../services.ts';
import { problem } from './problem.ts';
import type { Answer } from './route.ts';

const KEPT_MS = 86_400_000;

export interface Key {
  readonly asker: string;
  readonly key: string;
  readonly requestHash: Uint8Array;
}

/** Throws a problem where the header is missing or no key. */
export function readKey(
  header: unknown,
  asker: string,
  parts: readonly (string | Uint8Array)[],
): Key {
  if (typeof header !== 'string' || !/^[\x21-\x7e]{8,200}$/.test(header)) {
    throw problem('bad-request', 'give an Idempotency-Key of 8 to 200 characters');
  }
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  return { asker, key: header, requestHash: hash.digest() };
}

/** What was answered to the key before, or the answer of `make`, which is then remembered. */
export async function once(
  sql: Sql,
  vault: Vault,
  { asker, key, requestHash }: Key,
  nowMs: number,
  make: () => Promise<Answer>,
): Promise<Answer> {
  const fresh = await sql.query(
    `INSERT INTO idempotency (asker, key, request_hash, created_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING RETURNING key`,
    [asker, key, requestHash, new Date(nowMs)],
  );
  if (fresh.length === 0) return await remembered(sql, vault, { asker, key, requestHash });
  const answer = await make();
  const { status = 200, body, version, headers } = answer;
  const kept = Buffer.from(JSON.stringify({ body, version, headers }));
  await sql.query('UPDATE idempotency SET status = $3, body = $4 WHERE asker = $1 AND key = $2', [
    asker,
    key,
    status,
    Buffer.from(vault.seal(kept)).toString('base64'),
  ]);
  return answer;
}

async function remembered(
  sql: Sql,
  vault: Vault,
  { asker, key, requestHash }: Key,
): Promise<Answer> {
  const [row] = await sql.query<{ request_hash: Uint8Array; status: 200; body: string }>(
    'SELECT request_hash, status, body FROM idempotency WHERE asker = $1 AND key = $2',
    [asker, key],
  );
  if (row === undefined || !Buffer.from(row.request_hash).equals(requestHash)) {
    throw problem('conflict', 'this Idempotency-Key was used for another request');
  }
  const kept = Buffer.from(vault.open(Buffer.from(row.body, 'base64'))).toString();
  return { ...(JSON.parse(kept) as Answer), status: row.status };
}

export const forgetKeys: Job = {
  name: 'idempotency.forget',
  everyMs: 3_600_000,
  async run({ db, nowMs }) {
    await db.transaction({ kind: 'system' }, (sql) =>
      sql.query('DELETE FROM idempotency WHERE created_at < $1', [new Date(nowMs() - KEPT_MS)]),
    );
  },
};
