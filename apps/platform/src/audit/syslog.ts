// An entry as a line of syslog (RFC 5424). What people search for stands in the structured data;
// the message is the entry as it was hashed.
import { entryOf } from './export-lines.ts';

// Facility 13, log audit, and severity 5, normal but significant: 13 × 8 + 5 (clause 6.2.1).
const PRIORITY = 109;
// A number for what has none of its own (RFC 5612).
const SD_ID = 'rmhAudit@32473';
// Clause 6.2.7: at most 32 printable characters of US-ASCII.
const MSGID_MOST = 32;
// Clause 6.4: a byte order mark says that the message is UTF-8.
const BOM = '\uFEFF';

interface SyslogEntry {
  readonly hash: string;
  readonly text: string;
}

export function syslogLine(host: string, { hash, text }: SyslogEntry): string {
  const entry = entryOf(text);
  // Ours, from our own table: still a line, so that none is lost.
  if (entry === null) return `<${PRIORITY}>1 - ${host} rmh-platform - - - ${BOM}${text}\n`;
  const { sequence, atMs, organisationId, actor, action, reason, requestId } = entry;
  const object =
    entry.objectId === null ? entry.objectKind : `${entry.objectKind}:${entry.objectId}`;
  const data = Object.entries({ sequence, actor, object, organisationId, reason, requestId, hash })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}="${paramValue(String(value))}"`)
    .join('');
  const at = new Date(atMs).toISOString();
  const id = action.replaceAll(/[^\x21-\x7e]/g, '_').slice(0, MSGID_MOST);
  return `<${PRIORITY}>1 ${at} ${host} rmh-platform - ${id} [${SD_ID}${data}] ${BOM}${text}\n`;
}

/** Clause 6.3.3 escapes three characters; a line end in a reason would begin another entry. */
function paramValue(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ').replaceAll(/["\\\]]/g, '\\$&');
}
