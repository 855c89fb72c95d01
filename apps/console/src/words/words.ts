// The words of the console in the reader's language, which the browser remembers.
import { useSyncExternalStore } from 'react';
import { LANGUAGES, type Language, type Say, say, type Word } from './say.ts';

export { LANGUAGES, type Language, type Say, type Word };

const STORED = 'rmh.language';

let language: Language = stored();
const listeners = new Set<() => void>();

function stored(): Language {
  const name = localStorage.getItem(STORED);
  return name === 'en' ? 'en' : 'nb';
}

export function currentLanguage(): Language {
  return language;
}

export function setLanguage(next: Language): void {
  language = next;
  localStorage.setItem(STORED, next);
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, currentLanguage);
}

export function useWords(): Say {
  return SAYING[useLanguage()];
}

// One function a language, always the same, so that it may stand in a list of dependencies.
const SAYING: Readonly<Record<Language, Say>> = {
  nb: (word, values) => say('nb', word, values),
  en: (word, values) => say('en', word, values),
};

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
