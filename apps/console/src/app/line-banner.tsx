// An old picture that looks live is worse than none: say at once that the line is gone.
import { useLine } from '../api/live.ts';
import { timeText } from '../format.ts';
import { Shape } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function LineBanner() {
  const t = useWords();
  const language = useLanguage();
  const line = useLine();
  return (
    <div role="status">
      {line.kind === 'lost' && (
        <p className="line-banner">
          <Shape tone="bad" />
          {t('line.lost', { since: timeText(language, 'seconds', line.sinceMs) })}
        </p>
      )}
    </div>
  );
}
