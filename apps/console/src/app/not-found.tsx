import { Link } from '@tanstack/react-router';
import { PageFrame } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';

export function NotFound() {
  const t = useWords();
  return (
    <PageFrame title={t('notFound.title')}>
      <p>
        <Link to="/">{t('notFound.home')}</Link>
      </p>
    </PageFrame>
  );
}
