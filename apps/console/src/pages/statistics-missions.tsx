// What vehicles had while they were on missions, urgency by urgency.
import type { MissionFigures, MissionStatistics } from '@rmh/contract/api';
import { addressOf, type Query } from '@rmh/contract/client';
import { useGet, useMay } from '../api/api.ts';
import { countText, decimals, minutesPerDay, shareText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function MissionPanel({ query }: { readonly query: Query }) {
  const t = useWords();
  const may = useMay();
  const missions = useGet<MissionStatistics>('/statistics/missions', query, { keep: true });
  return (
    <Panel
      title={t('missions.title')}
      note={t('missions.note')}
      tools={
        may('export.read') && (
          <a href={addressOf('/exports/missions.csv', query)} download>
            CSV
          </a>
        )
      }
    >
      <Answer of={missions}>{({ urgencies }) => <MissionTable urgencies={urgencies} />}</Answer>
    </Panel>
  );
}

function MissionTable({ urgencies }: { readonly urgencies: readonly MissionFigures[] }) {
  const t = useWords();
  const language = useLanguage();
  return (
    <DataTable
      caption={t('missions.title')}
      rows={urgencies}
      rowKey={({ urgency }) => urgency}
      columns={[
        {
          key: 'urgency',
          head: t('missions.urgency'),
          names: true,
          cell: ({ urgency }) => t(`urgency.${urgency}`),
        },
        {
          key: 'missions',
          head: t('missions.count'),
          numeric: true,
          cell: ({ missions }) => countText(language, missions),
        },
        {
          key: 'availability',
          head: t('column.availability'),
          numeric: true,
          cell: ({ availability }) => shareText(language, availability),
        },
        {
          key: 'minutes',
          head: t('column.minutesPerDay'),
          numeric: true,
          spare: 'phone',
          cell: ({ availability }) => {
            const minutes = minutesPerDay(availability);
            return minutes === null ? '–' : decimals(language, minutes, 2);
          },
        },
        {
          key: 'critical',
          head: t('missions.criticalMissed'),
          numeric: true,
          // A few packets of millions: three decimals.
          cell: ({ classes }) => {
            const missed = missedOf(classes);
            return missed === null ? '–' : `${decimals(language, missed * 100, 3)}\u00a0%`;
          },
        },
        {
          key: 'long',
          head: t('missions.longGaps'),
          numeric: true,
          spare: 'phone',
          cell: ({ gaps }) => countText(language, gaps.under10min + gaps.longer),
        },
      ]}
    />
  );
}

function missedOf(classes: MissionFigures['classes']): number | null {
  const critical = classes.find((one) => one.class === 'critical');
  if (critical === undefined || critical.sent === 0) return null;
  return (critical.lost + critical.late) / critical.sent;
}
