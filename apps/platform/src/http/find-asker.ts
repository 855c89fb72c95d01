// Who asks: a session cookie, a service token or a machine's proof. Nothing of it: nobody.
import { WHO_ASKS } from '../db/database.ts';
import type { Asker } from '../identity/asker.ts';
import type { MachineGate } from '../identity/machines.ts';
import { findSession } from '../identity/sessions.ts';
import { findServiceToken } from '../identity/tokens.ts';
import type { Services } from '../services.ts';
import { problem } from './problem.ts';

/** What of a request tells who asks. */
export interface Credentials {
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly method: string;
  /** Path and query as they stand in the request line. */
  readonly path: string;
  readonly body: Uint8Array | null;
}

export interface Found {
  readonly asker: Asker;
  /** Set for a session: writes must repeat it in a header (CSRF). */
  readonly csrf: string | null;
}

const NOBODY: Found = { asker: { kind: 'nobody' }, csrf: null };

/** Throws the problem 'proof-for-another', to a machine that proved itself to another process. */
export async function findAsker(
  { db, nowMs, settings }: Pick<Services, 'db' | 'nowMs' | 'settings'>,
  gate: MachineGate,
  { authorization, cookie, method, path, body }: Credentials,
): Promise<Found> {
  if (authorization?.startsWith('RMH-Proof ')) {
    const asker = await gate.find(authorization, { method, path, body }, nowMs());
    if (asker === 'elsewhere') throw problem('proof-for-another');
    return asker === null ? NOBODY : { asker, csrf: null };
  }
  if (authorization?.startsWith('Bearer ')) {
    const token = authorization.slice('Bearer '.length);
    const asker = await db.transaction(WHO_ASKS, (sql) => findServiceToken(sql, token, nowMs()));
    return asker === null ? NOBODY : { asker, csrf: null };
  }
  if (cookie !== undefined) {
    const found = await db.transaction(WHO_ASKS, (sql) =>
      findSession(sql, cookie, nowMs(), settings.session),
    );
    if (found !== null) return found;
  }
  return NOBODY;
}
