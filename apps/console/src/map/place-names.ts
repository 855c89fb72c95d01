// The name of the place nearest to a cell, for tables beside maps.
import { cellToLatLng } from 'h3-js';
import { useEffect, useState } from 'react';
import { decimals } from '../format.ts';
import { useLanguage } from '../words/words.ts';
import { loadPlaces, nearestPlace } from './places.ts';

export function usePlaceNames(): (cell: string) => string {
  const language = useLanguage();
  const [places, setPlaces] = useState<Awaited<ReturnType<typeof loadPlaces>>>([]);
  useEffect(() => {
    void loadPlaces().then(setPlaces);
  }, []);
  return (cell) => {
    const [latitude, longitude] = cellToLatLng(cell);
    const near = nearestPlace(places, longitude, latitude);
    return near === null ? cell : `${near.name} (${decimals(language, near.km, 0)} km)`;
  };
}
