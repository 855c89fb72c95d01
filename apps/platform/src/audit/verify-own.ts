// The platform's own log against its own signed heads: of the table, of the data directory, and
// one that somebody kept elsewhere.
import { SYSTEM } from '../db/database.ts';
import type { Services } from '../services.ts';
import { headFile, readHeadFile } from './heads.ts';
import { type AuditVerdict, type Mark, verifyAudit } from './verify.ts';

type Own = Pick<Services, 'db' | 'vault' | 'settings'>;

export async function verifyOwn(own: Own, kept: Mark | null): Promise<AuditVerdict> {
  const { db, vault, settings } = own;
  const inFile = readHeadFile(headFile(settings.dataDirectory));
  const { publicKey: key } = vault.identity('audit');
  return await db.transaction(SYSTEM, (sql) => verifyAudit(sql, { key, inFile, kept }));
}
