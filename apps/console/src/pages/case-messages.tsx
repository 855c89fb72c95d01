import { Button } from '@digdir/designsystemet-react';
import type { CarrierCase, CaseMessage } from '@rmh/contract/api';
import { useState } from 'react';
import { usePages, useWrite } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { whenText } from '../format.ts';
import { TextInput } from '../parts/fields.tsx';
import { More } from '../parts/more.tsx';
import { Answer, Fault } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';

const OVER: readonly CarrierCase['state'][] = ['closed', 'withdrawn'];

export function CaseMessages({ one }: { readonly one: CarrierCase }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const path = `/carrier-cases/${one.id}/messages`;
  const list = usePages<CaseMessage>(path, {}, 15_000);
  return (
    <>
      <Answer of={{ data: list.items, error: list.error }}>
        {(messages) =>
          messages.length === 0 ? (
            <p className="quiet">{t('case.noMessages')}</p>
          ) : (
            <ul className="comments">
              {messages.map(({ id, at, author, side, text }) => (
                <li key={id}>
                  <p className="quiet">
                    {author} ({t(`caseSide.${side}`)}), {whenText(language, at, nowMs)}
                  </p>
                  <p>{text}</p>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      <More of={list} />
      {one.mayWrite && !OVER.includes(one.state) && <Say path={path} />}
    </>
  );
}

function Say({ path }: { readonly path: string }) {
  const t = useWords();
  const write = useWrite([path]);
  const [text, setText] = useState('');
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const call = { path, body: { text: text.trim() }, idempotencyKey: crypto.randomUUID() };
    write.mutate(call, { onSuccess: () => setText('') });
  };
  return (
    <form className="row" onSubmit={submit}>
      <TextInput label={t('case.say')} value={text} onChange={setText} required grow />
      <Button type="submit" loading={write.isPending}>
        {t('action.send')}
      </Button>
      {write.error !== null && <Fault error={write.error} />}
    </form>
  );
}
