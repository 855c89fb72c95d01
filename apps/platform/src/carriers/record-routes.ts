// How each carrier has done, month by month, and which of them fail together.
import {
  SCORECARD,
  SCORECARD_QUERY,
  type ScorecardMonth,
  SHARED_FATE,
  SHARED_FATE_QUERY,
} from '@rmh/contract/api';
import { type Route, route } from '../http/route.ts';
import { dayOf, dayStart } from '../statistics/period.ts';
import { fateOf } from './fate-figures.ts';
import { availabilityBy, casesBy, openBy } from './scorecard.ts';

const DAY_MS = 86_400_000;

const scorecard = route({
  id: 'carriers.scorecard',
  method: 'GET',
  path: '/carriers/scorecard',
  summary: 'Each carrier month by month: availability, outages, cases, times to answer and close',
  access: 'statistics.read',
  query: SCORECARD_QUERY,
  reply: SCORECARD,
  readsLong: true,
  async answer({ sql, query, nowMs }) {
    const { months, simulated, organisationId = null } = query;
    const asked = { simulated, organisationId };
    const items: ScorecardMonth[] = [];
    const all = monthsBefore(nowMs, months);
    const availability = await availabilityBy(sql, all, asked);
    for (const month of all) {
      items.push(...(await casesBy(sql, month, asked, availability.get(month.first))));
    }
    return { body: { months: items, open: await openBy(sql, asked) } };
  },
});

export interface Month {
  /** 'YYYY-MM-01', and when it begins and ends in Norway. */
  readonly first: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The newest first. */
export function monthsBefore(nowMs: number, count: number): Month[] {
  const months: Month[] = [];
  let toMs = monthAfter(nowMs);
  for (let i = 0; i < count; i++) {
    const fromMs = monthStart(toMs - DAY_MS);
    months.push({ first: dayOf(fromMs), fromMs, toMs });
    toMs = fromMs;
  }
  return months;
}

function monthStart(ms: number): number {
  const noonMs = dayStart(ms) + DAY_MS / 2;
  return dayStart(noonMs - (Number(dayOf(ms).slice(8)) - 1) * DAY_MS);
}

const monthAfter = (ms: number): number =>
  monthStart(dayStart(monthStart(ms) + 31 * DAY_MS + DAY_MS / 2));

const fate = route({
  id: 'carriers.sharedFate',
  method: 'GET',
  path: '/carriers/shared-fate',
  summary: 'Which carriers fail together, in all and by cell, of days that are over',
  access: 'statistics.read',
  query: SHARED_FATE_QUERY,
  reply: SHARED_FATE,
  readsLong: true,
  async answer({ sql, query, nowMs }) {
    const { days, simulated, organisationId = null } = query;
    const first = dayOf(dayStart(nowMs) - days * DAY_MS + DAY_MS / 2);
    return { body: await fateOf(sql, first, { simulated, organisationId }) };
  },
});

export const recordRoutes: readonly Route[] = [scorecard, fate];
