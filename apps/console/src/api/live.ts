// The live picture: one stream a page, kept outside React, so that 2,000 vehicles that change
// several times a second cost one look-up each and one redraw a frame.
//
//   stream event → the map of vehicles → at most one notice a tick → who reads compares versions
import type { Alarm, Live, LiveEvent, LiveEventName } from '@rmh/contract/api';
import { CLIENT_BASE } from '@rmh/contract/client';
import { useSyncExternalStore } from 'react';

export type Line =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  | { readonly kind: 'lost'; readonly sinceMs: number };

// Readers cannot follow more than four pictures a second, and React need not.
const TICK_MS = 250;
// EventSource gives up for good after an answer that is no stream (a restart behind a proxy).
const REOPEN_MS = 3_000;

type Data<Name extends LiveEventName> = Extract<LiveEvent, { event: Name }>['data'];

export interface LiveState {
  readonly line: Line;
  /** By vehicle id. Rises `version` when anything in it changed. */
  readonly vehicles: ReadonlyMap<number, Live>;
  readonly version: number;
  /** Raised or changed since this page was opened; the newest last, 50 at most. */
  readonly alarms: readonly Alarm[];
}

const NEWS_MAX = 50;
let state: LiveState = {
  line: { kind: 'opening' },
  vehicles: new Map(),
  version: 0,
  alarms: [],
};
const vehicles = new Map<number, Live>();
const listeners = new Set<() => void>();
let source: EventSource | null = null;
let tick: ReturnType<typeof setTimeout> | null = null;

export function openLive(): void {
  if (source !== null) return;
  const opened = new EventSource(`${CLIENT_BASE}/live`);
  source = opened;
  // The first snapshot on a line begins anew, and so does one after a snapshot's last part.
  let anew = true;
  opened.addEventListener('open', () => {
    anew = true;
    setLine({ kind: 'open' });
  });
  opened.addEventListener('error', () => lost(opened));
  on(opened, 'snapshot', ({ vehicles: part, last }) => {
    if (anew) vehicles.clear();
    anew = last;
    put(part);
  });
  on(opened, 'vehicles', ({ vehicles: part }) => put(part));
  on(opened, 'gone', ({ vehicleIds }) => {
    for (const id of vehicleIds) vehicles.delete(id);
    changed();
  });
  on(opened, 'alarm', ({ alarm }) => {
    state = { ...state, alarms: [...state.alarms, alarm].slice(-NEWS_MAX) };
    changed();
  });
}

export function closeLive(): void {
  source?.close();
  source = null;
}

function on<Name extends LiveEventName>(
  opened: EventSource,
  name: Name,
  take: (data: Data<Name>) => void,
): void {
  opened.addEventListener(name, (event: MessageEvent<string>) => {
    take(JSON.parse(event.data) as Data<Name>);
  });
}

function lost(opened: EventSource): void {
  if (state.line.kind !== 'lost') setLine({ kind: 'lost', sinceMs: Date.now() });
  if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
  source = null;
  setTimeout(openLive, REOPEN_MS);
}

function put(part: readonly Live[]): void {
  for (const one of part) vehicles.set(one.vehicleId, one);
  changed();
}

function setLine(line: Line): void {
  if (line.kind === state.line.kind) return;
  state = { ...state, line };
  changed();
}

function changed(): void {
  if (tick !== null) return;
  tick = setTimeout(() => {
    tick = null;
    state = { ...state, vehicles, version: state.version + 1 };
    for (const listener of listeners) listener();
  }, TICK_MS);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const current = (): LiveState => state;

export function useLive(): LiveState {
  return useSyncExternalStore(subscribe, current);
}

/** One vehicle of the live picture; redraws only when that one changed. */
export function useLiveVehicle(vehicleId: number): Live | undefined {
  return useSyncExternalStore(subscribe, () => vehicles.get(vehicleId));
}

export function useLine(): Line {
  return useSyncExternalStore(subscribe, () => state.line);
}
