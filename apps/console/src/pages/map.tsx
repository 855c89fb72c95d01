// Where everybody is and how it goes. The list beside it says the same in words.
import type { Live, ServiceState, Vehicle } from '@rmh/contract/api';
import { Link } from '@tanstack/react-router';
import type { GeoJSONSource, MapLibreMap } from 'maplibre-gl';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useLive } from '../api/live.ts';
import { useVehicleIndex } from '../api/vehicles.ts';
import { useFilters } from '../app/search.ts';
import { useCarrierLook } from '../carriers.ts';
import { MapView } from '../map/map-view.tsx';
import { addShapes } from '../map/shapes.ts';
import { Choice } from '../parts/fields.tsx';
import { PageFrame } from '../parts/page.tsx';
import { SimulatedMark, STATE_TONES, STATES_GRAVE_FIRST, StateMark } from '../parts/status.tsx';
import { useWords } from '../words/words.ts';
import { VehicleCard } from './vehicle-card.tsx';

// The list beside the map: what a person can look through. The rest is on the page of vehicles.
const LIST_MAX = 60;

interface Shown {
  readonly vehicle: Vehicle;
  readonly live: Live;
  readonly state: ServiceState;
}

export function MapPage() {
  const t = useWords();
  const [filters, change] = useFilters();
  const { shown, hidden } = useShown(filters['carrier'], filters['state']);
  const chosenId = Number(filters['vehicle'] ?? 0);
  const chosen = shown.find(({ vehicle }) => vehicle.id === chosenId);
  const choose = useCallback(
    (id: number) => change({ vehicle: id === chosenId ? undefined : String(id) }),
    [change, chosenId],
  );
  const ready = useVehicleLayer(shown, chosenId, choose);
  return (
    <PageFrame title={t('page.map')} wide tools={<MapTools />}>
      <div className="map-split">
        <MapView label={t('map.label')} onReady={ready}>
          {chosen !== undefined && (
            <VehicleCard
              vehicle={chosen.vehicle}
              live={chosen.live}
              onClose={() => change({ vehicle: undefined })}
            />
          )}
        </MapView>
        <ShownList shown={shown} hidden={hidden} chosenId={chosenId} onChoose={choose} />
      </div>
    </PageFrame>
  );
}

function MapTools() {
  const t = useWords();
  const [filters, change] = useFilters();
  const look = useCarrierLook();
  const { links } = useVehicleIndex();
  return (
    <>
      <Choice
        label={t('map.show')}
        value={filters['carrier'] ?? ''}
        options={[
          { value: '', label: t('map.service') },
          ...links.map((link) => ({ value: link, label: look.name(link) })),
        ]}
        onChange={(carrier) => change({ carrier })}
      />
      <Choice
        label={t('column.state')}
        value={filters['state'] ?? ''}
        options={[
          { value: '', label: t('filter.all') },
          ...STATES_GRAVE_FIRST.filter((state) => state !== 'never').map((state) => ({
            value: state,
            label: t(`state.${state}`),
          })),
        ]}
        onChange={(state) => change({ state })}
      />
    </>
  );
}

/** Vehicles with a place, the gravest first; how many have none. */
function useShown(carrier: string | undefined, wanted: string | undefined) {
  const { vehicles, version } = useLive();
  const { byId } = useVehicleIndex();
  return useMemo(() => {
    const shown: Shown[] = [];
    let hidden = 0;
    for (const live of vehicles.values()) {
      const vehicle = byId.get(live.vehicleId);
      const state = carrier ? carrierState(live, carrier) : live.state;
      if (vehicle === undefined || (wanted && state !== wanted)) continue;
      if (live.place === null) hidden++;
      else shown.push({ vehicle, live, state });
    }
    const rank = ({ state }: Shown): number => STATES_GRAVE_FIRST.indexOf(state);
    shown.sort(
      (a, b) => rank(a) - rank(b) || a.vehicle.callSign.localeCompare(b.vehicle.callSign, 'nb'),
    );
    return { shown, hidden };
    // The map of vehicles is changed in place: its version tells that it was.
  }, [vehicles, version, byId, carrier, wanted]);
}

function carrierState({ state, carriers }: Live, link: string): ServiceState {
  if (state === 'off' || state === 'unknown') return state;
  const own = carriers.find((one) => one.link === link);
  if (own === undefined || own.state === 'absent') return 'off';
  return own.state;
}

function useVehicleLayer(
  shown: readonly Shown[],
  chosenId: number,
  choose: (id: number) => void,
): (map: MapLibreMap) => () => void {
  const [map, setMap] = useState<MapLibreMap | null>(null);
  const onChoose = useRef(choose);
  onChoose.current = choose;
  useEffect(() => {
    const source = map?.getSource<GeoJSONSource>('vehicles');
    void source?.setData(featuresOf(shown, chosenId));
  }, [map, shown, chosenId]);
  return useCallback((made: MapLibreMap) => {
    addShapes(made);
    made.addSource('vehicles', { type: 'geojson', data: featuresOf([], 0) });
    addVehicleLayers(made);
    const click = (event: { point: { x: number; y: number } }): void => {
      const { x, y } = event.point;
      const box: [[number, number], [number, number]] = [
        [x - 8, y - 8],
        [x + 8, y + 8],
      ];
      const [first] = made.queryRenderedFeatures(box, { layers: ['vehicles'] });
      const id: unknown = first?.properties['id'];
      if (typeof id === 'number') onChoose.current(id);
    };
    made.on('click', click);
    setMap(made);
    return () => {
      made.off('click', click);
      setMap(null);
    };
  }, []);
}

function addVehicleLayers(map: MapLibreMap): void {
  map.addLayer({
    id: 'chosen',
    type: 'circle',
    source: 'vehicles',
    filter: ['get', 'chosen'],
    paint: {
      'circle-radius': 15,
      'circle-color': 'transparent',
      'circle-stroke-width': 2.5,
      'circle-stroke-color': getComputedStyle(document.documentElement).getPropertyValue('--focus'),
    },
  });
  map.addLayer({
    id: 'vehicles',
    type: 'symbol',
    source: 'vehicles',
    layout: {
      'icon-image': ['concat', 'tone-', ['get', 'tone']],
      'icon-allow-overlap': true,
      'icon-size': ['interpolate', ['linear'], ['zoom'], 3.5, 0.55, 7, 0.85, 11, 1.2],
      // The gravest are drawn last, on top.
      'symbol-sort-key': ['get', 'rank'],
    },
  });
}

function featuresOf(shown: readonly Shown[], chosenId: number): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: shown.flatMap(({ vehicle, live: { place }, state }) => {
      if (place === null) return [];
      return {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [place.longitude, place.latitude] },
        properties: {
          id: vehicle.id,
          tone: STATE_TONES[state],
          rank: -STATES_GRAVE_FIRST.indexOf(state),
          chosen: vehicle.id === chosenId,
        },
      };
    }),
  };
}

interface ShownListProps {
  readonly shown: readonly Shown[];
  readonly hidden: number;
  readonly chosenId: number;
  readonly onChoose: (id: number) => void;
}

function ShownList({ shown, hidden, chosenId, onChoose }: ShownListProps) {
  const t = useWords();
  return (
    <section className="map-list" aria-label={t('map.list')}>
      <h2>{t('map.count', { n: shown.length })}</h2>
      {hidden > 0 && <p className="quiet">{t('map.hidden', { n: hidden })}</p>}
      <ul>
        {shown.slice(0, LIST_MAX).map(({ vehicle, state }) => (
          <li key={vehicle.id} className={vehicle.id === chosenId ? 'chosen' : undefined}>
            <button
              type="button"
              aria-pressed={vehicle.id === chosenId}
              onClick={() => onChoose(vehicle.id)}
            >
              <span className="grow">{vehicle.callSign}</span>
              {vehicle.simulated && <SimulatedMark />}
              <StateMark state={state} />
            </button>
          </li>
        ))}
      </ul>
      {shown.length > LIST_MAX && (
        <p>
          <Link to="/vehicles">{t('map.more', { n: shown.length - LIST_MAX })}</Link>
        </p>
      )}
    </section>
  );
}
