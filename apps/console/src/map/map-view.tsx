// The ground of every map: water, land, names of places. Callers add their own layers.
import 'maplibre-gl/dist/maplibre-gl.css';
import {
  AttributionControl,
  type LngLatBoundsLike,
  MapLibreMap,
  NavigationControl,
  type StyleSpecification,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { useEffect, useRef, useState } from 'react';
import { type Scheme, useScheme } from '../theme.ts';
import { useWords } from '../words/words.ts';
import { showPlaces } from './places.ts';

setWorkerUrl(new URL(workerUrl, location.href).href);

/** Mainland Norway: west, south, east, north. */
export const NORWAY: LngLatBoundsLike = [4.2, 57.8, 31.4, 71.4];

interface GroundColours {
  readonly water: string;
  readonly norway: string;
  readonly abroad: string;
  readonly border: string;
}

const GROUND: Readonly<Record<Scheme, GroundColours>> = {
  dark: { water: '#0c1116', norway: '#2a3540', abroad: '#171e25', border: '#4a5763' },
  light: { water: '#dbe6ee', norway: '#fbfaf7', abroad: '#efeee9', border: '#a9b4bd' },
};

interface MapViewProps {
  readonly label: string;
  /** Called once the ground is there, and again when the theme has changed it. */
  readonly onReady: (map: MapLibreMap) => undefined | (() => void);
  readonly children?: React.ReactNode;
}

export function MapView({ label, onReady, children }: MapViewProps) {
  const t = useWords();
  const scheme = useScheme();
  const frame = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibreMap | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    if (frame.current === null) return;
    const made = makeMap(frame.current, scheme);
    if (made === null) {
      setFailed(true);
      return;
    }
    let over = false;
    // Not 'load', which waits for every tile: vehicles come before the coast.
    made.once('style.load', () => !over && setMap(made));
    return () => {
      over = true;
      setMap(null);
      made.remove();
    };
  }, [scheme]);

  useEffect(() => {
    if (map === null) return;
    const dropPlaces = showPlaces(map);
    const dropLayers = onReady(map);
    return () => {
      dropPlaces();
      dropLayers?.();
    };
  }, [map, onReady]);

  return (
    <section className="map-view" aria-label={label}>
      <div ref={frame} className="map-canvas" data-ready={map !== null} />
      {failed && <p className="map-failed">{t('map.failed')}</p>}
      {children}
    </section>
  );
}

// The view outlives a change of theme, which makes the map anew.
let lastView: { center: [number, number]; zoom: number } | null = null;

function makeMap(container: HTMLElement, scheme: Scheme): MapLibreMap | null {
  try {
    const map = new MapLibreMap({
      container,
      style: groundStyle(GROUND[scheme]),
      ...(lastView ?? { bounds: NORWAY, fitBoundsOptions: { padding: 24 } }),
      minZoom: 2.5,
      maxZoom: 13,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
    });
    map.touchZoomRotate.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    map.addControl(
      new AttributionControl({ compact: true, customAttribution: 'Natural Earth · GeoNames' }),
    );
    map.on('moveend', () => {
      lastView = { center: map.getCenter().toArray(), zoom: map.getZoom() };
    });
    return map;
  } catch {
    // No WebGL: the table beside the map says the same.
    return null;
  }
}

function groundStyle({ water, norway, abroad, border }: GroundColours): StyleSpecification {
  return {
    version: 8,
    sources: { land: { type: 'geojson', data: '/map/land.json', tolerance: 0.5 } },
    layers: [
      { id: 'water', type: 'background', paint: { 'background-color': water } },
      {
        id: 'land',
        type: 'fill',
        source: 'land',
        paint: {
          'fill-color': ['case', ['get', 'norway'], norway, abroad],
          'fill-antialias': true,
        },
      },
      {
        id: 'coast',
        type: 'line',
        source: 'land',
        paint: {
          'line-color': border,
          'line-width': ['interpolate', ['linear'], ['zoom'], 3, 0.4, 9, 1.2],
        },
      },
    ],
  };
}
