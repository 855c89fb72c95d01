// One alarm beside the list: its facts, and what people have done and said.

import { Button } from '@digdir/designsystemet-react';
import type { Alarm, Page } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAlarmWords } from '../alarm-words.ts';
import { useGet, useMay, useOrganisations, useWrite } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { whenText } from '../format.ts';
import { TextInput } from '../parts/fields.tsx';
import { Answer, Facts, Fault, Panel } from '../parts/page.tsx';
import { SeverityMark } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { CaseOfAlarm } from './case-of-alarm.tsx';

interface AlarmDetailProps {
  readonly alarmId: number;
  readonly onClose: () => void;
}

export function AlarmDetail({ alarmId, onClose }: AlarmDetailProps) {
  const t = useWords();
  const alarm = useGet<Alarm>(`/alarms/${alarmId}`, {}, { everyMs: 15_000 });
  return (
    <Panel
      title={t('alarm.title', { n: alarmId })}
      className="detail"
      tools={
        <Button variant="tertiary" onClick={onClose}>
          {t('action.close')}
        </Button>
      }
    >
      <Answer of={alarm}>
        {(data) => (
          <>
            <AlarmFacts alarm={data} />
            <AlarmActions alarm={data} />
            <Comments alarmId={alarmId} />
          </>
        )}
      </Answer>
    </Panel>
  );
}

function AlarmFacts({ alarm }: { readonly alarm: Alarm }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const { alarmText, faultText } = useAlarmWords();
  const { data: tree } = useOrganisations();
  const may = useMay();
  const when = (at: string | null) => (at === null ? '–' : whenText(language, at, nowMs));
  const vehicle =
    alarm.vehicleId === null ? null : (
      <Link to="/vehicles/$vehicleId" params={{ vehicleId: String(alarm.vehicleId) }}>
        {alarm.callSign ?? t('word.aVehicle')}
      </Link>
    );
  return (
    <>
      <p className="lead">
        <SeverityMark severity={alarm.severity} />: {alarmText(alarm)}
      </p>
      <Facts
        of={[
          [t('column.where'), tree?.find(({ id }) => id === alarm.organisationId)?.name ?? '–'],
          ...(vehicle === null ? [] : [[t('column.vehicle'), vehicle] as const]),
          [t('column.fault'), faultText(alarm)],
          [t('column.since'), when(alarm.since)],
          [t('alarm.raisedAt'), when(alarm.raisedAt)],
          [t('alarm.clearedAt'), when(alarm.clearedAt)],
          [t('column.acknowledged'), alarm.acknowledgedBy ?? t('word.no')],
        ]}
      />
      {alarm.kind === 'carrier-area' && may('case.read') && <CaseOfAlarm alarmId={alarm.id} />}
      {alarm.partOf !== null && (
        <p>
          <Link to="/alarms" search={{ alarm: String(alarm.partOf) }}>
            {t('alarm.partOf', { n: alarm.partOf })}
          </Link>
        </p>
      )}
    </>
  );
}

function AlarmActions({ alarm }: { readonly alarm: Alarm }) {
  const t = useWords();
  const may = useMay();
  const write = useWrite(['/alarms', '/overview']);
  if (!may('alarm.handle')) return null;
  const send = (verb: 'acknowledge' | 'clear'): void => {
    write.mutate({ path: `/alarms/${alarm.id}/${verb}`, version: alarm.version });
  };
  return (
    <div className="actions">
      {!alarm.acknowledged && (
        <Button loading={write.isPending} onClick={() => send('acknowledge')}>
          {t('alarm.acknowledge')}
        </Button>
      )}
      {alarm.state !== 'cleared' && (
        <Button variant="secondary" loading={write.isPending} onClick={() => send('clear')}>
          {t('alarm.clear')}
        </Button>
      )}
      {write.error !== null && <Fault error={write.error} />}
    </div>
  );
}

interface Comment {
  readonly id: number;
  readonly at: string;
  readonly author: string;
  readonly text: string;
}

function Comments({ alarmId }: { readonly alarmId: number }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const may = useMay();
  const [text, setText] = useState('');
  const path = `/alarms/${alarmId}/comments`;
  const comments = useGet<Page<Comment>>(path);
  const write = useWrite([path]);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    write.mutate({ path, body: { text: text.trim() } }, { onSuccess: () => setText('') });
  };
  return (
    <>
      <h3>{t('alarm.comments')}</h3>
      <Answer of={comments}>
        {({ items }) => (
          <ul className="comments">
            {items.map(({ id, at, author, text: said }) => (
              <li key={id}>
                <p className="quiet">
                  {author} · {whenText(language, at, nowMs)}
                </p>
                <p>{said}</p>
              </li>
            ))}
          </ul>
        )}
      </Answer>
      {may('alarm.handle') && (
        <form className="row" onSubmit={submit}>
          <TextInput label={t('alarm.comment')} value={text} onChange={setText} required grow />
          <Button type="submit" variant="secondary" disabled={text.trim() === ''}>
            {t('action.send')}
          </Button>
          {write.error !== null && <Fault error={write.error} />}
        </form>
      )}
    </>
  );
}
