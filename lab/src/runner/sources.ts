// Where carriers get their figures: fixed numbers, or a drive file.
import { RmhError } from '@rmh/contract';
import type { CarrierLinkConfig } from '../carriers/config.ts';
import { type PathSpec, PathSyntaxError, parsePaths } from '../carriers/paths-syntax.ts';
import { DriveError } from '../drives/columns.ts';
import type { Drive } from '../drives/drive.ts';
import { readDrive } from '../drives/read.ts';
import { drivePath } from '../drives/shipped.ts';
import type { CarrierName } from '../topology/addresses.ts';
import { CARRIERS_MAX } from '../topology/carrier-links.ts';
import type { CarrierSource } from './protocol.ts';

export interface SourceFacts {
  readonly carriers: CarrierName[];
  /** Of the window of a drive; null: without end. */
  readonly spanMs: number | null;
}

/** Throws RMH_USAGE with what is wrong with the source. */
export async function sourceFacts(source: CarrierSource): Promise<SourceFacts> {
  if (source.kind === 'paths') {
    const carriers = fixedPaths(source.text).map(({ name }) => ({ name, device: name }));
    return { carriers, spanMs: null };
  }
  const { carriers, window } = await openDrive(source);
  if (carriers.length > CARRIERS_MAX) {
    const many = `${carriers.length} carriers; a vehicle of the lab has at most ${CARRIERS_MAX}`;
    throw new RmhError('RMH_USAGE', `drive ${source.file} has ${many}`);
  }
  return {
    carriers: carriers.map((name, i) => ({ name, device: deviceName(name, i) })),
    spanMs: window.toMs - window.fromMs,
  };
}

/** In the order of sourceFacts. A drive starts `leadMs` before its window. */
export async function linkSources(
  source: CarrierSource,
  leadMs: number,
): Promise<CarrierLinkConfig['source'][]> {
  if (source.kind === 'paths') return fixedPaths(source.text);
  const { drive, carriers, window } = await openDrive(source);
  return carriers.map((name) => ({
    timeline: drive.timeline(name),
    fromMs: window.fromMs - leadMs,
    toMs: window.toMs,
    loop: source.loop,
  }));
}

// A minute from each of these places shows outages of every carrier, and none of all at once.
export const STRETCHES = [
  { file: 'oslo', fromMs: 230_000 },
  { file: 'valley', fromMs: 20_000 },
  { file: 'coast', fromMs: 100_000 },
  { file: 'highway', fromMs: 490_000 },
] as const;

/** Where in the shipped drives a vehicle (from 0) sets out; they take turns over them. */
export function stretchOf(vehicle: number): { file: string; fromMs: number } {
  return STRETCHES[vehicle % STRETCHES.length] ?? STRETCHES[0];
}

type DriveOrder = Extract<CarrierSource, { kind: 'drive' }>;

async function openDrive({ file, fromMs, toMs }: DriveOrder) {
  try {
    const drive: Drive = await readDrive(drivePath(file));
    const window = drive.window(fromMs ?? undefined, toMs ?? undefined);
    // Some sets hold carriers of other days: only those that were measured in the window.
    const carriers = drive.carriers.filter((name) => isIn(drive, name, window));
    return { drive, carriers, window };
  } catch (error) {
    if (error instanceof DriveError) {
      throw new RmhError('RMH_USAGE', error.message, { cause: error });
    }
    throw error;
  }
}

function isIn(drive: Drive, carrier: string, window: { fromMs: number; toMs: number }): boolean {
  const stepMs = Math.max(1000, (window.toMs - window.fromMs) / 1000);
  for (let t = window.fromMs; t < window.toMs; t += stepMs) {
    if (drive.isMeasured(carrier, t)) return true;
  }
  return false;
}

/** A network device has at most 15 characters. */
function deviceName(carrier: string, i: number): string {
  return carrier.length <= 14 ? `${carrier}0` : `${carrier.slice(0, 13)}${i}`;
}

function fixedPaths(text: string): PathSpec[] {
  try {
    const paths = parsePaths(text);
    if (paths.length <= CARRIERS_MAX) return paths;
    throw new RmhError('RMH_USAGE', `--paths: a vehicle has at most ${CARRIERS_MAX} carriers`);
  } catch (error) {
    if (!(error instanceof PathSyntaxError)) throw error;
    throw new RmhError('RMH_USAGE', `--paths ${error.message}`, { cause: error });
  }
}
