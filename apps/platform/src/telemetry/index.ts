import type { Route } from '../http/route.ts';
import type { Job } from '../services.ts';
import { coverageJobs } from './coverage-days.ts';
import { ingestSamples, ingestViews } from './ingest.ts';
import { missionJobs } from './mission-days.ts';
import { outageJobs } from './outage-causes.ts';
import { retentionJobs } from './retention.ts';
import { rollupJobs } from './rollup.ts';
import { vehicleSeries } from './series.ts';
import { vehicleOutages, vehicleTrack } from './vehicle-history.ts';

export const routes: readonly Route[] = [
  ingestSamples,
  ingestViews,
  vehicleSeries,
  vehicleOutages,
  vehicleTrack,
];

export const jobs: readonly Job[] = [
  ...retentionJobs,
  ...rollupJobs,
  ...coverageJobs,
  ...missionJobs,
  ...outageJobs,
];
