// What was done with an order or a case: when, what and why, what it became, and by whom.
import { usePages } from '../api/api.ts';
import { timeText } from '../format.ts';
import { useLanguage, useWords } from '../words/words.ts';
import { DataTable } from './data-table.tsx';
import { More } from './more.tsx';
import { Answer } from './page.tsx';

interface Change {
  readonly id: number;
  readonly at: string;
  readonly reason: string | null;
}

interface ChangeHistoryProps<C extends Change> {
  /** A list of changes. */
  readonly path: string;
  readonly caption: string;
  readonly told: (change: C) => Readonly<Record<'what' | 'state' | 'who', string>>;
}

export function ChangeHistory<C extends Change>({ path, caption, told }: ChangeHistoryProps<C>) {
  const t = useWords();
  const language = useLanguage();
  const changes = usePages<C>(path);
  return (
    <>
      <Answer of={{ data: changes.items, error: changes.error }}>
        {(rows) => (
          <DataTable
            caption={caption}
            rows={rows}
            rowKey={({ id }) => id}
            columns={[
              {
                key: 'at',
                head: t('column.time'),
                tight: true,
                names: true,
                cell: ({ at }) => timeText(language, 'dayClock', at),
              },
              {
                key: 'what',
                head: t('column.what'),
                cell: (change) => (
                  <>
                    {told(change).what}
                    {change.reason !== null && <span className="quiet"> {change.reason}</span>}
                  </>
                ),
              },
              {
                key: 'to',
                head: t('column.state'),
                tight: true,
                cell: (change) => told(change).state,
              },
              { key: 'who', head: t('column.who'), cell: (change) => told(change).who },
            ]}
          />
        )}
      </Answer>
      <More of={changes} />
    </>
  );
}
