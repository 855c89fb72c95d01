// ./rmh drives: what drives there are, what they are like, and new ones from the model.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { DriveError } from './drives/columns.ts';
import { describeFigures, measureDrive } from './drives/fit.ts';
import { MINUTES_MAX } from './drives/model/generate.ts';
import { isProfile, PROFILES } from './drives/model/parameters.ts';
import { generatePasses, PASSES_MAX } from './drives/model/passes.ts';
import { readDrive } from './drives/read.ts';
import { drivePath, SHIPPED_DRIVES } from './drives/shipped.ts';

const USAGE = `usage: rmh drives <command>
  list                                   the drives that come with the project
  measure FILE [--from MS] [--to MS] [--json]   outages, correlation, rates, RTT of a drive
  generate --profile P --out FILE [--seed N] [--minutes M] [--passes N --recurrence R]
                                         a drive from the model; P: ${PROFILES.join(', ')};
                                         or N passes of one road, on which the share R of all
                                         outages (0 to 1) belongs to its places
FILE is .csv or .csv.gz, or the name of a drive that comes with the project.`;

class UsageError extends Error {}

export async function run(argv: string[]): Promise<number> {
  const [command = '', ...rest] = argv;
  try {
    if (command === '--help' || command === '-h' || command === 'help') return say(USAGE);
    if (command === 'list') return await list();
    if (command === 'measure') return await measure(rest);
    if (command === 'generate') return await generate(rest);
    throw new UsageError(command === '' ? 'which command?' : `no command "${command}"`);
  } catch (error) {
    const { isUsage, message } = describeError(error);
    process.stderr.write(`rmh drives: ${message}\n${isUsage ? `${USAGE}\n` : ''}`);
    return isUsage ? 2 : 1;
  }
}

async function list(): Promise<number> {
  for (const { name, path } of SHIPPED_DRIVES) {
    const drive = await readDrive(path);
    const minutes = Math.round((drive.toMs - drive.fromMs) / 60_000);
    say(`${name.padEnd(10)} ${minutes} min  ${drive.carriers.join(', ')}  (generated)  ${path}`);
  }
  return 0;
}

async function measure(argv: string[]): Promise<number> {
  const { values, positionals } = parse(argv, {
    from: { type: 'string' },
    to: { type: 'string' },
    json: { type: 'boolean' },
  });
  const [file, more] = positionals;
  if (file === undefined || more !== undefined) throw new UsageError('measure takes one FILE');
  const drive = await readDrive(drivePath(file));
  const window = drive.window(numberOf(values['from'], '--from'), numberOf(values['to'], '--to'));
  const figures = measureDrive(drive, window);
  return say(values['json'] === true ? JSON.stringify(figures, null, 2) : describeFigures(figures));
}

async function generate(argv: string[]): Promise<number> {
  const { values } = parse(argv, {
    profile: { type: 'string' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    passes: { type: 'string' },
    recurrence: { type: 'string' },
    out: { type: 'string' },
  });
  const { profile, out } = values;
  if (typeof profile !== 'string' || !isProfile(profile)) {
    throw new UsageError(`--profile is one of ${PROFILES.join(', ')}`);
  }
  if (typeof out !== 'string') throw new UsageError('--out names the file to write');
  const match = /^(.+)(\.csv(?:\.gz)?)$/.exec(out);
  if (match === null) throw new UsageError('--out ends in .csv or .csv.gz');
  const minutes = numberOf(values['minutes'], '--minutes') ?? 15;
  if (!(minutes >= 1 && minutes <= MINUTES_MAX)) {
    throw new UsageError(`--minutes is 1 to ${MINUTES_MAX}`);
  }
  const seed = numberOf(values['seed'], '--seed') ?? 1;
  const passes = numberOf(values['passes'], '--passes') ?? 1;
  if (!(Number.isInteger(passes) && passes >= 1 && passes <= PASSES_MAX)) {
    throw new UsageError(`--passes is 1 to ${PASSES_MAX}`);
  }
  const recurrence = numberOf(values['recurrence'], '--recurrence') ?? 0;
  if (recurrence > 1) throw new UsageError('--recurrence is 0 to 1');
  const drive = generatePasses({ profile, seed, minutes, passes, recurrence });
  const probePath = `${match[1]}.probe${match[2]}`;
  await writeLines(out, drive.rows);
  await writeLines(probePath, drive.probes);
  const length = passes === 1 ? `${minutes} min` : `${passes} passes of ${minutes} min`;
  return say(`wrote ${out} and ${probePath}: ${profile}, seed ${seed}, ${length}, generated`);
}

async function writeLines(path: string, lines: readonly string[]): Promise<void> {
  const text = `${lines.join('\n')}\n`;
  await writeFile(path, path.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text);
}

type Options = NonNullable<Parameters<typeof parseArgs>[0]>['options'];

function parse(argv: string[], options: Options) {
  try {
    return parseArgs({ args: argv, options: options ?? {}, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function numberOf(value: unknown, option: string): number | undefined {
  if (typeof value !== 'string') return undefined;
  if (/^\d{1,16}(\.\d+)?$/.test(value)) return Number(value);
  throw new UsageError(`${option} "${value}" is no number`);
}

function describeError(error: unknown): { isUsage: boolean; message: string } {
  if (error instanceof UsageError) return { isUsage: true, message: error.message };
  const isWorld = error instanceof DriveError || (error instanceof Error && 'code' in error);
  if (isWorld) return { isUsage: false, message: error.message };
  throw error;
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
