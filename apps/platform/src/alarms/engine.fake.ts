// A fleet in memory around the engine, for tests.
import { strict as assert } from 'node:assert';
import { latLngToCell } from 'h3-js';
import { EMPTY, type Memory, type Order, step } from './engine.ts';
import type { CarrierFact, Facts, GatewayFact, VehicleFact } from './facts.ts';
import { type GivenRule, Rules } from './rules.ts';

export const START = Date.UTC(2026, 0, 15, 12);
export const OSLO = latLngToCell(59.91, 10.75, 6);
export const TROMSO = latLngToCell(69.65, 18.96, 6);
export const LINKS = ['telenor', 'telia', 'ice'];
// 1 the nation, 2 and 3 regions, 4 a trust in 2, 5 a trust in 3.
export const PARENTS = new Map([
  [1, null],
  [2, 1],
  [3, 1],
  [4, 2],
  [5, 3],
]);

/** A fleet in memory, the engine beside it, and the alarms that would stand in the database. */
export class World {
  readonly vehicles = new Map<number, VehicleFact>();
  readonly gateways: GatewayFact[] = [];
  readonly open = new Map<string, string>();
  readonly orders: Order[] = [];
  readonly rules: Rules;
  memory: Memory = EMPTY;
  nowMs = START;
  listeningSinceMs = START - 3_600_000;

  constructor(given: readonly GivenRule[] = []) {
    this.rules = new Rules(PARENTS, given);
  }

  add(vehicleId: number, change: Partial<VehicleFact> = {}): void {
    this.vehicles.set(vehicleId, {
      vehicleId,
      organisationId: 4,
      simulated: false,
      state: 'up',
      sinceMs: this.nowMs - 60_000,
      cell: OSLO,
      gateway: 'gw-a',
      carriers: LINKS.map((link) => ({ link, state: 'up', sinceMs: this.nowMs - 60_000 })),
      ailing: false,
      refusedMs: null,
      ...change,
    });
  }

  change(vehicleId: number, change: Partial<VehicleFact>): void {
    const old = this.vehicles.get(vehicleId);
    assert(old !== undefined);
    this.vehicles.set(vehicleId, { ...old, ...change });
  }

  carrier(vehicleId: number, link: string, state: CarrierFact['state']): void {
    const carriers = this.vehicles
      .get(vehicleId)
      ?.carriers.map((old) => (old.link === link ? { link, state, sinceMs: this.nowMs } : old));
    assert(carriers !== undefined);
    const lost = carriers.some((carrier) => carrier.state === 'down');
    this.change(vehicleId, { carriers, state: lost ? 'reduced' : 'up', sinceMs: this.nowMs });
  }

  run(seconds: number): Order[] {
    const from = this.orders.length;
    for (let i = 0; i < seconds; i++) {
      this.nowMs += 1_000;
      this.step();
    }
    return this.orders.slice(from);
  }

  step(): void {
    const facts: Facts = {
      nowMs: this.nowMs,
      listeningSinceMs: this.listeningSinceMs,
      vehicles: [...this.vehicles.values()],
      gateways: this.gateways,
      openKeys: new Set(this.open.keys()),
      ruleOf: (organisationId, kind) => this.rules.ruleOf(organisationId, kind),
      commonOf: (organisationIds) => this.rules.commonOf(organisationIds),
    };
    const { memory, orders } = step(this.memory, facts);
    this.memory = memory;
    for (const order of orders) {
      if (order.kind === 'raise') this.open.set(order.condition.key, order.condition.kind);
      if (order.kind === 'clear') assert(this.open.delete(order.key), order.key);
    }
    this.orders.push(...orders);
  }

  raised(kind?: string): Order[] {
    return this.orders.filter(
      (order) => order.kind === 'raise' && (kind ?? order.condition.kind) === order.condition.kind,
    );
  }
}

export function rule(change: Partial<GivenRule>): GivenRule {
  return {
    organisationId: 1,
    kind: 'carrier-down',
    severity: 'minor',
    raiseAfterS: 0,
    clearAfterS: 10,
    enabled: true,
    version: 1,
    ...change,
  };
}
