// What the engine is told each second. All times are Unix ms.
import type { AlarmKind, CarrierState, ServiceState, Severity } from '@rmh/contract/api';

export interface VehicleFact {
  readonly vehicleId: number;
  readonly organisationId: number;
  readonly simulated: boolean;
  readonly state: ServiceState;
  readonly sinceMs: number;
  /** H3 r6 cell of its place; null: it tells none. */
  readonly cell: string | null;
  /** The gateway that last carried it, by name. */
  readonly gateway: string | null;
  readonly carriers: readonly CarrierFact[];
  /** Hot, full, or unable to deliver what it measured. */
  readonly ailing: boolean;
  /** When it fell back from the configuration that it should run; null: it did not. */
  readonly refusedMs: number | null;
}

export interface CarrierFact {
  readonly link: string;
  readonly state: CarrierState;
  readonly sinceMs: number;
}

export interface GatewayFact {
  readonly gatewayId: number;
  readonly organisationId: number;
  readonly name: string;
  readonly heardMs: number;
}

export interface Rule {
  readonly severity: Severity;
  readonly raiseAfterS: number;
  readonly clearAfterS: number;
  readonly enabled: boolean;
}

export interface Facts {
  readonly nowMs: number;
  /** Silence before this is the platform's own absence. */
  readonly listeningSinceMs: number;
  readonly vehicles: readonly VehicleFact[];
  readonly gateways: readonly GatewayFact[];
  /** Open alarms by key, as the database has them: what is missing was cleared by hand. */
  readonly openKeys: ReadonlySet<string>;
  ruleOf(organisationId: number, kind: AlarmKind): Rule;
  /** The nearest organisation above all of these. */
  commonOf(organisationIds: readonly number[]): number;
}

/** A cause that is there now, alarm or not. */
export interface Condition {
  /** One open alarm each. */
  readonly key: string;
  readonly kind: AlarmKind;
  readonly organisationId: number;
  readonly simulated: boolean;
  readonly vehicleId: number | null;
  readonly gatewayId: number | null;
  readonly carrier: string | null;
  readonly cells: readonly string[];
  readonly sinceMs: number;
  /** Of an area or a gateway: the vehicles that it takes along now. */
  readonly vehicleIds: readonly number[];
  readonly organisationIds: readonly number[];
  /** Keys of the conditions that this one explains. */
  readonly explains: readonly string[];
}
