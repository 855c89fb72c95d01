import { Button } from '@digdir/designsystemet-react';
import type { AuditEntry } from '@rmh/contract/api';
import { usePages } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { timeText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { TextInput } from '../parts/fields.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function AuditLog() {
  const t = useWords();
  const [filters, change] = useFilters();
  const { actor, action } = filters;
  const list = usePages<AuditEntry>('/audit', { limit: 100, actor, action });
  return (
    <Panel
      title={t('admin.audit')}
      note={t('audit.note')}
      tools={
        <>
          <TextInput
            label={t('column.who')}
            value={actor ?? ''}
            onChange={(next) => change({ actor: next })}
          />
          <TextInput
            label={t('column.action')}
            value={action ?? ''}
            onChange={(next) => change({ action: next })}
          />
        </>
      }
    >
      <Answer of={{ data: list.items, error: list.error }}>
        {(entries) => <AuditTable entries={entries} />}
      </Answer>
      {list.hasNextPage && (
        <p className="more">
          <Button variant="secondary" onClick={() => void list.fetchNextPage()}>
            {t('action.more')}
          </Button>
        </p>
      )}
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
          cell: ({ subject }) => <code>{subject}</code>,
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
