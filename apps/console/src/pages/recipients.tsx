// Who is told of alarms: other systems by webhook, people by e-mail, and whether it arrives.

import { Button } from '@digdir/designsystemet-react';
import type { Delivery, Page, Webhook } from '@rmh/contract/api';
import { useState } from 'react';
import { useGet, useOrganisations, usePages } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { useWords } from '../words/words.ts';
import { RecipientDetail } from './recipient-detail.tsx';
import { RecipientDialog } from './recipient-dialog.tsx';
import { DeliveryMark, RecipientState } from './recipient-marks.tsx';

// Whether the last alarm arrived should be seen soon after it was sent.
const EVERY_MS = 15_000;

export function Recipients() {
  const t = useWords();
  const [filters, change] = useFilters();
  const [making, setMaking] = useState(false);
  const list = usePages<Webhook>('/webhooks', { limit: 100 }, EVERY_MS);
  const chosenId = Number(filters['recipient'] ?? 0);
  const chosen = list.items?.find(({ id }) => id === chosenId);
  const choose = (id: number): void =>
    change({ recipient: id === chosenId ? undefined : String(id) });
  return (
    <div className={chosen === undefined ? undefined : 'with-detail'}>
      <Panel
        title={t('alarms.recipients')}
        note={t('recipient.note')}
        tools={
          <Button variant="secondary" onClick={() => setMaking(true)}>
            {t('recipient.new')}
          </Button>
        }
      >
        <Answer of={{ data: list.items, error: list.error }}>
          {(webhooks) => (
            <RecipientTable webhooks={webhooks} chosenId={chosenId} onChoose={choose} />
          )}
        </Answer>
        {list.hasNextPage && (
          <p className="more">
            <Button variant="secondary" onClick={() => void list.fetchNextPage()}>
              {t('action.more')}
            </Button>
          </p>
        )}
      </Panel>
      {chosen !== undefined && (
        <RecipientDetail key={chosen.id} webhook={chosen} onClose={() => choose(chosenId)} />
      )}
      {making && <RecipientDialog webhook={null} onClose={() => setMaking(false)} />}
    </div>
  );
}

interface RecipientTableProps {
  readonly webhooks: readonly Webhook[];
  readonly chosenId: number;
  readonly onChoose: (id: number) => void;
}

function RecipientTable({ webhooks, chosenId, onChoose }: RecipientTableProps) {
  const t = useWords();
  const { data: tree } = useOrganisations();
  // Beside the one that is chosen there is less room, and its own panel says the rest.
  const isOneChosen = webhooks.some(({ id }) => id === chosenId);
  const about: Column<Webhook>[] = [
    {
      key: 'least',
      head: t('recipient.least'),
      spare: 'phone',
      cell: ({ leastSeverity }) => t(`severity.${leastSeverity}`),
    },
    {
      key: 'organisation',
      head: t('recipient.about'),
      spare: true,
      cell: ({ organisationId }) => tree?.find(({ id }) => id === organisationId)?.shortName ?? '–',
    },
  ];
  return (
    <DataTable
      caption={t('alarms.recipients')}
      rows={webhooks}
      rowKey={({ id }) => id}
      isChosen={({ id }) => id === chosenId}
      empty={t('recipient.none')}
      columns={[
        {
          key: 'name',
          head: t('column.name'),
          names: true,
          cell: ({ id, name }) => (
            <button
              type="button"
              className="link"
              aria-expanded={id === chosenId}
              onClick={() => onChoose(id)}
            >
              {name}
            </button>
          ),
        },
        { key: 'state', head: t('column.state'), cell: (one) => <RecipientState webhook={one} /> },
        { key: 'last', head: t('recipient.last'), cell: ({ id }) => <LastDelivery of={id} /> },
        ...(isOneChosen ? [] : about),
      ]}
    />
  );
}

/** A request of its own for each row: an organisation has 50 recipients at most. */
function LastDelivery({ of }: { readonly of: number }) {
  const t = useWords();
  const path = `/webhooks/${of}/deliveries`;
  const { data } = useGet<Page<Delivery>>(path, { limit: 1 }, { everyMs: EVERY_MS });
  const last = data?.items[0];
  if (last !== undefined) return <DeliveryMark delivery={last} />;
  return data === undefined ? null : <span className="quiet">{t('recipient.nothingYet')}</span>;
}
