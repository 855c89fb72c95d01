// What every page is made of: its head, panels, and the three states of an answer that is awaited.
import { ApiProblem } from '@rmh/contract/client';
import { useEffect, useId } from 'react';
import { useWords } from '../words/words.ts';
import { DETAIL_WORDS, FIELD_WORDS, STATUS_WORDS } from './problem-words.ts';

interface PageProps {
  readonly title: string;
  /** Beside the title: marks, a sentence. */
  readonly aside?: React.ReactNode;
  /** Filters and choices. */
  readonly tools?: React.ReactNode;
  readonly children: React.ReactNode;
  readonly wide?: boolean;
}

export function PageFrame({ title, aside, tools, children, wide }: PageProps) {
  const t = useWords();
  useEffect(() => {
    document.title = `${title} – ${t('product.name')}`;
  }, [title, t]);
  return (
    <div className={wide === true ? 'page page-wide' : 'page'}>
      <header className="page-head">
        <h1 tabIndex={-1}>{title}</h1>
        {aside}
        {tools !== undefined && <div className="page-tools">{tools}</div>}
      </header>
      {children}
    </div>
  );
}

interface PanelProps {
  readonly title: string;
  readonly note?: React.ReactNode;
  readonly tools?: React.ReactNode;
  readonly className?: string;
  readonly children: React.ReactNode;
}

export function Panel({ title, note, tools, className, children }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${className ?? ''}`} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {note !== undefined && <p className="quiet">{note}</p>}
        {tools !== undefined && <div className="panel-tools">{tools}</div>}
      </header>
      {children}
    </section>
  );
}

interface Awaited<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
}

/** Shows an answer, or that it is on its way, or why it does not come. Old answers stay. */
export function Answer<T>(props: {
  readonly of: Awaited<T>;
  readonly children: (data: T) => React.ReactNode;
}) {
  const { data, error } = props.of;
  const t = useWords();
  if (data !== undefined) {
    return (
      <>
        {error !== null && <Fault error={error} />}
        {props.children(data)}
      </>
    );
  }
  if (error !== null) return <Fault error={error} />;
  return (
    <p className="quiet waiting" role="status">
      {t('answer.waiting')}
    </p>
  );
}

export function Fault({ error }: { readonly error: Error }) {
  const t = useWords();
  const problem = error instanceof ApiProblem ? error.problem : null;
  const word = problem === null ? 'problem.unreachable' : STATUS_WORDS[problem.status];
  const detail = DETAIL_WORDS[problem?.detail ?? ''];
  return (
    <div className="fault" role="alert">
      <strong>{t(word ?? 'problem.other')}</strong>
      {problem?.detail !== undefined && <p>{detail === undefined ? problem.detail : t(detail)}</p>}
      {problem?.fields !== undefined && (
        <ul>
          {problem.fields.map(({ field, reason }) => {
            const name = FIELD_WORDS[field];
            return (
              <li key={field}>
                {name === undefined ? <code>{field}</code> : t(name)}: {reason}
              </li>
            );
          })}
        </ul>
      )}
      {problem?.requestId !== undefined && (
        <p className="quiet">{t('problem.request', { id: problem.requestId })}</p>
      )}
    </div>
  );
}

/** Name and value pairs, as a list that screen readers know. */
export function Facts(props: { readonly of: readonly (readonly [string, React.ReactNode])[] }) {
  return (
    <dl className="facts">
      {props.of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
