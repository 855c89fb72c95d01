// What one recipient was told, and whether it arrived.
import type { Delivery, Page } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useGet } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { faultText } from '../delivery-words.ts';
import { whenText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Answer } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { DeliveryMark } from './recipient-marks.tsx';

// Tries that fail are made again for up to a day; the last ones tell enough.
const DELIVERIES_SHOWN = 20;
const EVERY_MS = 15_000;

export function Deliveries({ of }: { readonly of: number }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const path = `/webhooks/${of}/deliveries`;
  const query = { limit: DELIVERIES_SHOWN };
  const list = useGet<Page<Delivery>>(path, query, { everyMs: EVERY_MS });
  return (
    <Answer of={list}>
      {({ items }) => (
        <DataTable
          caption={t('recipient.deliveries')}
          captionShown
          rows={items}
          rowKey={({ id }) => id}
          empty={t('recipient.nothingYet')}
          columns={[
            {
              key: 'at',
              head: t('column.time'),
              tight: true,
              cell: ({ createdAt }) => whenText(language, createdAt, nowMs),
            },
            {
              key: 'alarm',
              head: t('column.what'),
              names: true,
              cell: ({ alarmId, event }) => (
                <Link to="/alarms" search={{ alarm: String(alarmId) }}>
                  {t('recipient.event', { n: alarmId, event: t(`event.${event}`) })}
                </Link>
              ),
            },
            {
              key: 'outcome',
              head: t('recipient.outcome'),
              cell: (delivery) => (
                <>
                  <DeliveryMark delivery={delivery} />
                  {delivery.fault !== null && (
                    <div className="quiet">
                      {t('recipient.fault', { fault: faultText(t, delivery), n: delivery.tries })}
                    </div>
                  )}
                </>
              ),
            },
          ]}
        />
      )}
    </Answer>
  );
}
