import type { Route } from '../http/route.ts';
import type { Job } from '../services.ts';
import { exportRoutes } from './exports.ts';
import { missionExportRoutes } from './mission-export.ts';
import { missionRoutes } from './missions.ts';
import { figureRoutes } from './routes.ts';

export const routes: readonly Route[] = [
  ...figureRoutes,
  ...missionRoutes,
  ...exportRoutes,
  ...missionExportRoutes,
];

export const jobs: readonly Job[] = [];
