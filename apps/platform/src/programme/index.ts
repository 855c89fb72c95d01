import type { Route } from '../http/route.ts';
import { planRoutes } from './plan.ts';
import { rowRoutes } from './rows.ts';

export const routes: readonly Route[] = [...planRoutes, ...rowRoutes];
