// How a rollout went, unit by unit: those that fell back first, with why.
import type { Page, RolloutUnit } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import { useGet } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { whenText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Answer } from '../parts/page.tsx';
import { Marked, type Tone } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';

const EVERY_MS = 5_000;

const STATE_TONES: Readonly<Record<RolloutUnit['state'], Tone>> = {
  'fell-back': 'bad',
  sent: 'reduced',
  'on-mission': 'unknown',
  waiting: 'unknown',
  confirmed: 'good',
};
const GRAVE_FIRST = Object.keys(STATE_TONES);

export function RolloutUnits({ rolloutId }: { readonly rolloutId: number }) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  const path = `/rollouts/${rolloutId}/units`;
  const units = useGet<Page<RolloutUnit>>(path, { limit: 500 }, { everyMs: EVERY_MS });
  return (
    <Answer of={units}>
      {({ items }) => (
        <DataTable
          caption={t('rollout.units')}
          tall
          rows={items.toSorted(
            (a, b) => GRAVE_FIRST.indexOf(a.state) - GRAVE_FIRST.indexOf(b.state),
          )}
          rowKey={({ unitId }) => unitId}
          empty={t('rollout.noUnits')}
          columns={[
            {
              key: 'vehicle',
              head: t('column.vehicle'),
              names: true,
              cell: ({ vehicleId, callSign }) =>
                vehicleId === null ? (
                  '–'
                ) : (
                  <Link to="/vehicles/$vehicleId" params={{ vehicleId: String(vehicleId) }}>
                    {callSign}
                  </Link>
                ),
            },
            {
              key: 'state',
              head: t('column.state'),
              cell: ({ state }) => (
                <Marked tone={STATE_TONES[state]}>{t(`rolloutUnit.${state}`)}</Marked>
              ),
            },
            { key: 'ring', head: t('rollout.ring'), numeric: true, cell: ({ ring }) => ring + 1 },
            {
              key: 'at',
              head: t('column.since'),
              tight: true,
              cell: ({ changedAt }) => whenText(language, changedAt, nowMs),
            },
            { key: 'why', head: t('word.reason'), cell: ({ reason }) => reason ?? '–' },
          ]}
        />
      )}
    </Answer>
  );
}
