import { Button } from '@digdir/designsystemet-react';
import { useWords } from '../words/words.ts';

interface Paged {
  readonly hasNextPage: boolean;
  fetchNextPage(): Promise<unknown>;
}

/** The button under a list that has more pages. */
export function More({ of }: { readonly of: Paged }) {
  const t = useWords();
  if (!of.hasNextPage) return null;
  return (
    <p className="more">
      <Button variant="secondary" onClick={() => void of.fetchNextPage()}>
        {t('action.more')}
      </Button>
    </p>
  );
}
