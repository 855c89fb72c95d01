import type { Trend as TrendAnswer } from '@rmh/contract/api';
import type { Query } from '@rmh/contract/client';
import { useMemo } from 'react';
import { useGet } from '../api/api.ts';
import { useCarrierLook } from '../carriers.ts';
import { shareText, timeText } from '../format.ts';
import { Chart } from '../parts/chart.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Answer } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function Trend({ query }: { readonly query: Query }) {
  const trend = useGet<TrendAnswer>('/statistics/trend', query, { keep: true });
  return <Answer of={trend}>{(data) => <TrendChart trend={data} />}</Answer>;
}

function TrendChart({ trend }: { readonly trend: TrendAnswer }) {
  const t = useWords();
  const language = useLanguage();
  const look = useCarrierLook();
  const links = useMemo(
    () => [...new Set(trend.days.flatMap(({ carriers }) => carriers.map(({ link }) => link)))],
    [trend],
  );
  const atMs = useMemo(() => trend.days.map(({ day }) => Date.parse(day)), [trend]);
  const lines = useMemo(() => {
    const percent = (share: number | null | undefined) =>
      typeof share === 'number' ? share * 100 : null;
    const shareOf = (day: TrendAnswer['days'][number], link: string) =>
      percent(day.carriers.find((one) => one.link === link)?.availability);
    return [
      {
        name: t('statistics.service'),
        colour: 0,
        values: trend.days.map(({ availability }) => percent(availability)),
      },
      ...links.map((link) => ({
        name: look.name(link),
        colour: look.colour(link),
        values: trend.days.map((day) => shareOf(day, link)),
      })),
    ];
  }, [trend, links, look, t]);
  if (trend.days.length === 0) return <p className="quiet">{t('statistics.none')}</p>;
  return (
    <>
      <Chart
        label={t('statistics.trend')}
        atMs={atMs}
        lines={lines}
        unit="%"
        digits={2}
        most={100}
        heightPx={220}
      />
      <details>
        <summary>{t('action.asTable')}</summary>
        <DataTable
          caption={t('statistics.trend')}
          tall
          rows={trend.days}
          rowKey={({ day }) => day}
          columns={[
            {
              key: 'day',
              head: t('column.day'),
              names: true,
              cell: ({ day }) => timeText(language, 'day', day),
            },
            {
              key: 'service',
              head: t('statistics.service'),
              numeric: true,
              cell: ({ availability }) => shareText(language, availability),
            },
            ...links.map((link) => ({
              key: link,
              head: look.name(link),
              numeric: true,
              cell: ({ carriers }: TrendAnswer['days'][number]) =>
                shareText(
                  language,
                  carriers.find((one) => one.link === link)?.availability ?? null,
                ),
            })),
          ]}
        />
      </details>
    </>
  );
}
