// What one carrier has used of its data this month, and what is left. Trouble is said in words.
import type { NowCarrier } from '@rmh/contract/api';
import { dataLeftOf } from '@rmh/contract/data-budget';
import { bytesText, shareText } from '../format.ts';
import { Marked } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function DataBudget({ data }: { readonly data: NowCarrier['data'] }) {
  const t = useWords();
  const language = useLanguage();
  if (data === undefined) return '–';
  const { stage, share, leftBytes } = dataLeftOf(data);
  const values = {
    used: bytesText(language, data.monthBytes),
    budget: bytesText(language, data.monthlyBytes),
    left: bytesText(language, leftBytes),
    share: shareText(language, share),
  };
  const text = t(`data.${stage}`, values);
  if (stage === 'within') return text;
  return (
    <Marked tone={stage === 'spent' ? 'bad' : 'reduced'} long>
      {text}
    </Marked>
  );
}
