// The log as it leaves the platform, as far as the asker sees it: JSON lines that can be verified
// alone, and syslog for those who collect.
//
//   {"format": "rmh-audit-1", "after": 0, "whole": true, "fields": [...]}
//   {"hash":"…","entry":[…]}   the entry is what was hashed, byte for byte
//   {"end": {…}}               the chain's head, and our signature of every byte above
import { createHash } from 'node:crypto';
import { EXPORT_AUDIT_QUERY } from '@rmh/contract/api';
import type { Scope, Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { type Ask, type RawReply, type Route, route } from '../http/route.ts';
import { admit } from '../identity/verbs.ts';
import { endLine, entryLine, FIELDS, FORMAT } from './export-lines.ts';
import { chainHead } from './heads.ts';
import { syslogLine } from './syslog.ts';

// Some 100 ms of the embedded database, and 1 MB while they are written.
const ENTRIES_AT_ONCE = 1_000;

export interface ExportEntry {
  readonly sequence: number;
  /** SHA-256 of `text`, hex. */
  readonly hash: string;
  /** The JSON array that was hashed. */
  readonly text: string;
}

async function someEntries(sql: Sql, after: number, upTo: number) {
  return await sql.query<ExportEntry>(
    `SELECT sequence, encode(hash, 'hex') AS hash, audit_text(a) AS text FROM audit a
     WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence LIMIT ${ENTRIES_AT_ONCE}`,
    [after, upTo],
  );
}

interface Exporting {
  readonly services: Ask['services'];
  readonly scope: Scope;
  readonly after: number;
  /** The head when the export began: what is written meanwhile waits for the next one. */
  readonly head: Awaited<ReturnType<typeof chainHead>>;
}

/** Entry by entry; false: the asker has gone. */
async function eachEntry(
  { services, scope, after, head }: Exporting,
  write: (entry: ExportEntry) => Promise<boolean>,
): Promise<boolean> {
  for (let last = after; ; ) {
    const entries = await services.db.transaction(scope, (sql) =>
      someEntries(sql, last, head.sequence),
    );
    for (const entry of entries) if (!(await write(entry))) return false;
    const end = entries.at(-1);
    if (end === undefined || entries.length < ENTRIES_AT_ONCE) return true;
    last = end.sequence;
  }
}

async function begin({ asker, services, query }: Ask<unknown, { after: number }>) {
  const admission = admit(asker, 'audit.read');
  if (admission.kind === 'refused') throw problem(admission.problem);
  const { scope } = admission;
  // The chain is one for the nation: whoever sees a part of it may know where it ends.
  const head = await services.db.transaction({ kind: 'system' }, chainHead);
  const exporting: Exporting = { services, scope, after: query.after, head };
  const [nation] = await services.db.transaction(scope, (sql) =>
    sql.query(`SELECT FROM organisation WHERE kind = 'national'`),
  );
  return { exporting, isWhole: nation !== undefined };
}

async function writeJsonLines(exporting: Exporting, isWhole: boolean, stream: RawReply) {
  const { services, after, head } = exporting;
  const digest = createHash('sha256');
  const write = async (text: string) => {
    digest.update(text);
    return await stream.write(text);
  };
  await write(`${JSON.stringify({ format: FORMAT, after, whole: isWhole, fields: FIELDS })}\n`);
  let entries = 0;
  const isRead = await eachEntry(exporting, (entry) => {
    entries++;
    return write(entryLine(entry));
  });
  if (!isRead) return;
  const atMs = services.nowMs();
  const end = { entries, ...head, atMs, sha256: digest.digest('hex') };
  await stream.write(endLine(services.vault.identity('audit'), end));
}

const asFile = (name: string, type: string) => ({
  'content-type': type,
  'content-disposition': `attachment; filename="${name}"`,
});

const jsonLines = route({
  id: 'exports.audit.jsonl',
  method: 'GET',
  path: '/exports/audit.jsonl',
  summary: 'The audit log as JSON lines with its chain, signed: `rmh audit verify --in`',
  access: 'audit.read',
  query: EXPORT_AUDIT_QUERY,
  reply: null,
  noTransaction: true,
  perMinute: 10,
  async answer(ask) {
    const { exporting, isWhole } = await begin(ask);
    return {
      headers: asFile('audit.jsonl', 'application/jsonl; charset=utf-8'),
      raw: (stream) => writeJsonLines(exporting, isWhole, stream),
    };
  },
});

const syslog = route({
  id: 'exports.audit.syslog',
  method: 'GET',
  path: '/exports/audit.syslog',
  summary: 'The audit log as lines of syslog (RFC 5424), the oldest first',
  access: 'audit.read',
  query: EXPORT_AUDIT_QUERY,
  reply: null,
  noTransaction: true,
  perMinute: 10,
  async answer(ask) {
    const { exporting } = await begin(ask);
    const host = new URL(ask.services.publicUrl).hostname;
    return {
      headers: asFile('audit.log', 'text/plain; charset=utf-8'),
      raw: async (stream) => {
        await eachEntry(exporting, (entry) => stream.write(syslogLine(host, entry)));
      },
    };
  },
});

export const exportRoutes: readonly Route[] = [jsonLines, syslog];
