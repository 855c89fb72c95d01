// Names of places, as elements over the map: no glyph server, the page's own type, sharp at any
// zoom. The largest places win; a name that would lie over another is left out.
import type { MapLibreMap } from 'maplibre-gl';

type Place = readonly [name: string, longitude: number, latitude: number, thousands: number];

const NAMES_MAX = 60;
/** Free space around a name, px: so wide for each letter, and so high. */
const LETTER_PX = 7;
const LINE_PX = 26;

let loading: Promise<readonly Place[]> | null = null;

export function loadPlaces(): Promise<readonly Place[]> {
  loading ??= fetch('/map/places.json').then(async (response) => {
    return (await response.json()) as readonly Place[];
  });
  return loading;
}

/** The name of the nearest place and how far it is, km; null before the names are there. */
export function nearestPlace(
  places: readonly Place[],
  longitude: number,
  latitude: number,
): { name: string; km: number } | null {
  // A degree of latitude is 111 km; one of longitude shrinks with the cosine.
  const shrink = Math.cos((latitude * Math.PI) / 180);
  let best: { name: string; km: number } | null = null;
  for (const [name, x, y] of places) {
    const km = 111.2 * Math.hypot((x - longitude) * shrink, y - latitude);
    if (best === null || km < best.km) best = { name, km };
  }
  return best;
}

export function showPlaces(map: MapLibreMap): () => void {
  const layer = document.createElement('div');
  layer.className = 'map-places';
  layer.setAttribute('aria-hidden', 'true');
  map.getCanvasContainer().append(layer);
  let places: readonly Place[] = [];
  const draw = (): void => layer.replaceChildren(...namesIn(map, places));
  void loadPlaces().then((loaded) => {
    places = loaded;
    draw();
  });
  map.on('move', draw);
  return () => {
    map.off('move', draw);
    layer.remove();
  };
}

function namesIn(map: MapLibreMap, places: readonly Place[]): HTMLElement[] {
  const bounds = map.getBounds();
  const taken: { x: number; y: number; wide: number }[] = [];
  const names: HTMLElement[] = [];
  for (const [name, longitude, latitude, thousands] of places) {
    if (names.length >= NAMES_MAX) break;
    if (!bounds.contains([longitude, latitude])) continue;
    const { x, y } = map.project([longitude, latitude]);
    const wide = name.length * LETTER_PX + 16;
    const clash = taken.some(
      (one) => Math.abs(one.x - x) < (one.wide + wide) / 2 && Math.abs(one.y - y) < LINE_PX,
    );
    if (clash) continue;
    taken.push({ x, y, wide });
    const element = document.createElement('span');
    element.textContent = name;
    element.className = thousands >= 50 ? 'map-place large' : 'map-place';
    element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
    names.push(element);
  }
  return names;
}
