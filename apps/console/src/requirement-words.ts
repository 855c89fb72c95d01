// Checks and figures in words: "Operatører … ≥ 2", "99,87 %", "ikke kjent: enheten har ikke meldt".
import type {
  Comparison,
  RequirementFact,
  RequirementResult,
  ResultState,
} from '@rmh/contract/api';
import { useMemo } from 'react';
import { useGet } from './api/api.ts';
import { countText, decimals, numberText, shareText, spanText } from './format.ts';
import type { Tone } from './parts/status.tsx';
import { useLanguage, useWords } from './words/words.ts';

export const RESULT_TONES: Readonly<Record<ResultState, Tone>> = {
  met: 'good',
  failed: 'bad',
  unknown: 'unknown',
};
/** What has to be done first, first. */
export const RESULTS_GRAVE_FIRST = ['failed', 'unknown', 'met'] as const;

const SIGNS = { 'at-least': '≥', 'at-most': '≤', exactly: '=' } as const;

export interface RequirementWords {
  readonly facts: readonly RequirementFact[];
  readonly factText: (fact: string) => string;
  /** What is asked of a fact: '≥ 99,9 %'. */
  readonly askedText: (comparison: Comparison) => string;
  /** The figure, or what is missing to know it. */
  readonly figureText: (fact: string, figure: number | null) => string;
}

export function useRequirementWords(): RequirementWords {
  const t = useWords();
  const language = useLanguage();
  const { data } = useGet<readonly RequirementFact[]>('/requirement-facts');
  return useMemo(() => {
    const facts = data ?? [];
    const byName = new Map<string, RequirementFact>(facts.map((fact) => [fact.name, fact]));
    const valueText = (fact: string, value: number): string => {
      switch (byName.get(fact)?.unit) {
        case 'yes':
          return t(value === 0 ? 'word.no' : 'word.yes');
        case 'share':
          return shareText(language, value);
        case 'ms':
          return spanText(language, value);
        case 'min':
          return `${short(value)} min`;
        case 'h':
          return t('requirements.hours', { n: short(value) });
        case 'days':
          return t('requirements.days', { n: short(value) });
        default:
          return countText(language, value);
      }
    };
    const short = (value: number): string =>
      decimals(language, value, Number.isInteger(value) || value >= 100 ? 0 : 1);
    // A limit is as exact as somebody wrote it; a measured share is cut where it says enough.
    const limitText = (fact: string, value: number): string =>
      byName.get(fact)?.unit === 'share'
        ? `${numberText(language, Number((value * 100).toFixed(6)))}\u00a0%`
        : valueText(fact, value);
    return {
      facts,
      factText: (fact) => byName.get(fact)?.[language] ?? fact,
      askedText: ({ fact, is, value }) =>
        byName.get(fact)?.unit === 'yes'
          ? valueText(fact, value)
          : `${SIGNS[is]} ${limitText(fact, value)}`,
      figureText: (fact, figure) =>
        figure === null
          ? t('requirements.missing', { what: byName.get(fact)?.missing[language] ?? '–' })
          : valueText(fact, figure),
    };
  }, [data, language, t]);
}

/** Whether a comparison holds; null: its figure is not known. */
export function holds(
  { fact, is, value }: Comparison,
  figures: RequirementResult['figures'],
): boolean | null {
  const figure = figures[fact] ?? null;
  if (figure === null) return null;
  if (is === 'exactly') return figure === value;
  return is === 'at-least' ? figure >= value : figure <= value;
}

/** What failed before what is not known before what is met; each by code. */
export function graveFirst(results: readonly RequirementResult[]): RequirementResult[] {
  const rank = ({ state }: RequirementResult) => RESULTS_GRAVE_FIRST.indexOf(state);
  return results.toSorted((a, b) => rank(a) - rank(b) || a.code.localeCompare(b.code, 'nb'));
}
