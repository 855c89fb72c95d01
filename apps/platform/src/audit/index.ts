import type { Route } from '../http/route.ts';
import type { Job } from '../services.ts';
import { exportRoutes } from './export.ts';
import { anchorJob } from './heads.ts';
import { listAudit } from './log.ts';

export const routes: readonly Route[] = [listAudit, ...exportRoutes];
export const jobs: readonly Job[] = [anchorJob];
