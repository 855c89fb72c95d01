// The registers: vehicles, units, subscriptions. What machines do with them: enrolment.ts and on.
import type { Route } from '../http/route.ts';
import {
  changeSubscription,
  createSubscription,
  deleteSubscription,
  listSubscriptions,
} from './subscriptions.ts';
import { changeUnit, createUnit, listUnits, readUnit } from './units.ts';
import { changeVehicle, createVehicle, listVehicles, readVehicle } from './vehicles.ts';

export const routes: readonly Route[] = [
  listVehicles,
  readVehicle,
  createVehicle,
  changeVehicle,
  listUnits,
  readUnit,
  createUnit,
  changeUnit,
  listSubscriptions,
  createSubscription,
  changeSubscription,
  deleteSubscription,
];
