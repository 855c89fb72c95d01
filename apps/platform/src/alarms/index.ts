// Alarms: found, correlated, shown and told.
import type { Route } from '../http/route.ts';
import type { Job } from '../services.ts';
import { forget } from './forget.ts';
import { deliver } from './notify/deliver.ts';
import { webhookRoutes } from './notify/routes.ts';
import { alarmRoutes } from './routes.ts';
import { ruleRoutes } from './rule-routes.ts';
import { watchAlarms } from './watch.ts';

export const routes: Route[] = [...alarmRoutes, ...ruleRoutes, ...webhookRoutes];
export const jobs: Job[] = [watchAlarms, deliver, forget];
