// Which stretches of which drives are simulated.
import { indexAt, type Timeline } from '../carriers/timeline.ts';
import type { Drive } from '../drives/drive.ts';
import type { DriveWindow } from './types.ts';

/** A run is at most so long: long enough for slow effects, short enough to share out over cores. */
export const WINDOW_MS_MAX = 600_000;
/** Shorter stretches tell nothing: the bulk deadline alone is 10 s. */
const WINDOW_MS_MIN = 20_000;
/** A carrier belongs to a window if it was measured in at least this share of it. */
const MEASURED_SHARE_MIN = 0.5;
/** Units of the search for stretches in which carriers were measured at once. */
const STEP_MS = 1000;
/** A hole of all measurements up to this long does not end a stretch. */
const HOLE_MS_MAX = 10_000;

/**
 * The windows of a drive: stretches in which at least two carriers are measured at once, cut into
 * runs of at most ten minutes, each with the carriers that were measured in most of it.
 */
export function windowsOf(name: string, drive: Drive, lengthMsMax = WINDOW_MS_MAX): DriveWindow[] {
  return stretchesOf(drive).flatMap(({ fromMs, toMs }) => {
    const parts = Math.max(1, Math.ceil((toMs - fromMs) / lengthMsMax));
    const lengthMs = (toMs - fromMs) / parts;
    const windows = Array.from({ length: parts }, (_, i) => {
      return windowOf(name, drive, Math.round(fromMs + i * lengthMs), Math.floor(lengthMs));
    });
    return windows.filter((window) => window.carriers.length >= 2);
  });
}

/** A window of all carriers that the drive measured in most of it. */
export function windowOf(
  name: string,
  drive: Drive,
  fromMs: number,
  lengthMs: number,
): DriveWindow {
  const carriers = drive.carriers
    .filter((carrier) => measuredShare(drive, carrier, fromMs, lengthMs) >= MEASURED_SHARE_MIN)
    .map((carrier) => ({
      name: carrier,
      timeline: cut(drive.timeline(carrier), fromMs, fromMs + lengthMs),
    }));
  return { drive: name, fromMs, lengthMs, carriers };
}

function stretchesOf(drive: Drive): { fromMs: number; toMs: number }[] {
  const stretches: { fromMs: number; toMs: number }[] = [];
  for (let atMs = drive.fromMs; atMs + STEP_MS <= drive.toMs; atMs += STEP_MS) {
    const measured = drive.carriers.filter((carrier) => drive.isMeasured(carrier, atMs));
    if (measured.length < 2) continue;
    const last = stretches.at(-1);
    if (last !== undefined && atMs - last.toMs <= HOLE_MS_MAX) last.toMs = atMs + STEP_MS;
    else stretches.push({ fromMs: atMs, toMs: atMs + STEP_MS });
  }
  return stretches.filter(({ fromMs, toMs }) => toMs - fromMs >= WINDOW_MS_MIN);
}

function measuredShare(drive: Drive, carrier: string, fromMs: number, lengthMs: number): number {
  let measured = 0;
  const steps = Math.max(1, Math.floor(lengthMs / STEP_MS));
  for (let i = 0; i < steps; i++) {
    if (drive.isMeasured(carrier, fromMs + i * STEP_MS)) measured++;
  }
  return measured / steps;
}

/** The part of a timeline from one time to another, with times from its start. */
function cut(timeline: Timeline, fromMs: number, toMs: number): Timeline {
  const first = indexAt(timeline, fromMs);
  const last = indexAt(timeline, toMs);
  const conditions = timeline.conditions.slice(first, last + 1);
  const startMs = timeline.startMs.slice(first, last + 1).map((ms) => Math.max(0, ms - fromMs));
  return { startMs, conditions };
}
