// Every route of the API, in the order of the document.
import { routes as alarms } from './alarms/index.ts';
import { routes as audit } from './audit/index.ts';
import { routes as carriers } from './carriers/index.ts';
import { routes as configuration } from './configuration/index.ts';
import { routes as experience } from './experience/index.ts';
import { routes as fleet } from './fleet/index.ts';
import { routes as registers } from './fleet/registers.ts';
import type { Route } from './http/route.ts';
import { routes as identity } from './identity/index.ts';
import { routes as installations } from './installations/index.ts';
import { routes as live } from './live/index.ts';
import { routes as orders } from './orders/index.ts';
import { routes as organisations } from './organisations/index.ts';
import { routes as programme } from './programme/index.ts';
import { routes as reports } from './reports/index.ts';
import { routes as requirements } from './requirements/index.ts';
import { routes as statistics } from './statistics/index.ts';
import { routes as telemetry } from './telemetry/index.ts';

export const ROUTES: readonly Route[] = [
  ...identity,
  ...audit,
  ...organisations,
  ...registers,
  ...fleet,
  ...live,
  ...alarms,
  ...telemetry,
  ...statistics,
  ...configuration,
  ...requirements,
  ...orders,
  ...installations,
  ...programme,
  ...experience,
  ...reports,
  ...carriers,
];
