import type { Route } from '../http/route.ts';
import type { Job } from '../services.ts';
import { exportRoutes } from './exports.ts';
import { figureRoutes } from './routes.ts';

export const routes: readonly Route[] = [...figureRoutes, ...exportRoutes];

export const jobs: readonly Job[] = [];
