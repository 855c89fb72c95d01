// What the service gave, beside what each carrier alone would have given on the same drives.
import type { Figures, Statistics } from '@rmh/contract/api';
import { addressOf } from '@rmh/contract/client';
import { useGet, useMay } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { useCarrierLook } from '../carriers.ts';
import { bytesText, countText, decimals, minutesPerDay, shareText, timeText } from '../format.ts';
import { FleetChoice, OrganisationChoice } from '../parts/choices.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Choice, Segments } from '../parts/fields.tsx';
import { Answer, Facts, PageFrame, Panel } from '../parts/page.tsx';
import { SimulatedMark } from '../parts/status.tsx';
import { DAYS, useDays } from '../ranges.ts';
import { useLanguage, useWords } from '../words/words.ts';
import { MissionPanel } from './statistics-missions.tsx';
import { Trend } from './statistics-trend.tsx';

const GROUPS = ['nation', 'rhf', 'hf', 'station', 'vehicle'] as const;

function useQueryOfPage() {
  const [filters] = useFilters();
  const { from, to } = useDays(filters['days'], '30');
  const simulated = filters['fleet'] === 'simulated' ? 'true' : 'false';
  return { from, to, simulated, organisationId: filters['organisationId'] };
}

export function StatisticsPage() {
  const t = useWords();
  const [filters] = useFilters();
  const query = useQueryOfPage();
  const groupBy = GROUPS.find((group) => group === filters['groupBy']) ?? 'rhf';
  const whole = useGet<Statistics>('/statistics', { ...query, groupBy: 'nation' }, { keep: true });
  const parts = useGet<Statistics>('/statistics', { ...query, groupBy }, { keep: true });
  return (
    <PageFrame
      title={t('page.statistics')}
      aside={query.simulated === 'true' && <SimulatedMark />}
      tools={<StatisticsTools />}
    >
      <Answer of={whole}>{(data) => <Whole statistics={data} />}</Answer>
      <Panel title={t('statistics.trend')} note={t('statistics.trendNote')}>
        <Trend query={query} />
      </Panel>
      <MissionPanel query={query} />
      <Panel title={t('statistics.groups')} tools={<GroupChoice value={groupBy} />}>
        <Answer of={parts}>{({ groups }) => <GroupTable groups={groups} />}</Answer>
      </Panel>
      <Definitions />
    </PageFrame>
  );
}

function StatisticsTools() {
  const t = useWords();
  const [filters, change] = useFilters();
  const may = useMay();
  const query = useQueryOfPage();
  return (
    <>
      <Segments
        label={t('coverage.span')}
        value={filters['days'] ?? '30'}
        options={DAYS.map((days) => ({ value: days, label: t(`days.${days}`) }))}
        onChange={(days) => change({ days })}
      />
      <OrganisationChoice
        value={filters['organisationId'] ?? ''}
        onChange={(organisationId) => change({ organisationId })}
      />
      <FleetChoice />
      {may('export.read') && (
        <p className="exports">
          <a href={addressOf('/exports/statistics.csv', query)} download>
            CSV
          </a>
          <a href={addressOf('/exports/statistics.parquet', query)} download>
            Parquet
          </a>
        </p>
      )}
    </>
  );
}

function GroupChoice({ value }: { readonly value: (typeof GROUPS)[number] }) {
  const t = useWords();
  const [, change] = useFilters();
  return (
    <Choice
      label={t('statistics.groupBy')}
      value={value}
      options={GROUPS.map((group) => ({ value: group, label: t(`group.${group}`) }))}
      onChange={(groupBy) => change({ groupBy })}
    />
  );
}

function Whole({ statistics }: { readonly statistics: Statistics }) {
  const t = useWords();
  const language = useLanguage();
  const [figures] = statistics.groups;
  if (figures === undefined || figures.availability === null) {
    return <p className="nothing">{t('statistics.none')}</p>;
  }
  return (
    <div className="two">
      <Panel
        title={t('statistics.alone')}
        note={
          statistics.completeThrough !== null &&
          t('statistics.complete', {
            at: timeText(language, 'dayClock', statistics.completeThrough),
          })
        }
      >
        <AloneBars figures={figures} />
      </Panel>
      <Panel title={t('statistics.more')}>
        <MoreFigures figures={figures} />
      </Panel>
    </div>
  );
}

/** Minutes a day without service: bars, so that 99.9 and 99.99 do not look alike. */
function AloneBars({ figures }: { readonly figures: Figures }) {
  const t = useWords();
  const language = useLanguage();
  const look = useCarrierLook();
  const rows = [
    { key: '', name: t('statistics.service'), share: figures.availability, colour: 0 },
    ...figures.carriers
      .map(({ link, availability }) => ({
        key: link,
        name: t('statistics.only', { carrier: look.name(link) }),
        share: availability,
        colour: look.colour(link),
      }))
      .toSorted((a, b) => (b.share ?? 0) - (a.share ?? 0)),
  ];
  const most = Math.max(...rows.map(({ share }) => minutesPerDay(share) ?? 0), 1e-6);
  return (
    <DataTable
      caption={t('statistics.alone')}
      rows={rows}
      rowKey={({ key }) => key}
      columns={[
        {
          key: 'name',
          head: t('column.who'),
          names: true,
          cell: ({ name, key }) => (key === '' ? <strong>{name}</strong> : name),
        },
        {
          key: 'share',
          head: t('column.availability'),
          numeric: true,
          cell: ({ share }) => shareText(language, share),
        },
        {
          key: 'minutes',
          head: t('column.minutesPerDay'),
          numeric: true,
          cell: ({ share }) => {
            const minutes = minutesPerDay(share);
            return minutes === null ? '–' : decimals(language, minutes, minutes < 10 ? 2 : 1);
          },
        },
        {
          key: 'bar',
          head: <span className="unseen">{t('column.minutesPerDay')}</span>,
          spare: 'phone',
          cell: ({ share, colour }) => (
            <span className="lost-bar" aria-hidden="true">
              <span
                className={`chart-${colour}`}
                style={{ width: `${((minutesPerDay(share) ?? 0) / most) * 100}%` }}
              />
            </span>
          ),
        },
      ]}
    />
  );
}

const GAPS = ['under1s', 'under10s', 'under1min', 'under10min', 'longer'] as const;

function MoreFigures({ figures }: { readonly figures: Figures }) {
  const t = useWords();
  const language = useLanguage();
  const hours = (seconds: number): string => `${countText(language, seconds / 3_600)} t`;
  return (
    <>
      <Facts
        of={[
          [t('column.vehicles'), countText(language, figures.vehicles)],
          [t('statistics.known'), hours(figures.times.up + figures.times.down)],
          [t('statistics.lost'), hours(figures.times.down)],
          [t('statistics.bytes'), bytesText(language, figures.bytes)],
          [
            t('statistics.duplicated'),
            shareText(
              language,
              figures.bytes === 0 ? null : figures.bytesDuplicated / figures.bytes,
            ),
          ],
        ]}
      />
      <DataTable
        caption={t('statistics.gaps')}
        captionShown
        rows={GAPS}
        rowKey={(gap) => gap}
        columns={[
          { key: 'gap', head: t('column.length'), names: true, cell: (gap) => t(`gap.${gap}`) },
          {
            key: 'n',
            head: t('column.count'),
            numeric: true,
            cell: (gap) => countText(language, figures.gaps[gap]),
          },
        ]}
      />
    </>
  );
}

function GroupTable({ groups }: { readonly groups: readonly Figures[] }) {
  const t = useWords();
  const language = useLanguage();
  const look = useCarrierLook();
  const links = [...new Set(groups.flatMap(({ carriers }) => carriers.map(({ link }) => link)))];
  const columns: Column<Figures>[] = [
    { key: 'name', head: t('column.group'), names: true, cell: ({ group }) => group.name },
    {
      key: 'vehicles',
      head: t('column.vehicles'),
      numeric: true,
      cell: ({ vehicles }) => countText(language, vehicles),
    },
    {
      key: 'service',
      head: t('statistics.service'),
      numeric: true,
      cell: ({ availability }) => <strong>{shareText(language, availability)}</strong>,
    },
    ...links
      .toSorted((a, b) => a.localeCompare(b))
      .map((link) => ({
        key: link,
        head: t('statistics.only', { carrier: look.name(link) }),
        numeric: true,
        cell: ({ carriers }: Figures) =>
          shareText(language, carriers.find((one) => one.link === link)?.availability ?? null),
      })),
    {
      key: 'best',
      head: t('statistics.best'),
      spare: true,
      cell: ({ bestAlone }) => (bestAlone === null ? '–' : look.name(bestAlone.link)),
    },
    {
      key: 'bytes',
      head: t('statistics.bytes'),
      numeric: true,
      spare: true,
      cell: ({ bytes }) => bytesText(language, bytes),
    },
  ];
  return (
    <DataTable
      caption={t('statistics.groups')}
      columns={columns}
      rows={groups}
      rowKey={({ group: { id, name } }) => id ?? name}
      empty={t('statistics.none')}
    />
  );
}

const DEFINED = ['availability', 'alone', 'unknown', 'minutes', 'gap', 'duplicated'] as const;

function Definitions() {
  const t = useWords();
  return (
    <details className="definitions">
      <summary>{t('statistics.definitions')}</summary>
      <dl>
        {DEFINED.map((word) => (
          <div key={word}>
            <dt>{t(`term.${word}`)}</dt>
            <dd>{t(`definition.${word}`)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
