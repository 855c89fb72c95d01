// Drives into windows with and without a hint, and how good the hint is.
import { readDrive } from '../drives/read.ts';
import { driveName, lengthMsOf, spread, WINDOW_MS_MOST } from '../sim/replay/selection.ts';
import type { DriveWindow } from '../sim/types.ts';
import { windowsOf } from '../sim/windows.ts';
import { type Hint, mapsOf, withLearned, withPerfect } from './forecast.ts';
import { secondsOf } from './seconds.ts';
import { type Skill, skillOf } from './skill.ts';

export interface HintOptions {
  readonly hint: Hint;
  readonly cellM: number;
  readonly passesLeast: number;
  /** At most so many hours, spread evenly. */
  readonly hours: number;
}

export interface HintedWindow {
  readonly without: DriveWindow;
  readonly hinted: DriveWindow;
}

export interface HintedRoads {
  readonly windows: readonly HintedWindow[];
  /** Of each carrier of each drive. */
  readonly skills: readonly (Skill & { readonly drive: string })[];
}

/** Throws DriveError. */
export async function hintedRoads(
  paths: readonly string[],
  options: HintOptions,
): Promise<HintedRoads> {
  const windows: HintedWindow[] = [];
  const skills: (Skill & { drive: string })[] = [];
  for (const path of paths) {
    const name = driveName(path);
    const drive = await readDrive(path);
    const seconds = secondsOf(drive, options.cellM);
    const maps = mapsOf(seconds, options.passesLeast);
    for (const track of seconds) {
      const map = maps.get(track.carrier);
      if (map !== undefined) skills.push({ drive: name, ...skillOf(track, map) });
    }
    for (const without of windowsOf(name, drive, WINDOW_MS_MOST)) {
      const learned = options.hint === 'learned';
      const hinted = learned ? withLearned(without, seconds, maps) : withPerfect(without);
      windows.push({ without, hinted });
    }
  }
  const share = (options.hours * 3_600_000) / lengthMsOf(windows.map(({ without }) => without));
  return { windows: spread(windows, share), skills };
}
