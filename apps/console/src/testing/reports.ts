// Monthly reports, and figures of missions, before the fake platform.
import {
  DOCUMENT,
  type Document,
  type MissionFigures,
  pageOf,
  REPORT,
  REPORT_ENTRY,
  type Report,
  URGENCIES,
} from '@rmh/contract/api';
import { monthsBefore } from '../format.ts';
import { type FakeRoute, fakeRoute, page } from './fake-route.ts';
import type { Seed } from './seed.ts';

const GAPS = { under1s: 412, under10s: 96, under1min: 31, under10min: 4, longer: 1 };
const AVAILABILITY = 0.99961;

/** `share`: of a busy month; 0: none. */
export function missionsOf(share: number): MissionFigures[] {
  return URGENCIES.map((urgency, at) => ({
    urgency,
    missions: share * (2_400 - at * 500),
    vehicles: share * 600,
    times: { up: share * 9_000_000, down: share * (1_200 + at * 900) },
    availability: share === 0 ? null : AVAILABILITY,
    classes: [{ class: 'critical', sent: share * 4e6, lost: 12, late: 3, repaired: 9_000 }],
    gaps: GAPS,
  }));
}

export function reportRoutes({ organisations }: Seed, nowMs: number): FakeRoute[] {
  const whose = organisations.filter(({ kind }) => kind === 'national' || kind === 'rhf');
  const [month = ''] = monthsBefore(nowMs, 1);
  const reports = whose.map(({ id, name }, at) => reportOf(at + 1, id, name, month, nowMs));
  const find = (id: string | undefined) => reports.find((one) => one.id === Number(id));
  const entryOf = (report: Report) => {
    const { body: _, changes: __, ...entry } = report;
    return entry;
  };
  return [
    fakeRoute('GET', '/reports', pageOf(REPORT_ENTRY), ({ query }) =>
      page(query.get('simulated') === 'true' ? [] : reports.toReversed().map(entryOf)),
    ),
    fakeRoute('GET', '/reports/:id', REPORT, ({ params: [id] }) => find(id) ?? 'not-found'),
    fakeRoute('GET', '/reports/:id/document', DOCUMENT, ({ params: [id], query }) => {
      const report = find(id);
      return report === undefined
        ? 'not-found'
        : documentOf(report, query.get('language') === 'en');
    }),
    fakeRoute('POST', '/reports', REPORT, ({ body }) => {
      const asked = body as { readonly organisationId: number; readonly month: string };
      const { organisationId, month: of } = asked;
      const name = whose.find(({ id }) => id === organisationId)?.name ?? '';
      const made = reportOf(reports.length + 1, organisationId, name, of, nowMs);
      reports.push(made);
      return made;
    }),
  ];
}

function reportOf(
  id: number,
  organisationId: number,
  organisation: string,
  month: string,
  nowMs: number,
): Report {
  const times = { up: 9e8, down: 3e5, off: 1e8, unknown: 2e6 };
  const whole = {
    ...{ vehicles: 700, times, availability: AVAILABILITY, carriers: [], classes: [], gaps: GAPS },
    ...{ bestAlone: { link: 'telenor', availability: 0.9871 }, bytes: 9e12, bytesDuplicated: 2e11 },
  };
  return {
    ...{ id, organisationId, organisation, month, simulated: false, version: 1, madeBy: null },
    ...{ madeAt: new Date(nowMs).toISOString(), availability: AVAILABILITY, changed: 0 },
    changes: [],
    body: {
      ...{ definitions: 1, month, simulated: false, whole, missions: missionsOf(1) },
      organisation: { id: organisationId, kind: 'national', name: organisation },
      ...{ from: `${month}T00:00:00.000Z`, to: new Date(nowMs).toISOString() },
      ...{ groups: [], requirements: [], areas: [], cases: [], programme: [] },
    },
  };
}

/** One part of each kind. */
function documentOf({ organisation, madeAt }: Report, isEnglish: boolean): Document {
  const say = (nb: string, en: string) => (isEnglish ? en : nb);
  return {
    title: `${say('Månedsrapport', 'Monthly report')} – ${organisation}`,
    language: isEnglish ? 'en' : 'nb',
    madeAt,
    parts: [
      { kind: 'facts', facts: [{ name: say('Kjøretøy', 'Vehicles'), value: '700' }] },
      { kind: 'heading', level: 2, text: say('Tilgjengelighet', 'Availability') },
      { kind: 'paragraph', text: say('På de samme turene.', 'On the same drives.') },
      {
        kind: 'bars',
        caption: say('Minutter uten svar', 'Minutes without an answer'),
        columns: [say('Operatør', 'Carrier'), say('Minutter', 'Minutes')],
        bars: [
          { name: say('Tjenesten', 'The service'), value: 0.6, text: '0,6' },
          { name: 'telenor', value: 18.6, text: '18,6' },
          { name: 'ice', value: null, text: say('ukjent', 'unknown') },
        ],
      },
      { kind: 'heading', level: 3, text: say('Regionene', 'The regions') },
      {
        kind: 'table',
        caption: say('Regionene', 'The regions'),
        columns: ['Navn', 'Bestilt', 'Levert', 'Montert', 'Godkjent', 'I drift'].map((name, at) => {
          return { name, align: at === 0 ? 'left' : 'right' };
        }),
        rows: [['Helse Nord', '120 av 140', '100 av 120', '80 av 90', '70 av 90', '60 av 80']],
      },
      { kind: 'page-break' },
    ],
  };
}
