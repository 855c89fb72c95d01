// A map to point out one place; the fields beside it say the same in numbers.
import { type MapLibreMap, type MapMouseEvent, Marker } from 'maplibre-gl';
import { useCallback, useEffect, useRef, useState } from 'react';
import { MapView } from '../map/map-view.tsx';
import { useWords } from '../words/words.ts';

interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

interface PointMapProps {
  readonly point: Point | null;
  readonly onPoint: (point: Point) => void;
}

export function PointMap({ point, onPoint }: PointMapProps) {
  const t = useWords();
  const [map, setMap] = useState<MapLibreMap | null>(null);
  // The newest one, without making the map anew for it.
  const told = useRef(onPoint);
  useEffect(() => {
    told.current = onPoint;
  });
  const ready = useCallback((made: MapLibreMap) => {
    const clicked = ({ lngLat }: MapMouseEvent): void => {
      told.current({ latitude: lngLat.lat, longitude: lngLat.lng });
    };
    made.on('click', clicked);
    setMap(made);
    return () => {
      made.off('click', clicked);
      setMap(null);
    };
  }, []);
  const { latitude, longitude } = point ?? {};
  useEffect(() => {
    const isPlace = latitude !== undefined && longitude !== undefined && Math.abs(latitude) <= 90;
    if (map === null || !isPlace || Number.isNaN(longitude)) return;
    const marker = new Marker().setLngLat([longitude, latitude]).addTo(map);
    return () => void marker.remove();
  }, [map, latitude, longitude]);
  return (
    <div className="point-map">
      <MapView label={t('experience.map')} onReady={ready} />
    </div>
  );
}
