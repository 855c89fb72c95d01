// Where carriers get their figures: fixed numbers, or a drive file.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { present } from '@rmh/base';
import { RmhError } from '@rmh/contract';
import type { CarrierLinkConfig } from '../carriers/config.ts';
import { DriveError } from '../drives/columns.ts';
import type { Drive } from '../drives/drive.ts';
import { readDrive } from '../drives/read.ts';
import type { CarrierName } from '../topology/addresses.ts';
import { CARRIERS_MAX } from '../topology/carrier-links.ts';
import type { CarrierSource } from './protocol.ts';

const DRIVES = fileURLToPath(new URL('../../drives/', import.meta.url));

export interface SourceFacts {
  readonly carriers: CarrierName[];
  /** Of the window of a drive; null: without end. */
  readonly spanMs: number | null;
}

/** Throws RMH_USAGE with what is wrong with the source. */
export async function sourceFacts(source: CarrierSource): Promise<SourceFacts> {
  if (source.kind === 'paths') {
    const names = parseFixed(source.text).map((_, i) => `carrier${i + 1}`);
    return { carriers: names.map((name) => ({ name, device: name })), spanMs: null };
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
  if (source.kind === 'paths') return parseFixed(source.text);
  const { drive, carriers, window } = await openDrive(source);
  return carriers.map((name) => ({
    timeline: drive.timeline(name),
    fromMs: window.fromMs - leadMs,
    toMs: window.toMs,
    loop: source.loop,
  }));
}

/** A drive that the project ships; vehicles take turns over them. */
export function shippedDrive(vehicle: number): string {
  const files = readdirSync(DRIVES)
    .filter((name) => /\.csv(\.gz)?$/.test(name) && !name.includes('.probe.'))
    .sort();
  if (files.length === 0) throw new RmhError('RMH_USAGE', `no drive lies in ${DRIVES}`);
  return join(DRIVES, present(files[vehicle % files.length], 'there is a drive'));
}

type DriveOrder = Extract<CarrierSource, { kind: 'drive' }>;

async function openDrive({ file, fromMs, toMs }: DriveOrder) {
  try {
    const drive: Drive = await readDrive(file);
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

// "50mbit/15ms/1%": rate, one-way delay, loss.
const FIXED = /^(\d+(?:\.\d+)?)(kbit|mbit|gbit)\/(\d+(?:\.\d+)?)ms(?:\/(\d+(?:\.\d+)?)%)?$/;
const MBIT = { kbit: 0.001, mbit: 1, gbit: 1000 };

function parseFixed(text: string): CarrierLinkConfig['source'][] {
  const items = text.split(',').map((item) => item.trim().toLowerCase());
  if (items.length > CARRIERS_MAX) {
    throw new RmhError('RMH_USAGE', `--paths: at most ${CARRIERS_MAX} carriers`);
  }
  return items.map((item) => {
    const match = FIXED.exec(item);
    const mbit = Number(match?.[1]) * MBIT[(match?.[2] ?? 'mbit') as keyof typeof MBIT];
    const loss = Number(match?.[4] ?? 0) / 100;
    if (match !== null && mbit > 0 && loss <= 1) return { mbit, delayMs: Number(match[3]), loss };
    const form = 'rate/delay[/loss], such as 50mbit/15ms or 30mbit/35ms/1%';
    throw new RmhError('RMH_USAGE', `--paths "${item}" is not ${form}`);
  });
}
