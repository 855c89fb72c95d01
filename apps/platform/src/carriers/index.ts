// Towards the carriers: from alarm to case, the evidence in it, and how each carrier has done.
import type { Route } from '../http/route.ts';
import type { Job } from '../services.ts';
import { caseRoutes } from './cases.ts';
import { mailDesks } from './desk-mail.ts';
import { evidenceRoutes } from './evidence-routes.ts';
import { watchFate } from './fate.ts';
import { listEvidenceKeys } from './keys.ts';
import { messageRoutes } from './messages.ts';
import { recordRoutes } from './record-routes.ts';
import { tmf621Routes } from './tmf621-routes.ts';
import { watchCarriers, watchHoles } from './watch.ts';

export const routes: readonly Route[] = [
  ...caseRoutes,
  ...messageRoutes,
  ...evidenceRoutes,
  listEvidenceKeys,
  ...recordRoutes,
  ...tmf621Routes,
];
export const jobs: readonly Job[] = [watchCarriers, watchHoles, watchFate, mailDesks];
