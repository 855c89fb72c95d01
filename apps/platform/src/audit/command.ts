// `rmh audit verify`: from argv to exit code.
import { join } from 'node:path';
import { RmhError } from '@rmh/contract';
import { EXIT, parseOptions } from '@rmh/contract/daemon';
import { loadSettings } from '../load.ts';
import { viaControl, withDatabase } from '../offline.ts';
import type { PlatformSettings } from '../settings.ts';
import { openVault } from '../vault.ts';
import type { ExportEnd } from './export-lines.ts';
import { AUDIT_FLAWS, type AuditVerdict, type Mark } from './verify.ts';
import { type FileVerdict, verifyFile } from './verify-file.ts';
import { verifyOwn } from './verify-own.ts';

const USAGE = `Usage: rmh audit verify --in EXPORT
       rmh audit verify --config FILE [--in EXPORT]

Is the audit log as it was written (docs/audit.md)? Says which entry was altered, taken away or
moved.
  --in EXPORT    of an exported log (JSON lines), which needs no platform
  --config FILE  of the platform's database; with --in, also whether the database still holds what
                 was exported, and whether this platform signed it
Exit: 0 whole, 1 cannot be read now, 2 it is not whole.
`;

const OPTIONS = {
  config: { type: 'string' },
  in: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

export async function runAudit(argv: string[]): Promise<number> {
  try {
    const { values, words } = parseOptions(argv, OPTIONS, 1);
    if (values['help'] === true) {
      process.stdout.write(USAGE);
      return EXIT.done;
    }
    const { config, in: file } = values;
    const [verb] = words;
    if (verb !== 'verify') throw new RmhError('RMH_USAGE', 'say: rmh audit verify');
    const exported = typeof file === 'string' ? await ofFile(file) : null;
    if (exported === 'broken') return EXIT.cannotHeal;
    if (typeof config === 'string') return await ofDatabase(loadSettings(config), exported);
    if (exported === null) throw new RmhError('RMH_USAGE', '--in or --config is missing');
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof RmhError)) throw error;
    process.stderr.write(`${error.describe()}\n`);
    return error.heals ? EXIT.failed : EXIT.cannotHeal;
  }
}

async function ofFile(path: string): Promise<ExportEnd | 'broken'> {
  const verdict = await read(path);
  if (verdict.kind === 'broken') return tell(path, verdict);
  const { end } = verdict;
  const at = new Date(end.atMs).toISOString();
  process.stdout.write(
    `${path}: ${end.entries} entries, whole, up to ${end.sequence}; signed ${at} by ${end.key}\n`,
  );
  return end;
}

async function read(path: string): Promise<FileVerdict> {
  try {
    return await verifyFile(path);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new RmhError('RMH_CONFIG_UNREADABLE', message, { cause: error });
  }
}

async function ofDatabase(settings: PlatformSettings, end: ExportEnd | null): Promise<number> {
  const verdict = await ask(settings, end);
  if (verdict.kind === 'broken') {
    tell('the database', verdict);
    return EXIT.cannotHeal;
  }
  const { entries, head, signedTo, key } = verdict;
  if (end !== null && end.key !== key) {
    process.stderr.write(`the export is signed by another key than this platform's, ${key}\n`);
    return EXIT.cannotHeal;
  }
  const vouched = `vouched for up to ${signedTo} by ${key}`;
  process.stdout.write(`the database: ${entries} entries, whole; head ${head}; ${vouched}\n`);
  return EXIT.done;
}

async function ask(settings: PlatformSettings, kept: Mark | null): Promise<AuditVerdict> {
  const query = kept === null ? '' : `?sequence=${kept.sequence}&hash=${kept.hash}`;
  const answered = await viaControl(settings, `/audit${query}`);
  if (answered !== null) return JSON.parse(answered) as AuditVerdict;
  const vault = openVault(join(settings.dataDirectory, 'vault.key'));
  return await withDatabase(settings, (db) => verifyOwn({ db, vault, settings }, kept));
}

type Broken = Extract<FileVerdict | AuditVerdict, { kind: 'broken' }>;

function tell(where: string, { sequence, flaw }: Broken): 'broken' {
  const which = sequence === null ? 'something outside the entries' : `entry ${sequence}`;
  process.stderr.write(`${where}: ${which} ${AUDIT_FLAWS[flaw]}\n`);
  return 'broken';
}
