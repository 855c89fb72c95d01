// Orders and installations before the fake platform.
import {
  CATALOGUE_ITEM,
  type CatalogueItem,
  COST_SHARE,
  DRIVE,
  FULFILLED,
  INSTALLATION,
  type Installation,
  ORDER,
  ORDER_CHANGE,
  ORDER_ITEM,
  type OrderWrite,
  POINT_STATE,
  type PointState,
  pageOf,
} from '@rmh/contract/api';
import { z } from 'zod';
import { POINT_NAMES } from '../choices.ts';
import { costShares } from '../order-costs.ts';
import { type Asked, changed, type FakeRoute, fakeRoute, page } from './fake-route.ts';
import { type Books, commanded, fulfilled, makeBooks, place } from './orders.ts';
import type { Seed } from './seed.ts';

export function orderRoutes(seed: Seed, nowMs: number): FakeRoute[] {
  const books = makeBooks(seed, nowMs);
  const ofOrder = ([id]: readonly string[]) =>
    books.items.filter(({ orderId }) => orderId === Number(id));
  return [
    fakeRoute('GET', '/catalogue', pageOf(CATALOGUE_ITEM), () => page(books.catalogue)),
    fakeRoute('PUT', '/catalogue/:id/end', CATALOGUE_ITEM, (asked) =>
      changed(books.catalogue, asked.params[0], asked),
    ),
    fakeRoute('POST', '/catalogue', CATALOGUE_ITEM, ({ body }) => {
      const own = body as CatalogueItem;
      const id = books.catalogue.length + 1;
      const made = { ...own, id, revision: 1, validTo: null, version: 1 };
      books.catalogue.push(made);
      return made;
    }),
    fakeRoute('GET', '/orders', pageOf(ORDER), () => page(books.orders.toReversed())),
    fakeRoute('POST', '/orders', ORDER, ({ body }) =>
      place(seed, books, body as OrderWrite, new Date(nowMs).toISOString()),
    ),
    fakeRoute(
      'GET',
      '/orders/:id',
      ORDER,
      ({ params: [id] }) => books.orders.find((one) => one.id === Number(id)) ?? 'not-found',
    ),
    fakeRoute('GET', '/orders/:id/items', pageOf(ORDER_ITEM), ({ params }) =>
      page(ofOrder(params)),
    ),
    fakeRoute('GET', '/orders/:id/changes', pageOf(ORDER_CHANGE), ({ params: [id] }) =>
      page(books.changes.get(Number(id)) ?? []),
    ),
    fakeRoute('GET', '/orders/:id/costs', pageOf(COST_SHARE), ({ params }) =>
      page(
        costShares(
          seed.organisations,
          ofOrder(params).filter(({ kind }) => kind === 'vehicle-kit'),
          books.catalogue.slice(0, 3),
        ),
      ),
    ),
    fakeRoute('POST', '/orders/:id/command', ORDER, (asked) => commanded(books, asked)),
    fakeRoute('POST', '/orders/:id/cancel', ORDER, (asked) => commanded(books, asked)),
    fakeRoute('POST', '/orders/:id/items/:item/fulfil', FULFILLED, (asked) =>
      fulfilled(books, asked, nowMs),
    ),
    ...garageRoutes(books),
  ];
}

function garageRoutes({ installations, points, drives }: Books): FakeRoute[] {
  const one = (id: string | undefined) => installations.find((it) => it.id === Number(id));
  const change = (id: string | undefined, own: Partial<Installation>) => {
    const before = one(id);
    if (before === undefined) return 'not-found';
    const after = { ...before, ...own, version: before.version + 1 };
    installations[before.id - 1] = after;
    return after;
  };
  const tick = ({ params: [id, point], body }: Asked) => {
    const known = points.get(Number(id)) ?? [];
    const state = { ...(body as PointState), by: 'Kari Nordmann' };
    state.point = point as PointState['point'];
    const all = [...known.filter((before) => before.point !== state.point), state];
    points.set(Number(id), all);
    const pointsTicked = all.filter(({ ticked }) => ticked).length;
    const isDone = pointsTicked === POINT_NAMES.length;
    change(id, { pointsTicked, state: isDone ? 'installed' : 'delivered' });
    return state;
  };
  return [
    fakeRoute('GET', '/installations', pageOf(INSTALLATION), () => page(installations)),
    fakeRoute(
      'GET',
      '/installations/:id',
      INSTALLATION,
      ({ params: [id] }) => one(id) ?? 'not-found',
    ),
    fakeRoute(
      'GET',
      '/installations/:id/points',
      z.array(POINT_STATE),
      ({ params: [id] }) => points.get(Number(id)) ?? [],
    ),
    fakeRoute('PUT', '/installations/:id/points/:point', POINT_STATE, tick),
    fakeRoute('GET', '/installations/:id/drives', pageOf(DRIVE), ({ params: [id] }) =>
      page(Number(id) === 1 ? drives : []),
    ),
    fakeRoute('POST', '/installations/:id/drives', DRIVE, ({ params: [id], body }) => {
      const [first] = drives;
      if (first === undefined) return 'not-found';
      const figures = first.figures.map((figure) => ({ ...figure, result: 'passed' as const }));
      const span = body as { from: string; to: string };
      const made = { ...first, ...span, id: drives.length + 1, passed: true, figures };
      drives.unshift(made);
      change(id, { drivePassed: true });
      return made;
    }),
    fakeRoute('POST', '/installations/:id/command', INSTALLATION, ({ params: [id], body }) => {
      const { command } = body as { command: string };
      return change(id, { state: command === 'accept' ? 'accepted' : 'in-operation' });
    }),
  ];
}
