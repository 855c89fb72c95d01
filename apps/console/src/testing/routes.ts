// The routes of the fake platform.
import {
  ALARM,
  ALARM_COMMENT,
  ALARM_RULE,
  type Alarm,
  type AlarmRule,
  AUDIT_ENTRY,
  COVERAGE_CELL,
  ENROLMENT_TOKEN_MADE,
  GATEWAY,
  ME,
  type Me,
  MISSION_STATISTICS,
  ORGANISATION,
  type Organisation,
  OVERVIEW,
  pageOf,
  ROLES,
  type Role,
  SERIES,
  SERVICE_TOKEN,
  SERVICE_TOKEN_MADE,
  STATISTICS,
  TRACK_POINT,
  TREND,
  UNIT,
  USER,
  VEHICLE,
  VEHICLE_MISSION,
  VEHICLE_OUTAGE,
  type VehicleMission,
} from '@rmh/contract/api';
import { z } from 'zod';
import { carrierRoutes } from './carrier-cases.ts';
import { configurationRoutes } from './configuration.ts';
import { experienceRoutes } from './experience.ts';
import { type Asked, changed, type FakeRoute, fakeRoute, page } from './fake-route.ts';
import { coverageOf, figuresOf, outagesOf, seriesOf, trendOf } from './figures.ts';
import { fleetWriteRoutes } from './fleet-writes.ts';
import { networkRoutes } from './network.ts';
import { orderRoutes } from './order-routes.ts';
import { overviewOf } from './overview.ts';
import { programmeRoutes } from './programme.ts';
import { recipientRoutes } from './recipients.ts';
import { missionsOf, reportRoutes } from './reports.ts';
import { requirementRoutes } from './requirements.ts';
import type { Seed } from './seed.ts';

export function fakeRoutes(seed: Seed, role: string, nowMs: number): FakeRoute[] {
  return [
    ...peopleRoutes(seed, role as Role, nowMs),
    ...fleetRoutes(seed, nowMs),
    ...alarmRoutes(seed, nowMs),
    ...figureRoutes(seed, nowMs),
    ...configurationRoutes(nowMs),
    ...recipientRoutes(seed),
    ...fleetWriteRoutes(seed, nowMs),
    ...networkRoutes(seed),
    ...requirementRoutes(seed, nowMs),
    ...orderRoutes(seed, nowMs),
    ...programmeRoutes(seed, nowMs),
    ...experienceRoutes(nowMs),
    ...reportRoutes(seed, nowMs),
    ...carrierRoutes(seed, role, nowMs),
  ];
}

function peopleRoutes({ organisations }: Seed, role: Role, nowMs: number): FakeRoute[] {
  const user = {
    id: 1,
    organisationId: 1,
    name: 'Kari Nordmann',
    email: 'kari@example.org',
    grants: [{ role, organisationId: 1 }],
    active: true,
    lastSeenAt: new Date(nowMs).toISOString(),
    version: 1,
  };
  const token = {
    id: 1,
    organisationId: 1,
    name: 'Overvåking',
    verbs: ['vehicle.read', 'alarm.read'],
    expiresAt: new Date(nowMs + 9e9).toISOString(),
    lastUsedAt: null,
    revokedAt: null,
    version: 1,
  };
  const me = {
    user,
    verbs: ROLES[role].map((verb) => ({ verb, organisationIds: [1] })),
    csrf: 'csrf',
  } satisfies Me;
  const entry = {
    id: 9,
    at: new Date(nowMs - 600_000).toISOString(),
    actor: 'Kari Nordmann',
    action: 'track.read',
    organisationId: 4,
    subject: 'vehicle:17',
    subjectName: 'A-1017',
    reason: 'Etterforskning av utfall, sak 118',
    before: null,
    after: { hours: 6 },
    requestId: 'r-1',
  };
  return [
    fakeRoute('GET', '/me', ME, () => me),
    fakeRoute('GET', '/organisations', pageOf(ORGANISATION), () => page(organisations)),
    fakeRoute('PUT', '/organisations/:id', ORGANISATION, (asked) =>
      changed(organisations, asked.params[0], asked),
    ),
    fakeRoute('GET', '/users', pageOf(USER), () => page([user])),
    fakeRoute('PUT', '/users/:id', USER, ({ body }) => ({ ...user, ...(body as object) })),
    fakeRoute('GET', '/service-tokens', pageOf(SERVICE_TOKEN), () => page([token])),
    fakeRoute('POST', '/service-tokens', SERVICE_TOKEN_MADE, ({ body }) => ({
      ...token,
      id: 2,
      ...(body as object),
      secret: 'rmht_9f2c4e',
    })),
    fakeRoute('GET', '/audit', pageOf(AUDIT_ENTRY), () => page([entry])),
  ];
}

function fleetRoutes(seed: Seed, nowMs: number): FakeRoute[] {
  const { vehicles, units, gateways } = seed;
  const tokenMade = () => ({
    token: `rmh1:${'A'.repeat(43)}:${'B'.repeat(43)}:https://platform.example:8443`,
    expiresAt: new Date(nowMs + 259_200_000).toISOString(),
  });
  const vehicleOf = ({ params: [id] }: Asked) =>
    vehicles.find((one) => one.id === Number(id)) ?? 'not-found';
  return [
    fakeRoute('GET', '/overview', OVERVIEW, () => overviewOf(seed, nowMs)),
    fakeRoute('GET', '/vehicles', pageOf(VEHICLE), ({ query }) => vehiclePage(seed, query)),
    fakeRoute('GET', '/vehicles/:id', VEHICLE, vehicleOf),
    fakeRoute('GET', '/vehicles/:id/mission', VEHICLE_MISSION, ({ params: [id] }) =>
      missionOf(Number(id), nowMs),
    ),
    fakeRoute('GET', '/vehicles/:id/series', SERIES, ({ params: [id], query }) =>
      seriesOf(Number(id), query.get('from') ?? '', query.get('to') ?? ''),
    ),
    fakeRoute('GET', '/vehicles/:id/outages', pageOf(VEHICLE_OUTAGE), () => page(outagesOf(nowMs))),
    fakeRoute('GET', '/vehicles/:id/track', pageOf(TRACK_POINT), ({ query }) =>
      (query.get('reason') ?? '').length < 5 ? 'bad-request' : page(trackOf(nowMs)),
    ),
    fakeRoute('GET', '/units', pageOf(UNIT), () => page(units.slice(0, 100))),
    fakeRoute(
      'GET',
      '/units/:id',
      UNIT,
      ({ params: [id] }) => units.find((one) => one.id === Number(id)) ?? 'not-found',
    ),
    fakeRoute('POST', '/units/:id/enrolment-tokens', ENROLMENT_TOKEN_MADE, tokenMade),
    fakeRoute('POST', '/gateways/:id/enrolment-tokens', ENROLMENT_TOKEN_MADE, tokenMade),
    fakeRoute('GET', '/gateways', pageOf(GATEWAY), () => page(gateways)),
  ];
}

function vehiclePage({ vehicles, organisations }: Seed, query: URLSearchParams) {
  const limit = Number(query.get('limit') ?? 100);
  const at = Number(query.get('cursor') ?? 0);
  const under = below(organisations, Number(query.get('organisationId') ?? 0));
  const search = (query.get('search') ?? '').toLowerCase();
  const state = query.get('state');
  const down = query.get('carrierDown');
  const found = vehicles.filter(
    ({ callSign, organisationId, live }) =>
      callSign.toLowerCase().includes(search) &&
      (state === null || live?.state === state) &&
      (under === null || under.has(organisationId)) &&
      (down === null || live?.carriers.some((one) => one.link === down && one.state === 'down')),
  );
  const next = at + limit < found.length ? String(at + limit) : null;
  return page(found.slice(at, at + limit), next);
}

function below(organisations: readonly Organisation[], root: number): Set<number> | null {
  if (root === 0) return null;
  const found = new Set([root]);
  for (const { id, parentId } of organisations) if (found.has(parentId ?? 0)) found.add(id);
  return found;
}

function trackOf(nowMs: number) {
  return Array.from({ length: 120 }, (_, index) => ({
    at: new Date(nowMs - index * 60_000).toISOString(),
    latitude: 69.65 + Math.sin(index / 20) * 0.2,
    longitude: 18.95 + index * 0.008,
    speedMs: 14,
    headingDeg: 90,
    service: index === 40 ? 0.4 : 1,
  }));
}

function alarmRoutes({ alarms }: Seed, nowMs: number): FakeRoute[] {
  const comments: z.infer<typeof ALARM_COMMENT>[] = [];
  const change = (id: string | undefined, own: Partial<Alarm>) => {
    const index = alarms.findIndex((one) => one.id === Number(id));
    const before = alarms[index];
    if (before === undefined) return 'not-found';
    const after = { ...before, ...own, version: before.version + 1 };
    alarms[index] = after;
    return after;
  };
  const now = () => new Date(nowMs).toISOString();
  return [
    fakeRoute('GET', '/alarms', pageOf(ALARM), ({ query }) => {
      const open = query.get('open') !== 'false';
      const kind = query.get('kind');
      return page(
        alarms.filter(
          (one) => (one.state !== 'cleared') === open && (kind === null || one.kind === kind),
        ),
      );
    }),
    fakeRoute('GET', '/alarms/:id', ALARM, ({ params: [id] }) => change(id, {})),
    fakeRoute('POST', '/alarms/:id/acknowledge', ALARM, ({ params: [id] }) =>
      change(id, { acknowledged: true, acknowledgedBy: 'Kari Nordmann', acknowledgedAt: now() }),
    ),
    fakeRoute('POST', '/alarms/:id/clear', ALARM, ({ params: [id] }) =>
      change(id, { state: 'cleared', clearedAt: now(), clearedBy: 'Kari Nordmann' }),
    ),
    fakeRoute('GET', '/alarms/:id/comments', pageOf(ALARM_COMMENT), ({ params: [id] }) =>
      page(comments.filter(({ alarmId }) => alarmId === Number(id))),
    ),
    fakeRoute('POST', '/alarms/:id/comments', ALARM_COMMENT, ({ params: [id], body }) => {
      const { text } = body as { text: string };
      const author = 'Kari Nordmann';
      const comment = { id: comments.length + 1, alarmId: Number(id), at: now(), author, text };
      comments.push(comment);
      return comment;
    }),
    fakeRoute('GET', '/organisations/:id/alarm-rules', z.array(ALARM_RULE), ({ params: [id] }) =>
      RULES.map((rule) => ({ ...rule, organisationId: Number(id) })),
    ),
    fakeRoute('PUT', '/organisations/:id/alarm-rules/:kind', ALARM_RULE, ({ params, body }) => ({
      ...RULES.find(({ kind }) => kind === params[1]),
      ...(body as object),
      organisationId: Number(params[0]),
    })),
  ];
}

const rule = (kind: AlarmRule['kind'], severity: AlarmRule['severity'], s: number) => ({
  kind,
  severity,
  raiseAfterS: s,
  clearAfterS: s,
  enabled: true,
  fromOrganisationId: null,
  version: 0,
});
const RULES = [
  rule('vehicle-down', 'critical', 30),
  rule('carrier-down', 'warning', 300),
  rule('vehicle-silent', 'minor', 120),
  rule('carrier-area', 'major', 60),
  rule('gateway-silent', 'critical', 15),
  rule('configuration-refused', 'minor', 0),
  rule('unit-unhealthy', 'minor', 600),
];

function figureRoutes(seed: Seed, nowMs: number): FakeRoute[] {
  const { organisations, vehicles } = seed;
  return [
    fakeRoute('GET', '/statistics', STATISTICS, ({ query }) => {
      const groupBy = query.get('groupBy') ?? 'nation';
      const simulated = query.get('simulated') === 'true';
      const groups = !simulated
        ? []
        : groupBy === 'nation'
          ? [figuresOf('Norge', null, 'nation', vehicles.length)]
          : organisations
              .filter(({ kind }) => kind === groupBy)
              .map(({ id, name, kind }) => figuresOf(name, id, kind === 'rhf' ? 'rhf' : 'hf', 40));
      const from = query.get('from') ?? '';
      const to = query.get('to') ?? '';
      return { from, to, completeThrough: to, groups, next: null };
    }),
    fakeRoute('GET', '/statistics/trend', TREND, ({ query }) =>
      query.get('simulated') === 'true'
        ? trendOf(query.get('from') ?? '', query.get('to') ?? '')
        : { days: [] },
    ),
    fakeRoute('GET', '/statistics/missions', MISSION_STATISTICS, ({ query }) => ({
      from: query.get('from') ?? '',
      to: query.get('to') ?? '',
      urgencies: missionsOf(query.get('simulated') === 'true' ? 1 : 0),
    })),
    fakeRoute('GET', '/coverage', pageOf(COVERAGE_CELL), ({ query }) =>
      page(
        query.get('simulated') === 'true'
          ? coverageOf(seed, Number(query.get('resolution') ?? 7), nowMs)
          : [],
      ),
    ),
  ];
}

/** Every third vehicle is out, for another 20 minutes. */
function missionOf(vehicleId: number, nowMs: number): VehicleMission {
  const until = new Date(nowMs + 1_200_000).toISOString();
  return { mission: vehicleId % 3 === 1 ? { vehicleId, urgency: 'acute', until } : null };
}
