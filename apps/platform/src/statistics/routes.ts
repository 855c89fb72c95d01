// The figures, asked for by people and by the console.
import {
  COVERAGE,
  COVERAGE_QUERY,
  STATISTICS,
  STATISTICS_QUERY,
  TREND,
  TREND_QUERY,
} from '@rmh/contract/api';
import { z } from 'zod';
import { idCursor, keyCursor, writeCursor } from '../http/paging.ts';
import { type Route, route } from '../http/route.ts';
import { coverageOf } from './coverage.ts';
import { completeThrough, figuresBy, selectionOf, trendOf } from './questions.ts';

const statistics = route({
  id: 'statistics.figures',
  method: 'GET',
  path: '/statistics',
  summary: 'Availability of the service and of each carrier alone, by group',
  access: 'statistics.read',
  query: STATISTICS_QUERY,
  reply: STATISTICS,
  readsLong: true,
  async answer({ sql, query, nowMs }) {
    const selection = selectionOf(query, nowMs);
    const { period } = selection;
    const groups = await figuresBy(sql, selection, query.groupBy);
    // Groups are made anew for each page: their order is by name, and few askers turn the page.
    const from = idCursor(query.cursor);
    const to = from + query.limit;
    return {
      body: {
        from: new Date(period.fromMs).toISOString(),
        to: new Date(period.toMs).toISOString(),
        completeThrough: new Date(await completeThrough(sql, period, nowMs)).toISOString(),
        groups: groups.slice(from, to),
        next: groups.length > to ? writeCursor(to) : null,
      },
    };
  },
});

const trend = route({
  id: 'statistics.trend',
  method: 'GET',
  path: '/statistics/trend',
  summary: 'Availability day by day',
  access: 'statistics.read',
  query: TREND_QUERY,
  reply: TREND,
  async answer({ sql, query, nowMs }) {
    return { body: { days: await trendOf(sql, query, nowMs) } };
  },
});

const coverage = route({
  id: 'coverage.cells',
  method: 'GET',
  path: '/coverage',
  summary: 'What three or more vehicles met, by H3 cell',
  access: 'statistics.read',
  query: COVERAGE_QUERY,
  reply: COVERAGE,
  async answer({ sql, query }) {
    const after = keyCursor(query.cursor, z.tuple([z.string().regex(/^[0-9a-f]{15}$/)]));
    const { items, next } = await coverageOf(sql, { ...query, after: after?.[0] ?? null });
    return { body: { items, next: next === null ? null : writeCursor([next]) } };
  },
});

export const figureRoutes: readonly Route[] = [statistics, trend, coverage];
