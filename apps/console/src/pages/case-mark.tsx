import type { CaseState } from '@rmh/contract/api';
import { Marked, type Tone } from '../parts/status.tsx';
import { useWords } from '../words/words.ts';

const TONES: Readonly<Record<CaseState, Tone>> = {
  open: 'bad',
  sent: 'unknown',
  acknowledged: 'reduced',
  'in-progress': 'reduced',
  resolved: 'good',
  closed: 'off',
  withdrawn: 'off',
};

export function CaseMark({ state }: { readonly state: CaseState }) {
  const t = useWords();
  return <Marked tone={TONES[state]}>{t(`caseState.${state}`)}</Marked>;
}
