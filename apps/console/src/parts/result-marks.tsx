// How something stands towards the requirements: marks, bars, and figures beside what is asked.
import type { RequirementResult, ResultCounts, ResultState } from '@rmh/contract/api';
import {
  holds,
  RESULT_TONES,
  RESULTS_GRAVE_FIRST,
  useRequirementWords,
} from '../requirement-words.ts';
import { useWords } from '../words/words.ts';
import { Marked, Shape } from './status.tsx';

export function ResultMark({ state }: { readonly state: ResultState }) {
  const t = useWords();
  return <Marked tone={RESULT_TONES[state]}>{t(`result.${state}`)}</Marked>;
}

/** Counts as one bar; the figures stand beside it. */
export function ResultBar({ counts }: { readonly counts: ResultCounts }) {
  return (
    <span className="bar small" aria-hidden="true">
      {RESULTS_GRAVE_FIRST.filter((state) => counts[state] > 0).map((state) => (
        <span
          key={state}
          className={`bar-part tone-${RESULT_TONES[state]}`}
          style={{ flexGrow: counts[state] }}
        />
      ))}
    </span>
  );
}

/** The fact, the figure, what is asked: of what is not met, only what does not hold. */
export function Figures({ result }: { readonly result: RequirementResult }) {
  const t = useWords();
  const { factText, askedText, figureText } = useRequirementWords();
  const { need } = result.check;
  const comparisons = result.check.comparisons.filter(
    (one) => result.state === 'met' || need === 'any' || holds(one, result.figures) !== true,
  );
  return (
    <ul className="figures">
      {comparisons.map((comparison, at) => {
        const { fact, is } = comparison;
        const held = holds(comparison, result.figures);
        const tone = held === null ? 'unknown' : held ? 'good' : 'bad';
        return (
          <li key={`${fact} ${is}`}>
            <Shape tone={tone} />
            <span>
              {at > 0 && need === 'any' && `${t('requirements.or')} `}
              {factText(fact)}:{' '}
              <strong className={held === false ? 'figure tone-bad' : undefined}>
                {figureText(fact, result.figures[fact] ?? null)}
              </strong>{' '}
              <span className="quiet">
                ({t('requirements.asked', { what: askedText(comparison) })})
              </span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
