// Requirements of the fake platform: a few of each level, judged over the made-up fleet.
import {
  ATTESTATION,
  type Attestation,
  COMPLIANCE_PAGE,
  COMPLIANCE_TREND,
  FACT_NAMES,
  factOf,
  type Organisation,
  pageOf,
  REQUIREMENT,
  REQUIREMENT_COMPLIANCE,
  REQUIREMENT_FACT,
  REQUIREMENT_VERSION,
  RESULT,
  type Requirement,
  type RequirementResult,
  type ResultState,
} from '@rmh/contract/api';
import { z } from 'zod';
import { changed, type FakeRoute, fakeRoute, page } from './fake-route.ts';
import type { Seed } from './seed.ts';

const DAY_MS = 86_400_000;

type Compared = Requirement['check']['comparisons'];

const requirement = (
  id: number,
  code: string,
  [area, binds]: readonly [Requirement['area'], Requirement['binds']],
  [nb, en]: readonly [string, string],
  comparisons: Compared,
): Requirement => ({
  id,
  code,
  area,
  binds,
  nb: { title: nb, text: `${nb}: slik er kravet.` },
  en: { title: en, text: `${en}: such is the requirement.` },
  source: 'Normen, kommunikasjonssikkerhet',
  bindsFrom: '2026-01-01',
  bindsUntil: null,
  check: { need: 'all', comparisons },
  version: 1,
  versionInForce: 1,
});

const REQUIREMENTS = (): Requirement[] => [
  requirement(
    1,
    'T-01',
    ['service', 'vehicle'],
    ['To mobiloperatører', 'Two carriers'],
    [
      { fact: 'carriersFitted', is: 'at-least', value: 2 },
      { fact: 'carriersUsed', is: 'at-least', value: 2 },
    ],
  ),
  requirement(
    2,
    'T-03',
    ['service', 'vehicle'],
    ['Tilgjengelighet 99,9 %', 'Availability 99.9 %'],
    [{ fact: 'availability', is: 'at-least', value: 0.999 }],
  ),
  requirement(
    3,
    'S-02',
    ['security', 'vehicle'],
    ['Programvare høyst 30 døgn etter', 'Software at most 30 days behind'],
    [{ fact: 'softwareBehindDays', is: 'at-most', value: 30 }],
  ),
  requirement(
    4,
    'K-01',
    ['cryptography', 'vehicle'],
    ['Kvantesikker nøkkel byttes hvert døgn', 'Post-quantum key changed each day'],
    [{ fact: 'keyAgeHours', is: 'at-most', value: 25 }],
  ),
  requirement(
    5,
    'S-10',
    ['security', 'rhf'],
    ['Årlig risikovurdering', 'A risk assessment each year'],
    [{ fact: 'riskAssessmentDays', is: 'at-most', value: 366 }],
  ),
  requirement(
    6,
    'P-01',
    ['privacy', 'national'],
    ['Posisjoner i høyst 30 døgn', 'Positions for at most 30 days'],
    [{ fact: 'positionKeepDays', is: 'at-most', value: 30 }],
  ),
];

/** Made up from the number of the subject, and then judged as the platform does it. */
function figuresOf({ id, check }: Requirement, subject: number): RequirementResult['figures'] {
  const figure = (fact: string): number | null => {
    if (fact === 'riskAssessmentDays') return subject % 2 === 0 ? null : 120;
    if (fact === 'keyAgeHours') return subject % 9 === 0 ? null : 3.4;
    if (fact === 'availability') return subject % 5 === 0 ? 0.9874 : 0.99962;
    if (fact === 'softwareBehindDays') return subject % 7 === 0 ? 41 : 0;
    return fact === 'carriersUsed' && subject % 11 === 0 ? 1 : 2 + (id % 2);
  };
  return Object.fromEntries(check.comparisons.map(({ fact }) => [fact, figure(fact)]));
}

function stateOf({ check }: Requirement, figures: RequirementResult['figures']): ResultState {
  const held = check.comparisons.map(({ fact, is, value }) => {
    const figure = figures[fact] ?? null;
    return figure === null ? null : is === 'at-least' ? figure >= value : figure <= value;
  });
  if (held.includes(false)) return 'failed';
  return held.includes(null) ? 'unknown' : 'met';
}

function resultsOf(seed: Seed, requirements: readonly Requirement[], nowMs: number) {
  const results: { result: RequirementResult; simulated: boolean }[] = [];
  const add = (
    one: Requirement,
    subject: { organisationId: number; vehicleId: number | null; callSign: string | null },
    simulated: boolean,
  ) => {
    const figures = figuresOf(one, subject.vehicleId ?? subject.organisationId);
    const { nb, en, code, check, version } = one;
    const id = results.length + 1;
    const title = { nb: nb.title, en: en.title };
    const from = new Date(nowMs - ((id * 37) % 600) * 3_600_000).toISOString();
    const state = stateOf(one, figures);
    const what = { requirementId: one.id, code, title, version, check };
    const result = { id, ...what, ...subject, state, from, to: null, figures };
    results.push({ result, simulated });
  };
  for (const one of requirements) {
    if (one.binds === 'vehicle') {
      for (const { id: vehicleId, callSign, organisationId, simulated } of seed.vehicles) {
        add(one, { organisationId, vehicleId, callSign }, simulated);
      }
    }
    for (const { id: organisationId, kind } of seed.organisations) {
      if (one.binds === kind) add(one, { organisationId, vehicleId: null, callSign: null }, false);
    }
  }
  return results;
}

function isBelow(tree: readonly Organisation[], id: number, top: number): boolean {
  const one = tree.find((organisation) => organisation.id === id);
  if (one === undefined) return false;
  return id === top || (one.parentId !== null && isBelow(tree, one.parentId, top));
}

export function requirementRoutes(seed: Seed, nowMs: number): FakeRoute[] {
  const requirements = REQUIREMENTS();
  const attestations: Attestation[] = [];
  const asked = (query: URLSearchParams) => {
    const top = Number(query.get('organisationId') ?? 1);
    const simulated = query.get('simulated') === 'true';
    return resultsOf(seed, requirements, nowMs)
      .filter((one) => one.result.vehicleId === null || one.simulated === simulated)
      .map(({ result }) => result)
      .filter(({ organisationId }) => isBelow(seed.organisations, organisationId, top));
  };
  return [
    ...registerRoutes(requirements, nowMs),
    fakeRoute('GET', '/compliance', COMPLIANCE_PAGE, ({ query }) => {
      const top = Number(query.get('organisationId') ?? 1);
      const shown = seed.organisations.filter(({ id, parentId }) => id === top || parentId === top);
      const results = asked(query);
      const items = shown.map((one) => {
        const own = results.filter((result) => {
          return isBelow(seed.organisations, result.organisationId, one.id);
        });
        return standingOf(one, own);
      });
      return { evaluatedAt: new Date(nowMs - 240_000).toISOString(), ...page(items) };
    }),
    fakeRoute('GET', '/compliance/requirements', pageOf(REQUIREMENT_COMPLIANCE), ({ query }) => {
      const results = asked(query);
      const items = requirements.map((one) => {
        const own = results.filter(({ requirementId }) => requirementId === one.id);
        return { requirement: one, results: countsOf(own) };
      });
      return page(items.toSorted((a, b) => b.results.failed - a.results.failed));
    }),
    fakeRoute('GET', '/compliance/items', pageOf(RESULT), ({ query }) => {
      const wanted = (name: string, value: number | string | null) =>
        !query.has(name) || query.get(name) === String(value);
      const from = Number(query.get('cursor') ?? 0);
      const to = from + Number(query.get('limit') ?? 100);
      const found = asked(query).filter(
        (one) =>
          wanted('state', one.state) &&
          wanted('requirementId', one.requirementId) &&
          wanted('vehicleId', one.vehicleId),
      );
      return page(found.slice(from, to), found.length > to ? String(to) : null);
    }),
    fakeRoute('GET', '/compliance/trend', COMPLIANCE_TREND, () => ({
      days: Array.from({ length: 90 }, (_, at) => ({
        day: new Date(nowMs - (89 - at) * DAY_MS).toISOString().slice(0, 10),
        met: 300 + at,
        failed: 90 - at,
        unknown: 12,
      })),
    })),
    fakeRoute('GET', '/attestations', pageOf(ATTESTATION), () => page(attestations)),
    fakeRoute('POST', '/attestations', ATTESTATION, ({ body }) => {
      const by = { id: attestations.length + 1, author: 'Kari Nordmann' };
      const made = ATTESTATION.parse({
        ...(body as object),
        ...by,
        at: new Date(nowMs).toISOString(),
      });
      attestations.unshift(made);
      return made;
    }),
  ];
}

function registerRoutes(requirements: Requirement[], nowMs: number): FakeRoute[] {
  const facts = FACT_NAMES.map((name) => {
    const { attested = false, ...fact } = factOf(name);
    return { name, ...fact, attested };
  });
  return [
    fakeRoute('GET', '/requirement-facts', z.array(REQUIREMENT_FACT), () => facts),
    fakeRoute('GET', '/requirements', pageOf(REQUIREMENT), () => page(requirements)),
    fakeRoute('POST', '/requirements', REQUIREMENT, ({ body }) => {
      const sent = body as Requirement;
      const made = {
        ...bindingOf(sent),
        code: sent.code,
        id: requirements.length + 1,
        version: 1,
        versionInForce: 1,
      };
      requirements.push(made);
      return made;
    }),
    fakeRoute('PUT', '/requirements/:id', REQUIREMENT, (asked) => {
      return changed(requirements, asked.params[0], {
        ...asked,
        body: bindingOf(asked.body as Requirement),
      });
    }),
    fakeRoute(
      'GET',
      '/requirements/:id/versions',
      pageOf(REQUIREMENT_VERSION),
      ({ params: [id] }) => {
        const one = requirements.find((requirement) => String(requirement.id) === id);
        if (one === undefined) return 'not-found';
        const at = new Date(nowMs - 30 * DAY_MS).toISOString();
        const { version } = one;
        return page([{ ...bindingOf(one), version, note: '', at, author: 'platform' }]);
      },
    ),
  ];
}

/** What a version says, of a row or of what was sent. */
function bindingOf(one: Requirement) {
  const { nb, en, area, source, binds, bindsFrom, bindsUntil, check } = one;
  return { nb, en, area, source, binds, bindsFrom, bindsUntil, check };
}

function countsOf(results: readonly { readonly state: ResultState }[]) {
  const counts = { met: 0, failed: 0, unknown: 0 };
  for (const { state } of results) counts[state]++;
  return counts;
}

function standingOf(organisation: Organisation, results: readonly RequirementResult[]) {
  const { id: organisationId, parentId, kind, name } = organisation;
  const ofVehicles = results.filter(({ vehicleId }) => vehicleId !== null);
  const vehicles = [...Map.groupBy(ofVehicles, ({ vehicleId }) => vehicleId).values()].map(
    (own) => {
      const { failed, unknown } = countsOf(own);
      const state: ResultState = failed > 0 ? 'failed' : unknown > 0 ? 'unknown' : 'met';
      return { state };
    },
  );
  return {
    ...{ organisationId, parentId, kind, name },
    vehicles: countsOf(vehicles),
    checks: countsOf(ofVehicles),
    ownChecks: countsOf(results.filter(({ vehicleId }) => vehicleId === null)),
  };
}
