// ./rmh carriers: emulated carriers between any two network namespaces, until Ctrl-C.
import { parseArgs } from 'node:util';
import { type CarrierLinkConfig, CarriersError } from './carriers/config.ts';
import { describeLinks } from './carriers/console.ts';
import { CarrierEmulator } from './carriers/emulator.ts';
import {
  type PathSpec,
  PathSyntaxError,
  parseLink,
  parseLinkName,
  parsePaths,
} from './carriers/paths-syntax.ts';
import { DriveError } from './drives/columns.ts';
import { readDrive } from './drives/read.ts';
import { drivePath } from './drives/shipped.ts';

export { type PathSpec, PathSyntaxError, parsePaths } from './carriers/paths-syntax.ts';

const USAGE = `usage: rmh carriers --a NETNS --b NETNS <links> [options]
  --a NETNS         namespace of the vehicle: /proc/PID/ns/net, /run/netns/NAME or NAME
  --b NETNS         namespace where the far ends are
 links, one of:
  --link NAME:RATE/DELAY[/LOSS]   such as telenor:50mbit/15ms/1% (delay one way); repeatable
  --paths "RATE/DELAY[/LOSS],…"   the same without names: carrier1, carrier2, …
  --drive FILE [--from MS] [--to MS] [--link NAME …]
                    a drive file, or one that comes with the project (rmh drives list); all its
                    carriers, or those named
 options:
  --seed N          same seed and traffic: same losses and jitter (default 1)
  --seconds N       end by itself
In the namespace a, link i gets the interface NAME0 with 10.64.i.2/30 and a default route of metric
100 + i; in b its packets come from 198.51.100.x.`;

class UsageError extends Error {}

interface Order {
  readonly links: CarrierLinkConfig[];
  readonly seed: number;
  readonly seconds: number | null;
}

export async function run(argv: string[]): Promise<number> {
  try {
    const order = await readOrder(argv);
    if (order === null) return 0;
    await play(order);
    return 0;
  } catch (error) {
    const isUsage = error instanceof UsageError || error instanceof PathSyntaxError;
    const isWorld = error instanceof CarriersError || error instanceof DriveError;
    if (!isUsage && !isWorld) throw error;
    process.stderr.write(`rmh carriers: ${error.message}\n${isUsage ? `${USAGE}\n` : ''}`);
    return isUsage ? 2 : 1;
  }
}

async function readOrder(argv: string[]): Promise<Order | null> {
  const values = parse(argv);
  if (values.help === true) {
    process.stdout.write(`${USAGE}\n`);
    return null;
  }
  const { a, b } = values;
  if (a === undefined || b === undefined) throw new UsageError('--a and --b name the namespaces');
  const sources = await sourcesOf(values);
  const links = sources.map(({ name, source }, i): CarrierLinkConfig => {
    return {
      name,
      unitNetns: netnsPath(a),
      internetNetns: netnsPath(b),
      interfaceName: `${name}0`,
      interfaceAddress: `10.64.${i}.2/30`,
      publicAddresses: [`198.51.100.${2 * i + 1}`, `198.51.100.${2 * i + 2}`],
      metric: 100 + i,
      source,
    };
  });
  return {
    links,
    seed: numberOf(values.seed, '--seed') ?? 1,
    seconds: numberOf(values.seconds, '--seconds') ?? null,
  };
}

type Values = ReturnType<typeof parse>;

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      options: {
        a: text,
        b: text,
        link: { type: 'string', multiple: true },
        paths: text,
        drive: text,
        from: text,
        to: text,
        seed: text,
        seconds: text,
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

interface NamedSource {
  readonly name: string;
  readonly source: CarrierLinkConfig['source'];
}

async function sourcesOf(values: Values): Promise<NamedSource[]> {
  const { link = [], paths, drive } = values;
  const fixed = (specs: PathSpec[]) => specs.map((spec) => ({ name: spec.name, source: spec }));
  if (drive === undefined) {
    if (values.from !== undefined || values.to !== undefined) {
      throw new UsageError('--from and --to are parts of a --drive');
    }
    if ((paths === undefined) === (link.length === 0)) {
      throw new UsageError('give --link, --paths or --drive');
    }
    return fixed(paths === undefined ? link.map(parseLink) : parsePaths(paths));
  }
  if (paths !== undefined) throw new UsageError('--paths and --drive exclude each other');
  const recorded = await readDrive(drivePath(drive));
  const window = recorded.window(numberOf(values.from, '--from'), numberOf(values.to, '--to'));
  const named = link.map((text) => {
    const { name, rest } = parseLinkName(text);
    if (rest !== null) throw new UsageError(`with --drive, --link "${text}" is a name alone`);
    return name;
  });
  const names = named.length > 0 ? named : recorded.carriers;
  return names.map((name) => {
    return { name, source: { timeline: recorded.timeline(name), ...window, loop: true } };
  });
}

async function play({ links, seed, seconds }: Order): Promise<void> {
  const emulator = await CarrierEmulator.start({ links, seed });
  const stopped = Promise.withResolvers<void>();
  const stop = () => stopped.resolve();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const names = links.map(({ interfaceName }) => interfaceName).join(', ');
  process.stderr.write(`carriers are up: ${names}; Ctrl-C ends them\n`);
  const end = seconds === null ? null : setTimeout(stop, seconds * 1000);
  let before = emulator.stats();
  const tick = setInterval(() => {
    const now = emulator.stats();
    if (process.stdout.isTTY) process.stdout.write(`${describeLinks(now, before)}\n`);
    before = now;
  }, 1000);
  try {
    // A thread that died is an error, not an end.
    await Promise.race([stopped.promise, emulator.ended]);
  } finally {
    clearInterval(tick);
    if (end !== null) clearTimeout(end);
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await emulator.stop();
  }
  process.stdout.write(`${describeLinks(emulator.stats(), null)}\n`);
}

function netnsPath(text: string): string {
  return text.includes('/') ? text : `/run/netns/${text}`;
}

function numberOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,16}(\.\d+)?$/.test(text)) return Number(text);
  throw new UsageError(`${option} "${text}" is no number`);
}
