// What runs by itself, each in one of the platform's processes at a time (job-runner.ts).
import { jobs as alarms } from './alarms/index.ts';
import { jobs as audit } from './audit/index.ts';
import { jobs as carriers } from './carriers/index.ts';
import { jobs as configuration } from './configuration/index.ts';
import { jobs as fleet } from './fleet/index.ts';
import { forgetKeys } from './http/idempotency.ts';
import { jobs as identity } from './identity/index.ts';
import { jobs as live } from './live/index.ts';
import { jobs as reports } from './reports/index.ts';
import { jobs as requirements } from './requirements/index.ts';
import type { Job } from './services.ts';
import { jobs as statistics } from './statistics/index.ts';
import { jobs as telemetry } from './telemetry/index.ts';

export const JOBS: readonly Job[] = [
  ...identity,
  ...audit,
  forgetKeys,
  ...fleet,
  ...live,
  ...alarms,
  ...telemetry,
  ...statistics,
  ...configuration,
  ...requirements,
  ...reports,
  ...carriers,
];
