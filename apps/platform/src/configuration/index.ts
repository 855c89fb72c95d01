import type { Route } from '../http/route.ts';
import type { Job } from '../services.ts';
import { getEffective, previewLayer } from './effective.ts';
import { createLayer, getLayer, listLayers, writeLayer } from './layers.ts';
import { diffLayer, listVersions } from './layers-history.ts';
import { endMission, readMission, setMission } from './missions.ts';
import {
  commandRollout,
  createRollout,
  getRollout,
  listRollouts,
  rolloutUnits,
} from './rollouts.ts';
import { advanceRollouts } from './rollouts-advance.ts';
import { configurationOutcome, unitConfiguration } from './unit-configuration.ts';
import { unitMission } from './unit-mission.ts';

export const routes: readonly Route[] = [
  listLayers,
  createLayer,
  getLayer,
  writeLayer,
  listVersions,
  diffLayer,
  previewLayer,
  getEffective,
  listRollouts,
  createRollout,
  getRollout,
  commandRollout,
  rolloutUnits,
  readMission,
  setMission,
  endMission,
  unitConfiguration,
  configurationOutcome,
  unitMission,
];

export const jobs: readonly Job[] = [advanceRollouts];
