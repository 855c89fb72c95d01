import type { OrderState } from '@rmh/contract/api';
import { Marked, type Tone } from '../parts/status.tsx';
import { useWords } from '../words/words.ts';

const TONES: Readonly<Record<OrderState, Tone>> = {
  placed: 'unknown',
  acknowledged: 'unknown',
  'in-progress': 'reduced',
  held: 'bad',
  partial: 'reduced',
  completed: 'good',
  rejected: 'off',
  cancelled: 'off',
};

/** The state of an order, or of one thing in it. */
export function OrderMark({ state }: { readonly state: OrderState }) {
  const t = useWords();
  return <Marked tone={TONES[state]}>{t(`order.${state}`)}</Marked>;
}
