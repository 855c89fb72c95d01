import type { NoteState } from '@rmh/contract/api';
import { useWords } from '../words/words.ts';
import { Marked, type Tone } from './status.tsx';

const TONES: Readonly<Record<NoteState, Tone>> = {
  open: 'unknown',
  'known-problem': 'reduced',
  solved: 'good',
};

export function NoteStateMark({ state }: { readonly state: NoteState }) {
  const t = useWords();
  return <Marked tone={TONES[state]}>{t(`noteState.${state}`)}</Marked>;
}
