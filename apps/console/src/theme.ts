// Dark or light: as the system says, until a reader chooses.
import { useSyncExternalStore } from 'react';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export type Scheme = 'light' | 'dark';

const STORED = 'rmh.theme';
const system = globalThis.matchMedia?.('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

export function currentTheme(): Theme {
  const name = localStorage.getItem(STORED);
  return THEMES.find((theme) => theme === name) ?? 'system';
}

export function currentScheme(): Scheme {
  const theme = currentTheme();
  if (theme !== 'system') return theme;
  return system?.matches ? 'dark' : 'light';
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(STORED, theme);
  applyTheme();
}

/** Writes the scheme where the style sheets look for it. */
export function applyTheme(): void {
  document.documentElement.dataset['colorScheme'] = currentScheme();
  for (const listener of listeners) listener();
}

export function followSystem(): void {
  system?.addEventListener('change', applyTheme);
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, currentTheme);
/** For what draws with colours of its own: maps and charts. */
export const useScheme = (): Scheme => useSyncExternalStore(subscribe, currentScheme);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
