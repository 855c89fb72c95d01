// A message in one language. It may hold {names}, and two forms divided by " ¦ ": for one, and
// for any other number ({n} decides).
import { en } from './en.ts';
import { nb } from './nb.ts';

export const LANGUAGES = ['nb', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Word = keyof typeof nb;
export type Values = Readonly<Record<string, string | number>>;
export type Say = (word: Word, values?: Values) => string;

const CATALOGUES: Readonly<Record<Language, Readonly<Record<Word, string>>>> = { nb, en };
const FORMS = ' ¦ ';

export function say(language: Language, word: Word, values: Values = {}): string {
  const [one = '', other = one] = CATALOGUES[language][word].split(FORMS);
  const form = values['n'] === 1 ? one : other;
  return form.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? `{${name}}`));
}
