// Day by day: the share of all checks that were met.
import type { ComplianceTrend } from '@rmh/contract/api';
import { useMemo } from 'react';
import { useGet } from '../api/api.ts';
import { countText, shareText, timeText } from '../format.ts';
import { Chart } from '../parts/chart.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Answer } from '../parts/page.tsx';
import { RESULTS_GRAVE_FIRST } from '../requirement-words.ts';
import { useLanguage, useWords } from '../words/words.ts';
import { useWhose } from './requirement-whose.ts';

type Day = ComplianceTrend['days'][number];

export function RequirementTrend() {
  const whose = useWhose();
  const trend = useGet<ComplianceTrend>(
    '/compliance/trend',
    { ...whose, days: 90 },
    { keep: true },
  );
  return <Answer of={trend}>{({ days }) => <TrendChart days={days} />}</Answer>;
}

function shareMet({ met, failed, unknown }: Day): number | null {
  const all = met + failed + unknown;
  return all === 0 ? null : met / all;
}

function TrendChart({ days }: { readonly days: readonly Day[] }) {
  const t = useWords();
  const language = useLanguage();
  const atMs = useMemo(() => days.map(({ day }) => Date.parse(day)), [days]);
  const lines = useMemo(() => {
    const values = days.map((day) => {
      const share = shareMet(day);
      return share === null ? null : share * 100;
    });
    return [{ name: t('result.met'), colour: 0, values }];
  }, [days, t]);
  return (
    <>
      <Chart
        label={t('requirements.trend')}
        atMs={atMs}
        lines={lines}
        unit="%"
        digits={1}
        most={100}
        heightPx={180}
      />
      <details>
        <summary>{t('action.asTable')}</summary>
        <DataTable
          caption={t('requirements.trend')}
          tall
          rows={days.toReversed()}
          rowKey={({ day }) => day}
          columns={[
            {
              key: 'day',
              head: t('column.day'),
              names: true,
              cell: ({ day }) => timeText(language, 'day', day),
            },
            {
              key: 'share',
              head: t('requirements.trend'),
              numeric: true,
              cell: (day) => shareText(language, shareMet(day)),
            },
            ...RESULTS_GRAVE_FIRST.map((state) => ({
              key: state,
              head: t(`result.${state}`),
              numeric: true,
              cell: (day: Day) => countText(language, day[state]),
            })),
          ]}
        />
      </details>
    </>
  );
}
