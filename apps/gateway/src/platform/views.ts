// What the gateway sees of each unit: for how long it and each of its paths answered. Pure. Paths
// have the numbers that the unit gave them; only the unit knows the carriers behind them.
import type { DataplaneEvent, DataplaneStatus } from '@rmh/contract';
import { CARRIERS_MAX, type GatewayView } from '@rmh/contract/api';

interface PathSeen {
  up: boolean;
  upMs: number;
  rttMs: number | null;
}

interface UnitSeen {
  active: boolean;
  /** Some path answers: time with any. */
  upMs: number;
  countedMs: number;
  readonly paths: Map<number, PathSeen>;
}

/** A span of a view is a minute at most; time that nobody counted belongs to none. */
const SPAN_MS_MOST = 60_000;

export class Views {
  readonly #units = new Map<string, UnitSeen>();
  #startMs: number;

  constructor(atMs: number) {
    this.#startMs = atMs;
  }

  event(event: DataplaneEvent, nowMs: number): void {
    if (event.kind === 'peer.active') this.#unit(event.name, nowMs).active = event.active;
    if (event.kind !== 'log' || event.event !== 'path.state') return;
    const { peer, path, to } = event.fields;
    if (typeof peer !== 'string' || typeof path !== 'number') return;
    const unit = this.#unit(peer, Math.round(event.atMs ?? nowMs));
    this.#path(unit, path).up = to === 'carrying';
  }

  /** Every few seconds; what it says goes before what the events said. */
  status(status: DataplaneStatus, nowMs: number): void {
    for (const { name, active, paths } of status.peers) {
      if (paths.length === 0 && !this.#units.has(name)) continue;
      const unit = this.#unit(name, nowMs);
      unit.active = active;
      for (const { id, state, rttMs } of paths) {
        const path = this.#path(unit, id);
        path.up = state === 'carrying';
        path.rttMs = rttMs;
      }
    }
  }

  /** The views of the time since the last call; `idOf`: units that are the platform's. */
  take(nowMs: number, idOf: (name: string) => number | null): GatewayView[] {
    const atMs = this.#startMs;
    const spanMs = nowMs - atMs;
    const isWhole = spanMs > 0 && spanMs <= SPAN_MS_MOST;
    const views: GatewayView[] = [];
    for (const [name, unit] of this.#units) {
      this.#count(unit, nowMs);
      const unitId = idOf(name);
      if (unitId === null) this.#units.delete(name);
      else if (isWhole) views.push(viewOf(unitId, unit, atMs, spanMs));
      unit.upMs = 0;
      for (const path of unit.paths.values()) path.upMs = 0;
    }
    this.#startMs = nowMs;
    return views;
  }

  #unit(name: string, nowMs: number): UnitSeen {
    const known = this.#units.get(name);
    const unit = known ?? { active: false, upMs: 0, countedMs: nowMs, paths: new Map() };
    if (known === undefined) this.#units.set(name, unit);
    else this.#count(unit, nowMs);
    return unit;
  }

  #path(unit: UnitSeen, id: number): PathSeen {
    const known = unit.paths.get(id) ?? { up: false, upMs: 0, rttMs: null };
    if (unit.paths.has(id) || unit.paths.size < CARRIERS_MAX) unit.paths.set(id, known);
    return known;
  }

  #count(unit: UnitSeen, nowMs: number): void {
    // Events come a moment after they happened, and never from before the span.
    const fromMs = Math.max(unit.countedMs, this.#startMs);
    const stepMs = nowMs - fromMs;
    if (stepMs <= 0) return;
    unit.countedMs = nowMs;
    let isUp = false;
    for (const path of unit.paths.values()) {
      if (!path.up) continue;
      path.upMs += stepMs;
      isUp = true;
    }
    if (isUp) unit.upMs += stepMs;
  }
}

function viewOf(unitId: number, unit: UnitSeen, atMs: number, spanMs: number): GatewayView {
  const paths = [...unit.paths].map(([id, { upMs, rttMs }]) => {
    const rtt = rttMs === null ? null : Math.min(60_000, rttMs);
    return { link: `path-${id}`, upMs: Math.min(upMs, spanMs), rttMs: rtt };
  });
  const upMs = Math.min(unit.upMs, spanMs);
  return { unitId, atMs, spanMs, active: unit.active, upMs, paths };
}
