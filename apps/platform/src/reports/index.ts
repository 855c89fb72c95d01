import type { Route } from '../http/route.ts';
import type { Job } from '../services.ts';
import { reportJob } from './make.ts';
import { reportRoutes } from './routes.ts';

export const routes: readonly Route[] = [...reportRoutes];

export const jobs: readonly Job[] = [reportJob];
