// Where each carrier answered and where it did not, by hexagons. The table says the worst first.
import type { CoverageCell } from '@rmh/contract/api';
import { cellToBoundary } from 'h3-js';
import type { ExpressionSpecification, GeoJSONSource, MapLibreMap } from 'maplibre-gl';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useAllPages } from '../api/api.ts';
import { useFilters } from '../app/search.ts';
import { useCarrierLook } from '../carriers.ts';
import { decimals, shareText, spanText } from '../format.ts';
import { MapView } from '../map/map-view.tsx';
import { usePlaceNames } from '../map/place-names.ts';
import { FleetChoice } from '../parts/choices.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Choice, Segments } from '../parts/fields.tsx';
import { Answer, PageFrame } from '../parts/page.tsx';
import { SimulatedMark } from '../parts/status.tsx';
import { DAYS, useDays } from '../ranges.ts';
import { useLanguage, useWords } from '../words/words.ts';

// Cells that a map and a person can hold; the query narrows before that.
const TABLE_ROWS = 200;

export function CoveragePage() {
  const t = useWords();
  const [filters] = useFilters();
  const { from, to } = useDays(filters['days'], '30');
  const simulated = filters['fleet'] === 'simulated';
  const resolution = filters['resolution'] ?? '6';
  const coverage = useAllPages<CoverageCell>('/coverage', {
    from,
    to,
    resolution,
    simulated: String(simulated),
  });
  return (
    <PageFrame
      title={t('page.coverage')}
      aside={simulated && <SimulatedMark />}
      wide
      tools={<CoverageTools cells={coverage.data ?? []} />}
    >
      <Answer of={coverage}>{(cells) => <CoverageView cells={cells} />}</Answer>
    </PageFrame>
  );
}

function CoverageTools({ cells }: { readonly cells: readonly CoverageCell[] }) {
  const t = useWords();
  const [filters, change] = useFilters();
  const look = useCarrierLook();
  const links = [...new Set(cells.flatMap(({ carriers }) => carriers.map(({ link }) => link)))];
  return (
    <>
      <Choice
        label={t('map.show')}
        value={filters['carrier'] ?? ''}
        options={[
          { value: '', label: t('map.service') },
          ...links
            .toSorted((a, b) => a.localeCompare(b))
            .map((link) => ({
              value: link,
              label: look.name(link),
            })),
          { value: 'all-down', label: t('coverage.allDown') },
        ]}
        onChange={(carrier) => change({ carrier })}
      />
      <Segments
        label={t('coverage.span')}
        value={filters['days'] ?? '30'}
        options={DAYS.map((days) => ({ value: days, label: t(`days.${days}`) }))}
        onChange={(days) => change({ days })}
      />
      <Segments
        label={t('coverage.size')}
        value={filters['resolution'] ?? '6'}
        options={(['5', '6', '7', '8'] as const).map((one) => ({
          value: one,
          label: t(`cell.${one}`),
        }))}
        onChange={(resolution) => change({ resolution })}
      />
      <FleetChoice />
    </>
  );
}

/** The share that is shown: 1 is good. Null: nobody knows. */
function shareOf(cell: CoverageCell, carrier: string | undefined): number | null {
  if (!carrier) return cell.service;
  if (carrier === 'all-down') return cell.allDown === null ? null : 1 - cell.allDown;
  return cell.carriers.find(({ link }) => link === carrier)?.up ?? null;
}

function CoverageView({ cells }: { readonly cells: readonly CoverageCell[] }) {
  const t = useWords();
  const [filters] = useFilters();
  const carrier = filters['carrier'];
  const shown = useMemo(
    () =>
      cells
        .flatMap((cell) => {
          const share = shareOf(cell, carrier);
          return share === null ? [] : [{ cell, share }];
        })
        .toSorted((a, b) => a.share - b.share || b.cell.seconds - a.cell.seconds),
    [cells, carrier],
  );
  const ready = useHexagons(shown);
  return (
    <div className="map-split wide-list">
      <MapView label={t('coverage.label')} onReady={ready}>
        <Legend />
      </MapView>
      <section className="map-list" aria-label={t('coverage.table')}>
        <p className="quiet">{t('coverage.note', { n: shown.length })}</p>
        <CellTable shown={shown.slice(0, TABLE_ROWS)} />
      </section>
    </div>
  );
}

interface ShownCell {
  readonly cell: CoverageCell;
  readonly share: number;
}

// Light to dark is bad to good in no theme alone: the steps are told apart by lightness, so that
// they hold without colour, and the legend names them.
const STEPS = [0, 0.9, 0.97, 0.99, 0.999] as const;

function useHexagons(shown: readonly ShownCell[]): (map: MapLibreMap) => () => void {
  const [map, setMap] = useState<MapLibreMap | null>(null);
  useEffect(() => {
    void map?.getSource<GeoJSONSource>('cells')?.setData(hexagons(shown));
  }, [map, shown]);
  return useCallback((made: MapLibreMap) => {
    const style = getComputedStyle(document.documentElement);
    const colour = (step: number): string => style.getPropertyValue(`--scale-${step}`).trim();
    const fill: ExpressionSpecification = [
      'step',
      ['get', 'share'],
      colour(0),
      ...STEPS.slice(1).flatMap((from, index): [number, string] => [from, colour(index + 1)]),
    ];
    made.addSource('cells', { type: 'geojson', data: hexagons([]) });
    made.addLayer({
      id: 'cells',
      type: 'fill',
      source: 'cells',
      paint: { 'fill-color': fill, 'fill-opacity': 0.82, 'fill-antialias': true },
    });
    setMap(made);
    return () => setMap(null);
  }, []);
}

function hexagons(shown: readonly ShownCell[]): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: shown.map(({ cell: { cell }, share }) => ({
      type: 'Feature',
      properties: { share },
      geometry: { type: 'Polygon', coordinates: [cellToBoundary(cell, true)] },
    })),
  };
}

function Legend() {
  const t = useWords();
  const language = useLanguage();
  return (
    <ul className="map-legend" aria-label={t('coverage.legend')}>
      {STEPS.map((from, step) => {
        const to = STEPS[step + 1] ?? null;
        const percent = (share: number): string => `${decimals(language, share * 100, 1)} %`;
        const text = to === null ? `≥ ${percent(from)}` : `< ${percent(to)}`;
        return (
          <li key={from}>
            <span className={`swatch scale-${step}`} aria-hidden="true" />
            {text}
          </li>
        );
      })}
    </ul>
  );
}

function CellTable({ shown }: { readonly shown: readonly ShownCell[] }) {
  const t = useWords();
  const language = useLanguage();
  const look = useCarrierLook();
  const placeOf = usePlaceNames();
  const links = [...new Set(shown.flatMap(({ cell }) => cell.carriers.map(({ link }) => link)))];
  const columns: Column<ShownCell>[] = [
    {
      key: 'place',
      head: t('coverage.near'),
      names: true,
      cell: ({ cell }) => placeOf(cell.cell),
    },
    {
      key: 'service',
      head: t('word.service'),
      numeric: true,
      cell: ({ cell }) => shareText(language, cell.service),
    },
    ...links.map((link) => ({
      key: link,
      head: look.name(link),
      numeric: true,
      cell: ({ cell }: ShownCell) =>
        shareText(language, cell.carriers.find((one) => one.link === link)?.up ?? null),
    })),
    {
      key: 'time',
      head: t('coverage.measured'),
      numeric: true,
      spare: 'phone',
      cell: ({ cell }) => spanText(language, cell.seconds * 1_000),
    },
    {
      key: 'vehicles',
      head: t('column.vehicles'),
      numeric: true,
      spare: 'phone',
      cell: ({ cell }) => cell.vehicles,
    },
  ];
  return (
    <DataTable
      caption={t('coverage.table')}
      columns={columns}
      rows={shown}
      rowKey={({ cell }) => cell.cell}
      empty={t('coverage.none')}
    />
  );
}
