import type { Route } from '../http/route.ts';
import type { Job } from '../services.ts';
import { enrol } from './enrolment.ts';
import { gatewayToken, unitToken } from './enrolment-tokens.ts';
import {
  createGateway,
  getGateway,
  listGateways,
  revokeGateway,
  writeGateway,
} from './gateways.ts';
import { gatewayUnits, unitTunnel } from './gateways-list.ts';
import { readSettings, writeSettings } from './gateways-settings.ts';
import { keyAges, rotateKeys, rotateNow } from './keys-rotation.ts';
import { replaceUnit, revokeUnit } from './revocation.ts';
import { makeSimulated } from './simulated.ts';

export const routes: readonly Route[] = [
  unitToken,
  gatewayToken,
  enrol,
  listGateways,
  createGateway,
  getGateway,
  writeGateway,
  revokeGateway,
  readSettings,
  writeSettings,
  unitTunnel,
  gatewayUnits,
  revokeUnit,
  replaceUnit,
  keyAges,
  rotateNow,
  makeSimulated,
];

export const jobs: readonly Job[] = [rotateKeys];
