// Ticks of the garage's checklist that the platform has not yet got. They lie on the phone until
// it has, through lost networks and a page that was opened anew.
import type { InstallationPoint, PointState } from '@rmh/contract/api';

export interface Tick {
  readonly point: InstallationPoint;
  readonly ticked: boolean;
  readonly note: string;
  /** By the phone's clock; the later word stands. */
  readonly atMs: number;
}

/** What the page shows: the platform's word, where this phone has no later one. */
export function shownTicks(
  known: readonly PointState[],
  unsaved: readonly Tick[],
): ReadonlyMap<InstallationPoint, Tick> {
  const shown = new Map<InstallationPoint, Tick>(known.map((state) => [state.point, state]));
  for (const tick of unsaved) {
    const before = shown.get(tick.point);
    if (before === undefined || before.atMs < tick.atMs) shown.set(tick.point, tick);
  }
  return shown;
}

/** One a point: what was said of it before need not be sent any more. */
export function withTick(unsaved: readonly Tick[], tick: Tick): Tick[] {
  return [...unsaved.filter(({ point }) => point !== tick.point), tick];
}

/** The platform has this one. A later tick of the same point stays. */
export function withoutTick(unsaved: readonly Tick[], sent: Tick): Tick[] {
  return unsaved.filter(({ point, atMs }) => point !== sent.point || atMs > sent.atMs);
}

const KEY = 'rmh.garage.';

export function storedTicks(installationId: number): Tick[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY + installationId) ?? '[]');
    return Array.isArray(stored) ? (stored as Tick[]) : [];
  } catch {
    return [];
  }
}

export function storeTicks(installationId: number, unsaved: readonly Tick[]): void {
  if (unsaved.length === 0) localStorage.removeItem(KEY + installationId);
  else localStorage.setItem(KEY + installationId, JSON.stringify(unsaved));
}
