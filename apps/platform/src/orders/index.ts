import type { Route } from '../http/route.ts';
import { catalogueRoutes } from './catalogue.ts';
import { fulfilItem } from './fulfil.ts';
import { orderRoutes } from './routes.ts';

export const routes: readonly Route[] = [...catalogueRoutes, ...orderRoutes, fulfilItem];
