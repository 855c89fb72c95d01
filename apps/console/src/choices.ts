// The contract's lists as the console offers them. Types only are imported from the schemas, so
// that a browser does not load them; `satisfies` and the catalogue hold both complete.
import type {
  AlarmKind,
  CatalogueKind,
  Comparison,
  InstallationPoint,
  Layer,
  NoteState,
  Organisation,
  Requirement,
  Role,
  Severity,
  StageCounts,
  Vehicle,
  Verb,
} from '@rmh/contract/api';

export const SEVERITY_NAMES = [
  'critical',
  'major',
  'minor',
  'warning',
] as const satisfies readonly Severity[];

export const ALARM_KIND_NAMES = [
  'vehicle-down',
  'carrier-down',
  'vehicle-silent',
  'carrier-area',
  'gateway-silent',
  'configuration-refused',
  'unit-unhealthy',
] as const satisfies readonly AlarmKind[];

export const VEHICLE_KIND_NAMES = [
  'ambulance',
  'boat',
  'reserve',
  'other',
] as const satisfies readonly Vehicle['kind'][];

export const VEHICLE_STAGE_NAMES = [
  'planned',
  'installed',
  'in-operation',
  'retired',
] as const satisfies readonly Vehicle['stage'][];

export const ORGANISATION_KIND_NAMES = [
  'national',
  'rhf',
  'hf',
  'station',
] as const satisfies readonly Organisation['kind'][];

/** The nearest decides: from the nation inwards. */
export const LAYER_KIND_NAMES = [
  'national',
  'rhf',
  'hf',
  'kind',
  'unit',
] as const satisfies readonly Layer['kind'][];

export const ROLE_NAMES = [
  'national-operator',
  'regional-coordinator',
  'ict-operator',
  'trust-user',
  'carrier-contact',
  'auditor',
] as const satisfies readonly Role[];

export const CATALOGUE_KIND_NAMES = [
  'vehicle-kit',
  'subscription',
  'satellite',
  'station-wifi',
  'priority',
] as const satisfies readonly CatalogueKind[];

/** In the order of the work. */
export const POINT_NAMES = [
  'unit-fixed',
  'power-fused',
  'ignition-sensed',
  'antennas-apart',
  'antenna-cables',
  'position-antenna',
  'cards-in',
  'enrolled',
  'network-in-vehicle',
  'crew-shown',
] as const satisfies readonly InstallationPoint[];

export const STAGE_COUNT_NAMES = [
  'ordered',
  'delivered',
  'installed',
  'accepted',
  'inOperation',
] as const satisfies readonly (keyof StageCounts)[];

/** What a token for another system may be given. */
export const TOKEN_VERB_NAMES = [
  'organisation.read',
  'vehicle.read',
  'vehicle.write',
  'gateway.read',
  'configuration.read',
  'alarm.read',
  'alarm.handle',
  'statistics.read',
  'requirement.read',
  'export.read',
  'order.read',
  'order.write',
] as const satisfies readonly Verb[];

export const REQUIREMENT_AREA_NAMES = [
  'service',
  'security',
  'privacy',
  'cryptography',
  'accessibility',
  'experience',
] as const satisfies readonly Requirement['area'][];

export const REQUIREMENT_LEVEL_NAMES = [
  'vehicle',
  'hf',
  'rhf',
  'national',
] as const satisfies readonly Requirement['binds'][];

export const OPERATOR_NAMES = [
  'at-least',
  'at-most',
  'exactly',
] as const satisfies readonly Comparison['is'][];

export const COMPARISONS_MOST = 8;

export const NOTE_STATE_NAMES = [
  'open',
  'known-problem',
  'solved',
] as const satisfies readonly NoteState[];
