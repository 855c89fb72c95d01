import type { AuditEntry } from '@rmh/contract/api';
import { addressOf } from '@rmh/contract/client';
import { usePages } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { timeText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Segments } from '../parts/fields.tsx';
import { More } from '../parts/more.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function AuditLog() {
  const t = useWords();
  const [filters, change] = useFilters();
  const { actor, action, vehicle } = filters;
  const looks = filters['looks'] === 'only' ? true : undefined;
  const list = usePages<AuditEntry>('/audit', { limit: 100, actor, action, vehicle, looks });
  return (
    <Panel
      title={t('admin.audit')}
      note={t('audit.note')}
      tools={
        <>
          <SearchField
            label={t('audit.vehicle')}
            value={vehicle ?? ''}
            onChange={(next) => change({ vehicle: next })}
          />
          <SearchField
            label={t('column.who')}
            value={actor ?? ''}
            onChange={(next) => change({ actor: next })}
          />
          <SearchField
            label={t('column.action')}
            value={action ?? ''}
            onChange={(next) => change({ action: next })}
          />
          <Segments
            label={t('audit.kind')}
            value={looks === true ? 'only' : 'all'}
            options={[
              { value: 'all', label: t('filter.all') },
              { value: 'only', label: t('audit.looks') },
            ]}
            onChange={(next) => change({ looks: next === 'only' ? next : undefined })}
          />
          <p className="exports">
            <a href={addressOf('/exports/audit.jsonl')} download aria-label={t('audit.jsonl')}>
              JSONL
            </a>
            <a href={addressOf('/exports/audit.syslog')} download aria-label={t('audit.syslog')}>
              Syslog
            </a>
          </p>
        </>
      }
    >
      <Answer of={{ data: list.items, error: list.error }}>
        {(entries) => <AuditTable entries={entries} />}
      </Answer>
      <More of={list} />
    </Panel>
  );
}

function AuditTable({ entries }: { readonly entries: readonly AuditEntry[] }) {
  const t = useWords();
  const language = useLanguage();
  return (
    <DataTable
      caption={t('admin.audit')}
      rows={entries}
      rowKey={({ id }) => id}
      empty={t('audit.none')}
      columns={[
        {
          key: 'at',
          head: t('column.time'),
          tight: true,
          cell: ({ at }) => `${timeText(language, 'day', at)} ${timeText(language, 'seconds', at)}`,
        },
        { key: 'actor', head: t('column.who'), names: true, cell: ({ actor }) => actor },
        { key: 'action', head: t('column.action'), cell: ({ action }) => <code>{action}</code> },
        {
          key: 'subject',
          head: t('column.subject'),
          cell: ({ subject, subjectName }) => subjectName ?? <code>{subject}</code>,
        },
        { key: 'reason', head: t('word.reason'), cell: ({ reason }) => reason ?? '–' },
        {
          key: 'change',
          head: t('audit.change'),
          spare: true,
          cell: ({ before, after }) =>
            before === null && after === null ? (
              '–'
            ) : (
              <details>
                <summary>{t('audit.show')}</summary>
                <pre>{JSON.stringify({ before, after }, null, 1)}</pre>
              </details>
            ),
        },
      ]}
    />
  );
}
