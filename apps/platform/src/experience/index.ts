// What people found out, for all regions: docs/experience.md.
import type { Route } from '../http/route.ts';
import { answerRoutes } from './answers.ts';
import { noteRoutes } from './notes.ts';
import { promotionRoutes } from './promotion.ts';

export const routes: readonly Route[] = [...noteRoutes, ...answerRoutes, ...promotionRoutes];
