import {
  BUILT_IN,
  EFFECTIVE,
  LAYER,
  LAYER_DIFF,
  LAYER_VERSION,
  type Layer,
  type LayerCreate,
  PREVIEW,
  pageOf,
  ROLLOUT,
  ROLLOUT_UNIT,
  type Rollout,
} from '@rmh/contract/api';
import { changed, type FakeRoute, fakeRoute, page } from './fake-route.ts';

const NATIONAL: Layer = {
  id: 1,
  kind: 'national',
  organisationId: 1,
  name: 'Nasjonal tjeneste',
  vehicleKind: null,
  unitId: null,
  values: { duplicateShareMost: 0.2, reportPlace: true, sampleKeepDays: 30 },
  locked: ['reportPlace'],
  note: 'Grunnlinje etter styringsgruppens møte',
  version: 3,
};
const LAYERS: readonly Layer[] = [
  NATIONAL,
  {
    ...NATIONAL,
    id: 2,
    kind: 'rhf',
    organisationId: 2,
    name: 'Helse Nord RHF',
    values: { duplicateShareMost: 0.35, preferGateway: 'trondheim' },
    locked: [],
    note: 'Mer dobling i nord',
    version: 2,
  },
  {
    ...NATIONAL,
    id: 3,
    kind: 'kind',
    name: 'Nasjonal tjeneste',
    vehicleKind: 'boat',
    values: { recordMb: 500 },
    locked: [],
    note: '',
    version: 1,
  },
];

const ROLLOUT_ONE: Rollout = {
  id: 1,
  organisationId: 2,
  name: 'Mer dobling i nord',
  state: 'running',
  pausedBecause: null,
  rings: [0.02, 0.1, 0.5, 1],
  ring: 2,
  successLeast: 0.95,
  counts: { waiting: 21, sent: 3, confirmed: 22, fellBack: 0, onMission: 2 },
  createdAt: '2026-11-24T09:00:00.000Z',
  version: 4,
};

export function configurationRoutes(nowMs: number): FakeRoute[] {
  const layers = [...LAYERS];
  const version = (number: number, note: string) => ({
    version: number,
    at: new Date(nowMs - (4 - number) * 86_400_000).toISOString(),
    author: 'Kari Nordmann',
    note,
    values: NATIONAL.values,
    locked: NATIONAL.locked,
  });
  const origins = Object.fromEntries(
    Object.keys(BUILT_IN).map((field) => [
      field,
      { layerId: 1, kind: 'national', name: 'Nasjonal tjeneste', locked: field === 'reportPlace' },
    ]),
  );
  return [
    fakeRoute('GET', '/configuration/layers', pageOf(LAYER), () => page(layers)),
    fakeRoute('POST', '/configuration/layers', LAYER, ({ body }) => {
      const own = body as LayerCreate;
      const id = layers.length + 1;
      const name = `${own.vehicleKind ?? own.kind} · ${own.organisationId}`;
      const made = { ...own, id, name, values: {}, locked: [], note: '', version: 0 };
      layers.push(made);
      return made;
    }),
    fakeRoute('GET', '/configuration/layers/:id/versions', pageOf(LAYER_VERSION), () =>
      page([
        version(3, 'Låst: melder posisjon'),
        version(2, 'Mindre dobling'),
        version(1, 'Første'),
      ]),
    ),
    fakeRoute('GET', '/configuration/layers/:id/diff', LAYER_DIFF, () => ({
      fields: [
        { field: 'duplicateShareMost', change: 'changed', before: 0.3, after: 0.2, lock: 'same' },
        { field: 'reportPlace', change: 'same', before: true, after: true, lock: 'locked' },
      ],
    })),
    fakeRoute('POST', '/configuration/layers/:id/preview', PREVIEW, () => ({
      units: 48,
      unitsBelow: 216,
      fields: [{ field: 'duplicateShareMost', units: 48 }],
      overruled: [{ layerId: 2, name: 'Helse Nord RHF', field: 'duplicateShareMost' }],
    })),
    fakeRoute('PUT', '/configuration/layers/:id', LAYER, (asked) =>
      changed(layers, asked.params[0], asked),
    ),
    fakeRoute('GET', '/configuration/effective/:unitId', EFFECTIVE, ({ params: [unitId] }) => ({
      unitId: Number(unitId),
      version: 3,
      confirmedVersion: 3,
      values: { ...BUILT_IN, duplicateShareMost: 0.35 },
      behind: [],
      origins,
    })),
    fakeRoute('GET', '/rollouts', pageOf(ROLLOUT), () => page([ROLLOUT_ONE])),
    fakeRoute('GET', '/rollouts/:id/units', pageOf(ROLLOUT_UNIT), () =>
      page(
        (['confirmed', 'sent', 'fell-back', 'on-mission', 'waiting'] as const).map((state, at) => ({
          unitId: 40 + at,
          vehicleId: 40 + at,
          callSign: `A-${1240 + at}`,
          ring: Math.min(at, 2),
          state,
          reason: state === 'fell-back' ? 'platform not reached' : null,
          changedAt: new Date(nowMs - at * 60_000).toISOString(),
        })),
      ),
    ),
    fakeRoute('POST', '/rollouts/:id/command', ROLLOUT, () => ({
      ...ROLLOUT_ONE,
      state: 'paused',
      pausedBecause: 'person',
    })),
  ];
}
