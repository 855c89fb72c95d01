// Which carriers fail together, and where.
import type { SharedFate } from '@rmh/contract/api';
import { useMemo } from 'react';
import { useGet } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { useCarrierLook } from '../carriers.ts';
import { decimals, shareText, spanText, timeText } from '../format.ts';
import { usePlaceNames } from '../map/place-names.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Answer, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';
import { CellMap } from './cell-map.tsx';

type Pair = SharedFate['pairs'][number];
type FateCell = SharedFate['cells'][number];

export function SharedFateView() {
  const t = useWords();
  const language = useLanguage();
  const [filters] = useFilters();
  const fate = useGet<SharedFate>('/carriers/shared-fate', {
    simulated: String(filters['fleet'] === 'simulated'),
    organisationId: filters['organisationId'],
  });
  return (
    <Answer of={fate}>
      {({ pairs, cells, through }) => (
        <>
          <Panel
            title={t('fate.pairs')}
            note={
              through === null
                ? t('fate.none')
                : t('fate.note', { day: timeText(language, 'date', `${through}T12:00Z`) })
            }
          >
            <PairTable pairs={pairs} />
          </Panel>
          <Panel title={t('fate.cells')} note={t('fate.cellsNote')}>
            <FateCells cells={cells} />
          </Panel>
        </>
      )}
    </Answer>
  );
}

function useColumns<Row extends Omit<Pair, 'lift'>>(): Column<Row>[] {
  const t = useWords();
  const language = useLanguage();
  return [
    {
      key: 'share',
      head: t('fate.share'),
      numeric: true,
      cell: ({ share }) => shareText(language, share),
    },
    {
      key: 'both',
      head: t('fate.both'),
      numeric: true,
      cell: ({ bothMs }) => spanText(language, bothMs),
    },
    {
      key: 'either',
      head: t('fate.either'),
      numeric: true,
      spare: 'phone',
      cell: ({ eitherMs }) => spanText(language, eitherMs),
    },
    {
      key: 'vehicles',
      head: t('column.vehicles'),
      numeric: true,
      spare: true,
      cell: ({ vehicles }) => vehicles,
    },
  ];
}

function PairTable({ pairs }: { readonly pairs: readonly Pair[] }) {
  const t = useWords();
  const language = useLanguage();
  const look = useCarrierLook();
  const columns = useColumns<Pair>();
  return (
    <DataTable
      caption={t('fate.pairs')}
      rows={pairs}
      rowKey={({ first, second }) => `${first} ${second}`}
      empty={<p>{t('fate.none')}</p>}
      columns={[
        {
          key: 'pair',
          head: t('column.carriers'),
          names: true,
          cell: ({ first, second }) => `${look.name(first)} + ${look.name(second)}`,
        },
        ...columns,
        {
          key: 'lift',
          head: t('fate.lift'),
          numeric: true,
          cell: ({ lift }) =>
            lift === null ? '–' : t('fate.times', { n: decimals(language, lift, 1) }),
        },
      ]}
    />
  );
}

function FateCells({ cells }: { readonly cells: readonly FateCell[] }) {
  const t = useWords();
  const look = useCarrierLook();
  const placeOf = usePlaceNames();
  const columns = useColumns<FateCell>();
  const weighed = useMemo(() => {
    const byCell = Map.groupBy(cells, ({ cell }) => cell);
    const sums = [...byCell].map(([cell, own]) => {
      return { cell, bothMs: own.reduce((sum, { bothMs }) => sum + bothMs, 0) };
    });
    const most = Math.max(1, ...sums.map(({ bothMs }) => bothMs));
    return sums.map(({ cell, bothMs }) => ({ cell, weight: bothMs / most }));
  }, [cells]);
  return (
    <div className="map-split wide-list">
      <CellMap label={t('fate.map')} cells={weighed} />
      <section className="map-list" aria-label={t('fate.cells')}>
        <DataTable
          caption={t('fate.cells')}
          rows={cells}
          rowKey={({ cell, first, second }) => `${cell} ${first} ${second}`}
          empty={<p>{t('fate.noCells')}</p>}
          columns={[
            {
              key: 'near',
              head: t('coverage.near'),
              names: true,
              cell: ({ cell }) => placeOf(cell),
            },
            {
              key: 'pair',
              head: t('column.carriers'),
              cell: ({ first, second }) => `${look.name(first)} + ${look.name(second)}`,
            },
            ...columns,
          ]}
        />
      </section>
    </div>
  );
}
