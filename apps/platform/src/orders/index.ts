import type { Route } from '../http/route.ts';
import { catalogueRoutes } from './catalogue.ts';
import { fulfilItem } from './fulfil.ts';
import { orderRoutes } from './routes.ts';
import { tmf641Routes } from './tmf641-routes.ts';

export const routes: readonly Route[] = [
  ...catalogueRoutes,
  ...orderRoutes,
  fulfilItem,
  ...tmf641Routes,
];
