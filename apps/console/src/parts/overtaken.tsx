// Two people change one thing. What the slower one typed stays in his form; he is told what the
// other one changed, and saving again is then his decision.
import { ApiProblem } from '@rmh/contract/client';
import { useState } from 'react';
import { useWords } from '../words/words.ts';
import { Fault } from './page.tsx';

const isOvertaken = (error: Error | null): boolean =>
  error instanceof ApiProblem && error.is('changed-meanwhile');

/** The version to send: the one that the form began with, until its writer knows of a later. */
export function useOpened<T extends { readonly version: number }>(now: T, error: Error | null) {
  const [opened] = useState(now);
  return { opened, version: isOvertaken(error) ? now.version : opened.version };
}

interface SaveFaultProps {
  readonly error: Error | null;
  /** Name, as it was when the form was opened, as it is now. */
  readonly fields?: readonly (readonly [name: string, opened: string, now: string])[];
}

/** Why it was not saved. Whatever the reason, the form stays as it is. */
export function SaveFault({ error, fields = [] }: SaveFaultProps) {
  const t = useWords();
  if (error === null) return null;
  if (!isOvertaken(error)) return <Fault error={error} />;
  const changed = fields.filter(([, opened, now]) => opened !== now);
  return (
    <div className="fault" role="alert">
      <strong>{t('overtaken.title')}</strong>
      {changed.length > 0 && (
        <ul>
          {changed.map(([name, opened, now]) => (
            <li key={name}>
              {name}: <del>{opened}</del> <ins>{now}</ins>
            </li>
          ))}
        </ul>
      )}
      <p>{t('overtaken.how')}</p>
    </div>
  );
}
