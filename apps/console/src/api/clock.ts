// One clock for the page, so that "since 4 min" on two rows never disagrees.
import { useSyncExternalStore } from 'react';

let nowMs = Date.now();
const listeners = new Set<() => void>();
let alarm: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  alarm ??= setInterval(() => {
    nowMs = Date.now();
    for (const one of listeners) one();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || alarm === null) return;
    clearInterval(alarm);
    alarm = null;
  };
}

/** Unix ms, a second's resolution. */
export function useNowMs(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}
