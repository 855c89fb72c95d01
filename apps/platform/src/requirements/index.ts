// The common requirements: the register, the evaluation, and who meets what.
import type { Route } from '../http/route.ts';
import type { Job } from '../services.ts';
import { attestationRoutes } from './attestations.ts';
import { complianceRoutes } from './compliance-routes.ts';
import { evaluateRequirements } from './evaluate.ts';
import { exportCompliance } from './export.ts';
import { registerRoutes } from './register-routes.ts';

export const routes: readonly Route[] = [
  ...registerRoutes,
  ...complianceRoutes,
  ...attestationRoutes,
  exportCompliance,
];
export const jobs: readonly Job[] = [evaluateRequirements];
