// Cells on the map, darker where more was lost; the table beside it says the same.
import { cellToBoundary } from 'h3-js';
import type { GeoJSONSource, MapLibreMap } from 'maplibre-gl';
import { useCallback, useEffect, useState } from 'react';
import { MapView } from '../map/map-view.tsx';

export interface WeighedCell {
  readonly cell: string;
  /** 0 … 1. */
  readonly weight: number;
}

interface CellMapProps {
  readonly label: string;
  readonly cells: readonly WeighedCell[];
}

export function CellMap({ label, cells }: CellMapProps) {
  const [map, setMap] = useState<MapLibreMap | null>(null);
  useEffect(() => {
    if (map === null) return;
    void map.getSource<GeoJSONSource>('cells')?.setData(hexagons(cells));
    const points = cells.flatMap(({ cell }) => cellToBoundary(cell, true));
    if (points.length === 0) return;
    const [x, y] = [points.map(([one]) => one), points.map(([, one]) => one)];
    map.fitBounds([Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)], {
      padding: 40,
      maxZoom: 10,
      animate: false,
    });
  }, [map, cells]);
  const ready = useCallback((made: MapLibreMap) => {
    const style = getComputedStyle(document.documentElement);
    const colour = (step: number): string => style.getPropertyValue(`--scale-${step}`).trim();
    made.addSource('cells', { type: 'geojson', data: hexagons([]) });
    made.addLayer({
      id: 'cells',
      type: 'fill',
      source: 'cells',
      paint: {
        'fill-color': ['step', ['get', 'weight'], colour(2), 0.34, colour(1), 0.67, colour(0)],
        'fill-opacity': 0.82,
      },
    });
    setMap(made);
    return () => setMap(null);
  }, []);
  return <MapView label={label} onReady={ready} />;
}

function hexagons(cells: readonly WeighedCell[]): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: cells.map(({ cell, weight }) => ({
      type: 'Feature',
      properties: { weight },
      geometry: { type: 'Polygon', coordinates: [cellToBoundary(cell, true)] },
    })),
  };
}
