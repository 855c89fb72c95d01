import type { TrackPoint } from '@rmh/contract/api';
import { LngLatBounds, type MapLibreMap } from 'maplibre-gl';
import { useCallback } from 'react';
import { shareText, timeText } from '../format.ts';
import { MapView } from '../map/map-view.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { useLanguage, useWords } from '../words/words.ts';

export function TrackMap({ points }: { readonly points: readonly TrackPoint[] }) {
  const t = useWords();
  const language = useLanguage();
  const ready = useCallback((map: MapLibreMap) => drawTrack(map, points), [points]);
  if (points.length === 0) return <p className="quiet">{t('track.none')}</p>;
  return (
    <div className="track">
      <MapView label={t('track.title')} onReady={ready} />
      <DataTable
        caption={t('track.points', { n: points.length })}
        captionShown
        tall
        rows={points}
        rowKey={({ at }) => at}
        columns={[
          {
            key: 'at',
            head: t('column.time'),
            names: true,
            cell: ({ at }) => timeText(language, 'dayClock', at),
          },
          {
            key: 'place',
            head: t('track.place'),
            cell: ({ latitude, longitude }) => `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`,
          },
          {
            key: 'service',
            head: t('word.service'),
            numeric: true,
            cell: ({ service }) => shareText(language, service),
          },
        ]}
      />
    </div>
  );
}

function drawTrack(map: MapLibreMap, points: readonly TrackPoint[]): undefined {
  const [first, ...rest] = points.map(({ longitude, latitude }): [number, number] => [
    longitude,
    latitude,
  ]);
  if (first === undefined) return undefined;
  const style = getComputedStyle(document.documentElement);
  map.addSource('track', {
    type: 'geojson',
    data: {
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          properties: {},
          geometry: { type: 'LineString', coordinates: [first, ...rest] },
        },
      ],
    },
  });
  map.addLayer({
    id: 'track',
    type: 'line',
    source: 'track',
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-width': 3, 'line-color': style.getPropertyValue('--focus').trim() },
  });
  const bounds = rest.reduce((all, point) => all.extend(point), new LngLatBounds(first, first));
  map.fitBounds(bounds, { padding: 40, animate: false, maxZoom: 11 });
  return undefined;
}
