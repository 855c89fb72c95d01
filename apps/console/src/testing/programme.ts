// The rollout programme before the fake platform.
import {
  type PlanMonth,
  type PlanWrite,
  PROGRAMME,
  PROGRAMME_ROW,
  type Programme,
  type ProgrammeRow,
  type ProgrammeRowWrite,
  pageOf,
} from '@rmh/contract/api';
import { changed, type FakeRoute, fakeRoute, page } from './fake-route.ts';
import type { Seed } from './seed.ts';

export function programmeRoutes({ organisations }: Seed, nowMs: number): FakeRoute[] {
  const regions = organisations.filter(({ kind }) => kind === 'rhf');
  const programmes = regions.map(({ id, name }, at) => programmeOf(id, name, at, nowMs));
  const rows = rowsOf(regions[0]?.id ?? 2, nowMs);
  const instant = () => new Date(nowMs).toISOString();
  return [
    fakeRoute('GET', '/programme', pageOf(PROGRAMME), () => page(programmes)),
    fakeRoute('PUT', '/programme/:id/plan', PROGRAMME, ({ params: [id], body, ifMatch }) => {
      const at = programmes.findIndex((one) => one.organisationId === Number(id));
      const before = programmes[at];
      if (before === undefined) return 'not-found';
      if (before.version !== ifMatch) return 'changed-meanwhile';
      const { coordinator, months: plan } = body as PlanWrite;
      const after = { ...before, coordinator, plan, version: before.version + 1 };
      programmes[at] = after;
      return after;
    }),
    fakeRoute('GET', '/programme-rows', pageOf(PROGRAMME_ROW), ({ query }) =>
      page(
        rows.filter(
          ({ organisationId, doneAt }) =>
            organisationId === Number(query.get('organisationId')) && doneAt === null,
        ),
      ),
    ),
    fakeRoute('POST', '/programme/:id/rows', PROGRAMME_ROW, ({ params: [id], body }) => {
      const { done: _, ...own } = body as ProgrammeRowWrite;
      const given = { id: rows.length + 1, organisationId: Number(id), since: instant() };
      const made: ProgrammeRow = { ...own, ...given, doneAt: null, version: 1 };
      rows.push(made);
      return made;
    }),
    fakeRoute('PUT', '/programme-rows/:id', PROGRAMME_ROW, (asked) => {
      const { done, ...own } = asked.body as ProgrammeRowWrite;
      const body = { ...own, doneAt: done ? instant() : null };
      return changed(rows, asked.params[0], { ...asked, body });
    }),
  ];
}

function programmeOf(organisationId: number, organisation: string, at: number, nowMs: number) {
  const month = (back: number, share: number): PlanMonth => {
    const now = new Date(nowMs);
    const first = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1);
    return {
      month: new Date(first).toISOString().slice(0, 10),
      ordered: Math.round(60 * share),
      delivered: Math.round(48 * share),
      installed: Math.round(40 * share),
      accepted: Math.round(36 * share),
      inOperation: Math.round(35 * share),
    };
  };
  const isEmpty = at === 3;
  const facts = isEmpty ? [] : [5, 4, 3, 2, 1, 0].map((back) => month(back, 0.9 - back * 0.15));
  const last = facts.at(-1) ?? month(0, 0);
  const { month: _, ...reached } = last;
  const plan = isEmpty
    ? []
    : [5, 4, 3, 2, 1, 0, -1, -2].map((back) => month(back, 1 - back * 0.14));
  return {
    organisationId,
    organisation,
    coordinator: isEmpty ? null : 'Kari Nordmann',
    plan,
    facts,
    reached,
    blockersOpen: at === 0 ? 1 : 0,
    version: isEmpty ? 0 : 1,
  } satisfies Programme;
}

function rowsOf(organisationId: number, nowMs: number): ProgrammeRow[] {
  const day = (days: number) => new Date(nowMs + days * 86_400_000).toISOString().slice(0, 10);
  const own = { organisationId, note: '', since: day(-30), doneAt: null, version: 1 };
  const since = new Date(nowMs - 30 * 86_400_000).toISOString();
  return [
    {
      ...{ ...own, since, id: 1, kind: 'blocker', text: 'Takantenner er utsolgt' },
      ...{ owner: 'Ola Hansen', due: day(-3) },
    },
    {
      ...{ ...own, since, id: 2, kind: 'milestone', text: 'Alle båter i drift' },
      ...{ owner: 'Kari Nordmann', due: day(60) },
    },
  ];
}
