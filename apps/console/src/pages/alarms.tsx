// Alarms: what is open, what was done about it, after what tolerance they are raised, and who is
// told.

import { Button } from '@digdir/designsystemet-react';
import type { Alarm, Verb } from '@rmh/contract/api';
import { useAlarmWords } from '../alarm-words.ts';
import { useMay, useOrganisations, usePages } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { useFilters } from '../app/search.ts';
import { ALARM_KIND_NAMES, SEVERITY_NAMES } from '../choices.ts';
import { spanText, whenText } from '../format.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Choice, Segments } from '../parts/fields.tsx';
import { Answer, PageFrame } from '../parts/page.tsx';
import { Marked, SeverityMark, SimulatedMark } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { AlarmDetail } from './alarm-detail.tsx';
import { AlarmRules } from './alarm-rules.tsx';
import { Recipients } from './recipients.tsx';

// New alarms come by the stream; this catches what it missed.
const EVERY_MS = 15_000;

const VIEWS = [
  { name: 'list', verb: 'alarm.read' },
  { name: 'rules', verb: 'alarm.read' },
  { name: 'recipients', verb: 'webhook.write' },
] as const satisfies readonly { name: string; verb: Verb }[];

export function AlarmsPage() {
  const t = useWords();
  const [filters, change] = useFilters();
  const may = useMay();
  const views = VIEWS.filter(({ verb }) => may(verb)).map(({ name }) => name);
  const view = views.find((name) => name === filters['view']) ?? 'list';
  return (
    <PageFrame
      title={t('page.alarms')}
      tools={
        <>
          {views.length > 1 && (
            <Segments
              label={t('alarms.view')}
              value={view}
              options={views.map((name) => ({ value: name, label: t(`alarms.${name}`) }))}
              onChange={(next) => change({ view: next === 'list' ? undefined : next })}
            />
          )}
          {view === 'list' && <AlarmFilters />}
        </>
      }
    >
      {view === 'list' && <AlarmList />}
      {view === 'rules' && <AlarmRules />}
      {view === 'recipients' && <Recipients />}
    </PageFrame>
  );
}

function AlarmFilters() {
  const t = useWords();
  const [filters, change] = useFilters();
  const all = { value: '', label: t('filter.all') };
  return (
    <>
      <Segments
        label={t('alarms.which')}
        value={filters['open'] ?? 'true'}
        options={[
          { value: 'true', label: t('alarms.open') },
          { value: 'false', label: t('alarms.cleared') },
        ]}
        onChange={(open) => change({ open })}
      />
      <Choice
        label={t('column.severity')}
        value={filters['severity'] ?? ''}
        options={[
          all,
          ...SEVERITY_NAMES.map((one) => ({ value: one, label: t(`severity.${one}`) })),
        ]}
        onChange={(severity) => change({ severity })}
      />
      <Choice
        label={t('column.kind')}
        value={filters['kind'] ?? ''}
        options={[
          all,
          ...ALARM_KIND_NAMES.map((one) => ({ value: one, label: t(`alarmKind.${one}`) })),
        ]}
        onChange={(kind) => change({ kind })}
      />
      <OrganisationChoice
        value={filters['organisationId'] ?? ''}
        onChange={(organisationId) => change({ organisationId })}
      />
    </>
  );
}

function AlarmList() {
  const t = useWords();
  const [filters, change] = useFilters();
  const { open = 'true', severity, kind, organisationId, vehicleId } = filters;
  const query = { limit: 100, open, severity, kind, organisationId, vehicleId };
  const list = usePages<Alarm>('/alarms', query, EVERY_MS);
  const chosenId = Number(filters['alarm'] ?? 0);
  return (
    <div className={chosenId > 0 ? 'with-detail' : undefined}>
      <div>
        <Answer of={{ data: list.items, error: list.error }}>
          {(alarms) => (
            <AlarmTable
              alarms={alarms}
              chosenId={chosenId}
              onChoose={(id) => change({ alarm: id === chosenId ? undefined : String(id) })}
            />
          )}
        </Answer>
        {list.hasNextPage && (
          <p className="more">
            <Button variant="secondary" onClick={() => void list.fetchNextPage()}>
              {t('action.more')}
            </Button>
          </p>
        )}
      </div>
      {chosenId > 0 && (
        <AlarmDetail
          key={chosenId}
          alarmId={chosenId}
          onClose={() => change({ alarm: undefined })}
        />
      )}
    </div>
  );
}

interface AlarmTableProps {
  readonly alarms: readonly Alarm[];
  readonly chosenId: number;
  readonly onChoose: (id: number) => void;
}

function AlarmTable({ alarms, chosenId, onChoose }: AlarmTableProps) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const { alarmText, faultText } = useAlarmWords();
  const { data: tree } = useOrganisations();
  const organisations = new Map(tree?.map(({ id, shortName }) => [id, shortName]));
  return (
    <DataTable
      caption={t('page.alarms')}
      rows={alarms}
      rowKey={({ id }) => id}
      isChosen={({ id }) => id === chosenId}
      empty={<Marked tone="good">{t('alarms.none')}</Marked>}
      columns={[
        {
          key: 'severity',
          head: t('column.severity'),
          cell: ({ severity }) => <SeverityMark severity={severity} />,
        },
        {
          key: 'what',
          head: t('column.what'),
          names: true,
          cell: (alarm) => (
            <>
              <button
                type="button"
                className="link"
                aria-expanded={alarm.id === chosenId}
                onClick={() => onChoose(alarm.id)}
              >
                {alarmText(alarm)}
              </button>{' '}
              {alarm.simulated && <SimulatedMark />}
            </>
          ),
        },
        {
          key: 'where',
          head: t('column.where'),
          spare: 'phone',
          cell: ({ organisationId }) => organisations.get(organisationId) ?? '–',
        },
        {
          key: 'since',
          head: t('column.since'),
          tight: true,
          cell: ({ since, clearedAt }) => (
            <>
              {whenText(language, since, nowMs)}{' '}
              <span className="quiet">
                (
                {spanText(
                  language,
                  (clearedAt ? Date.parse(clearedAt) : nowMs) - Date.parse(since),
                )}
                )
              </span>
            </>
          ),
        },
        {
          key: 'fault',
          head: t('column.fault'),
          spare: 'phone',
          cell: (alarm) => faultText(alarm),
        },
        {
          key: 'seen',
          head: t('column.acknowledged'),
          cell: ({ acknowledged, acknowledgedBy }) =>
            acknowledged ? (acknowledgedBy ?? t('word.yes')) : <strong>{t('word.no')}</strong>,
        },
      ]}
    />
  );
}
