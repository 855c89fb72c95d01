// `rmh platform …`: from argv to exit code.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { RmhError } from '@rmh/contract';
import { EXIT, openLog, parseOptions } from '@rmh/contract/daemon';
import { checkPack } from './carriers/command.ts';
import { askControl } from './control.ts';
import { dumpStream, moveDatabase, readBackup, writeBackup } from './db/backup-file.ts';
import { signInLink } from './first-run.ts';
import { ProblemError } from './http/problem.ts';
import { installationToken } from './installation-token.ts';
import { loadSettings } from './load.ts';
import { viaControl, withDatabase } from './offline.ts';
import { CONSOLE_DIRECTORY, type Platform, servicesOf, startPlatform } from './program.ts';
import type { PlatformSettings } from './settings.ts';

const USAGE = `Usage: rmh platform --config FILE [--check]
       rmh platform build
       rmh platform link    --config FILE [--user NAME_OR_EMAIL]
       rmh platform token   --config FILE --name NAME [--hours N]
       rmh platform backup  --config FILE --out BACKUP
       rmh platform restore --config FILE --in BACKUP
       rmh platform move    --config FILE --to OTHER_FILE
       rmh platform evidence --in PACK --key PUBLIC_KEY

Runs the national platform until SIGTERM or Ctrl-C (docs/platform.md).
  build    builds the console from its sources, where one is newer than what was built
  link     makes a one-time link to sign in with
  token    makes a token for a script that installs gateways and units, for 8 hours unless said
  backup   writes everything into one file; the platform may run meanwhile
  restore  reads it into an empty database; the platform is stopped
  move     copies everything into the empty database that OTHER_FILE names
  evidence checks a signed pack of evidence; needs no platform (docs/carriers.md)
Exit: 0 done, 1 failed and may heal, 2 a person must mend something.
`;

export async function runPlatform(argv: string[]): Promise<number> {
  try {
    const { values, words } = parseOptions(argv, OPTIONS, 1);
    if (values['help'] === true) {
      process.stdout.write(USAGE);
      return EXIT.done;
    }
    const [verb = 'run'] = words;
    if (verb === 'build') return await build();
    if (verb === 'evidence') return checkPack(needed(values, 'in'), needed(values, 'key'));
    return await perform(verb, loadSettings(needed(values, 'config')), values);
  } catch (error) {
    if (error instanceof ProblemError) {
      process.stderr.write(`${error.message}\n`);
      return EXIT.cannotHeal;
    }
    if (!(error instanceof RmhError)) throw error;
    process.stderr.write(`${error.describe()}\n`);
    return error.heals ? EXIT.failed : EXIT.cannotHeal;
  }
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

const OPTIONS = {
  config: { type: 'string' },
  check: { type: 'boolean' },
  user: { type: 'string' },
  name: { type: 'string' },
  hours: { type: 'string' },
  out: { type: 'string' },
  in: { type: 'string' },
  to: { type: 'string' },
  key: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

function needed(values: Values, name: keyof typeof OPTIONS): string {
  const value = values[name];
  if (typeof value === 'string') return value;
  throw new RmhError('RMH_USAGE', `--${name} is missing`);
}

async function perform(verb: string, settings: PlatformSettings, values: Values): Promise<number> {
  switch (verb) {
    case 'run':
      return values['check'] === true ? check(settings) : await run(settings);
    case 'link':
      return await link(settings, values['user']);
    case 'token':
      return await token(settings, needed(values, 'name'), values['hours']);
    case 'backup':
      return await backup(settings, needed(values, 'out'));
    case 'restore':
      return await restore(settings, needed(values, 'in'));
    case 'move':
      return await move(settings, loadSettings(needed(values, 'to')));
    default:
      throw new RmhError('RMH_USAGE', `"${verb}" is no command of rmh platform`);
  }
}

// A process of its own: what builds the console is loaded by nobody else.
async function build(): Promise<number> {
  const script = join(CONSOLE_DIRECTORY, '../src/build/main.ts');
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code === 0) process.stdout.write(`${CONSOLE_DIRECTORY}\n`);
  return code === 0 ? EXIT.done : EXIT.cannotHeal;
}

function check({ databaseUrl, dataDirectory }: PlatformSettings): number {
  const where =
    databaseUrl === undefined ? `the embedded database in ${dataDirectory}` : 'PostgreSQL';
  process.stdout.write(`ok, platform with ${where}\n`);
  return EXIT.done;
}

async function run(settings: PlatformSettings): Promise<number> {
  const asked = Promise.withResolvers<string>();
  const stop = (signal: string) => asked.resolve(signal);
  process.on('SIGTERM', stop).on('SIGINT', stop);
  const platform: Platform = await startPlatform(settings);
  await platform.stop(await asked.promise);
  return EXIT.done;
}

async function link(settings: PlatformSettings, user: Values[string]): Promise<number> {
  const name = typeof user === 'string' ? user : null;
  const query = name === null ? '' : `?user=${encodeURIComponent(name)}`;
  const answered = await viaControl(settings, `/link${query}`);
  const address =
    answered ??
    (await withDatabase(settings, (db) => {
      const services = servicesOf(settings, db, openLog('rmh-platform', 'error'), null);
      return signInLink(services, name);
    }));
  process.stdout.write(`${address}\n`);
  return EXIT.done;
}

const HOURS = 8;

async function token(settings: PlatformSettings, name: string, asked: Values[string]) {
  const hours = asked === undefined ? HOURS : Number(asked);
  if (!(hours > 0)) throw new RmhError('RMH_USAGE', '--hours is no number above 0');
  const query = new URLSearchParams({ name, hours: String(hours) }).toString();
  const secret =
    (await viaControl(settings, `/token?${query}`)) ??
    (await withDatabase(settings, (db) => installationToken(db, name, hours, Date.now())));
  process.stdout.write(`${secret}\n`);
  return EXIT.done;
}

async function backup(settings: PlatformSettings, file: string): Promise<number> {
  // PostgreSQL is read beside the platform that runs; the embedded database only through it.
  const answer =
    settings.databaseUrl === undefined ? await askControl(settings.dataDirectory, '/backup') : null;
  if (answer === null) {
    await withDatabase(settings, (db) => writeBackup(dumpStream(db), file));
  } else {
    await writeBackup(answer.body, file);
  }
  process.stdout.write(`${file}\nKeep it with ${join(settings.dataDirectory, 'vault.key')}\n`);
  return EXIT.done;
}

async function restore(settings: PlatformSettings, file: string): Promise<number> {
  const rows = await withDatabase(settings, (db) => readBackup(db, file));
  process.stdout.write(`${rows} rows\n`);
  return EXIT.done;
}

const CARRIED = ['vault.key', 'certificate.pem', 'certificate.key', 'audit-head.json'];

async function move(from: PlatformSettings, to: PlatformSettings): Promise<number> {
  const rows = await withDatabase(from, (source) =>
    withDatabase(to, (target) => moveDatabase(source, target)),
  );
  if (from.dataDirectory !== to.dataDirectory) {
    // What is sealed in the database opens with the same key, and machines know the certificate.
    for (const name of CARRIED) {
      const source = join(from.dataDirectory, name);
      if (existsSync(source)) cpSync(source, join(to.dataDirectory, name));
    }
  }
  process.stdout.write(`${rows} rows\n`);
  return EXIT.done;
}
