export { type CatalogueEntry, CODES, type ErrorCode, isErrorCode } from './codes.ts';
export {
  GATEWAY_CONFIG,
  type GatewayConfig,
  type GatewayPeer,
  type LinksConfig,
  UNIT_CONFIG,
  UNIT_ENTRY,
  UNITS_MAX,
  type UnitConfig,
  type UnitEntry,
} from './config.ts';
export { crossCheckGateway, crossCheckUnit, type PlaceOf } from './cross-checks.ts';
export { type DataLeft, dataLeftOf } from './data-budget.ts';
export type * from './dataplane.ts';
export { errnoOf, lineOf, RmhError } from './error.ts';
export { EVENTS, type EventEntry, type EventName, type FieldsOf } from './events.ts';
export { type Fault, faultsOf, valueAt } from './faults.ts';
export {
  type CarrierSlice,
  type ClassSlice,
  EVENTS_MAX,
  HISTORY_FORMAT,
  type History,
  type HistoryEvent,
  HistoryRing,
  type HistorySlice,
  SLICES_MAX,
} from './history.ts';
export { type ClassPolicy, POLICY, type Policy } from './policy.ts';
export { type ClassRule, TRAFFIC_CLASSES, type TrafficClassName } from './rules.ts';
export { type FieldPath, fieldsOf, formatPath, treeOf } from './schema-tree.ts';
export {
  type DaemonState,
  type DaemonStatus,
  type LinkData,
  type LinkState,
  type LinkStatus,
  type MissionStatus,
  type Problem,
  STATUS_FORMAT,
} from './status.ts';
