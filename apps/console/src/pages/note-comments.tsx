// What others say of a note, the oldest first.
import { Button } from '@digdir/designsystemet-react';
import type { NoteComment } from '@rmh/contract/api';
import { useState } from 'react';
import { useMay, usePages, useWrite } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { whenText } from '../format.ts';
import { Paragraphs } from '../parts/fields.tsx';
import { More } from '../parts/more.tsx';
import { Answer, Fault } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';

// The contract's COMMENT_MOST: schemas stay out of the browser.
const LETTERS_MOST = 2_000;

export function NoteComments({ noteId }: { readonly noteId: number }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const may = useMay();
  const list = usePages<NoteComment>(`/experience/${noteId}/comments`, { limit: 50 });
  return (
    <>
      <h3>{t('experience.comments')}</h3>
      <Answer of={{ data: list.items, error: list.error }}>
        {(comments) =>
          comments.length === 0 ? (
            <p className="quiet">{t('experience.noComments')}</p>
          ) : (
            <ul className="comments">
              {comments.map(({ id, author, organisation, at, text }) => (
                <li key={id}>
                  <p className="quiet">
                    {author}, {organisation} · {whenText(language, at, nowMs)}
                  </p>
                  <p className="prose">{text}</p>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      <More of={list} />
      {may('experience.write') && <NewComment noteId={noteId} />}
    </>
  );
}

function NewComment({ noteId }: { readonly noteId: number }) {
  const t = useWords();
  const [text, setText] = useState('');
  const [key, setKey] = useState(() => crypto.randomUUID());
  const write = useWrite(['/experience']);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const path = `/experience/${noteId}/comments`;
    write.mutate(
      { path, body: { text: text.trim() }, idempotencyKey: key },
      {
        onSuccess: () => {
          setText('');
          setKey(crypto.randomUUID());
        },
      },
    );
  };
  return (
    <form className="form" onSubmit={submit}>
      <Paragraphs
        label={t('experience.comment')}
        hint={t('experience.commentHint')}
        value={text}
        rows={3}
        most={LETTERS_MOST}
        onChange={setText}
      />
      {write.error !== null && <Fault error={write.error} />}
      <div className="actions">
        <Button
          type="submit"
          variant="secondary"
          loading={write.isPending}
          disabled={text.trim() === ''}
        >
          {t('action.send')}
        </Button>
      </div>
    </form>
  );
}
