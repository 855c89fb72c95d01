// A check over figures gives a verdict. Pure. What is not known is never taken for met: a check
// that needs all is failed by one comparison that fails and unknown while one is unknown; a check
// that needs any is met by one that holds, and unknown while one that is unknown might still hold.
import type { Check, Comparison, FactFigures, ResultState } from '@rmh/contract/api';

export function judge({ need, comparisons }: Check, figures: FactFigures): ResultState {
  const states = comparisons.map((comparison) => compare(comparison, figures));
  const decides = need === 'all' ? 'failed' : 'met';
  if (states.includes(decides)) return decides;
  if (states.includes('unknown')) return 'unknown';
  return need === 'all' ? 'met' : 'failed';
}

export function compare({ fact, is, value }: Comparison, figures: FactFigures): ResultState {
  const figure = figures[fact] ?? null;
  if (figure === null) return 'unknown';
  return holds(is, figure, value) ? 'met' : 'failed';
}

function holds(is: Comparison['is'], figure: number, value: number): boolean {
  switch (is) {
    case 'at-least':
      return figure >= value;
    case 'at-most':
      return figure <= value;
    case 'exactly':
      return figure === value;
  }
}

/** The figures that a check asks about, null where they are not known. */
export function figuresFor({ comparisons }: Check, figures: FactFigures): FactFigures {
  return Object.fromEntries(comparisons.map(({ fact }) => [fact, figures[fact] ?? null]));
}
