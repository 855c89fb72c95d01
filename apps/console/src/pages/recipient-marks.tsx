// Whether a recipient is told, and whether one message arrived: a shape and a word.
import type { Delivery, Webhook } from '@rmh/contract/api';
import { useNowMs } from '../api/clock.ts';
import { whenText } from '../format.ts';
import { Marked } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function RecipientState({ webhook }: { readonly webhook: Webhook }) {
  const t = useWords();
  const nowMs = useNowMs();
  const { enabled, restingUntil } = webhook;
  if (!enabled) return <Marked tone="off">{t('recipient.off')}</Marked>;
  if (restingUntil !== null && Date.parse(restingUntil) > nowMs) {
    return <Marked tone="bad">{t('recipient.resting')}</Marked>;
  }
  return <Marked tone="good">{t('recipient.on')}</Marked>;
}

export function DeliveryMark({ delivery }: { readonly delivery: Delivery }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const { state, tries, nextTryAt } = delivery;
  if (state === 'sent') return <Marked tone="good">{t('delivery.sent')}</Marked>;
  if (state === 'given-up') return <Marked tone="bad">{t('delivery.given-up')}</Marked>;
  if (tries === 0 || nextTryAt === null) {
    return <Marked tone="unknown">{t('delivery.waiting')}</Marked>;
  }
  const at = whenText(language, nextTryAt, nowMs);
  return <Marked tone="reduced">{t('delivery.again', { at })}</Marked>;
}
