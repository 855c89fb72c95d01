// From causes to alarms. Pure: memory and facts in, memory and orders out, once a second.
//
// 1. conditions: what is wrong now, each vehicle by itself, gateways, areas
// 2. explanation: an area or a gateway explains single conditions; those wait while it may become
//    an alarm, and end in it when it does
// 3. tolerance: a cause must last before it is an alarm and be gone before the alarm is cleared.
//    Time is added up over short pauses, so that a carrier that comes and goes is one alarm.
import type { Severity } from '@rmh/contract/api';
import { type Area, areaConditions, findAreas, type Market, marketsOf } from './areas.ts';
import { gatewayCondition, vehicleConditions } from './conditions.ts';
import type { Condition, Facts, Rule } from './facts.ts';

export type Standing =
  /** Not long enough yet; `badMs`: for how long it was there, pauses not counted. */
  | { readonly phase: 'pending'; readonly badMs: number; readonly goneMs: number | null }
  /** An open alarm; `toldMs`: when it was last written, about these vehicles. */
  | {
      readonly phase: 'raised';
      readonly toldMs: number;
      readonly vehicleIds: ReadonlySet<number>;
      readonly cells: number;
      readonly goneMs: number | null;
    }
  /** Cleared by hand while the cause was there: quiet until it has gone. */
  | { readonly phase: 'hushed'; readonly goneMs: number | null }
  /** Explained by another condition. */
  | { readonly phase: 'explained'; readonly goneMs: number | null };

export interface Case {
  readonly condition: Condition;
  readonly standing: Standing;
}

export interface Memory {
  readonly steppedMs: number;
  readonly cases: ReadonlyMap<string, Case>;
  readonly areas: readonly Area[];
}

export type Order =
  | { readonly kind: 'raise'; readonly condition: Condition; readonly severity: Severity }
  | {
      readonly kind: 'update';
      readonly condition: Condition;
      readonly vehicles: number;
    }
  | { readonly kind: 'clear'; readonly key: string; readonly partOf: string | null }
  /** Somebody cleared it by hand: those who were told of it are told of that. */
  | { readonly kind: 'hush'; readonly key: string };

export const EMPTY: Memory = { steppedMs: 0, cases: new Map(), areas: [] };

// A growing area is told again at most so often.
const UPDATE_EVERY_MS = 30_000;
// A step that comes late counts for this much at most: nobody looked meanwhile.
const STEP_MOST_MS = 5_000;

export function step(memory: Memory, facts: Facts): { memory: Memory; orders: Order[] } {
  const markets = marketsOf(facts);
  const areas = findAreas(memory.areas, markets);
  const now = conditionsNow(memory, areas, markets, facts);
  const explained = explanations(memory, now, facts);
  const held = heldVehicles(facts);
  const cases = new Map<string, Case>();
  const orders: Order[] = [];
  for (const key of new Set([...memory.cases.keys(), ...now.keys()])) {
    const before = memory.cases.get(key);
    const present = now.get(key);
    const condition = present ?? before?.condition;
    if (condition === undefined) continue;
    if (present === undefined && before !== undefined && isHeld(before, held)) {
      cases.set(key, before);
      continue;
    }
    const rule = facts.ruleOf(condition.organisationId, condition.kind);
    const asked = {
      condition,
      before: before?.standing ?? null,
      isThere: present !== undefined && rule.enabled,
      explainer: explained.get(key) ?? null,
      rule,
      facts,
      sinceStepMs: Math.min(facts.nowMs - memory.steppedMs, STEP_MOST_MS),
    };
    const { standing, order } = decide(asked);
    if (order !== null) orders.push(order);
    if (standing !== null) cases.set(key, { condition, standing });
  }
  const kept = areas.filter((area) => cases.has(area.key));
  return { memory: { steppedMs: facts.nowMs, cases, areas: kept }, orders: raisesFirst(orders) };
}

function conditionsNow(
  memory: Memory,
  areas: readonly Area[],
  markets: readonly Market[],
  facts: Facts,
) {
  const now = new Map<string, Condition>();
  const add = (condition: Condition | null) => {
    if (condition !== null) now.set(condition.key, condition);
  };
  for (const vehicle of facts.vehicles) {
    for (const condition of vehicleConditions(vehicle, facts)) {
      // A vehicle that was down and then fell silent is still down, as far as anybody knows.
      const isDown = memory.cases.get(`vehicle-down:${vehicle.vehicleId}`);
      const known = condition.kind === 'vehicle-silent' && isDown?.standing.phase === 'raised';
      if (!known) add(condition);
    }
  }
  for (const gateway of facts.gateways) add(gatewayCondition(gateway, facts));
  for (const condition of areaConditions(areas, markets, facts)) add(condition);
  return now;
}

interface Explainer {
  readonly key: string;
  /** It is an alarm, or becomes one in this step. */
  readonly raised: boolean;
}

function explanations(
  memory: Memory,
  now: ReadonlyMap<string, Condition>,
  facts: Facts,
): ReadonlyMap<string, Explainer> {
  const explained = new Map<string, Explainer>();
  for (const condition of now.values()) {
    if (condition.explains.length === 0) continue;
    const rule = facts.ruleOf(condition.organisationId, condition.kind);
    const before = memory.cases.get(condition.key)?.standing ?? null;
    if (!rule.enabled || before?.phase === 'hushed') continue;
    const raised = before?.phase === 'raised' || isDue(condition, before, rule, memory, facts);
    for (const key of condition.explains) explained.set(key, { key: condition.key, raised });
  }
  return explained;
}

function isDue(
  condition: Condition,
  before: Standing | null,
  rule: Rule,
  memory: Memory,
  facts: Facts,
): boolean {
  const sinceStepMs = Math.min(facts.nowMs - memory.steppedMs, STEP_MOST_MS);
  return badMsOf(condition, before, facts.nowMs, sinceStepMs) >= rule.raiseAfterS * 1_000;
}

function badMsOf(
  condition: Condition,
  before: Standing | null,
  nowMs: number,
  sinceStepMs: number,
): number {
  if (before === null) return Math.max(0, nowMs - condition.sinceMs);
  if (before.phase !== 'pending') return 0;
  return before.badMs + (before.goneMs === null ? sinceStepMs : 0);
}

interface Asked {
  readonly condition: Condition;
  readonly before: Standing | null;
  readonly isThere: boolean;
  readonly explainer: Explainer | null;
  readonly rule: Rule;
  readonly facts: Facts;
  readonly sinceStepMs: number;
}

interface Decided {
  /** Null: forgotten. */
  readonly standing: Standing | null;
  readonly order: Order | null;
}

function decide(asked: Asked): Decided {
  const { before, condition, facts } = asked;
  if (before?.phase === 'raised' && !facts.openKeys.has(condition.key)) {
    return {
      standing: { phase: 'hushed', goneMs: null },
      order: { kind: 'hush', key: condition.key },
    };
  }
  if (!asked.isThere) return decideGone(asked);
  if (asked.explainer?.raised === true) return decideExplained(asked, asked.explainer.key);
  switch (before?.phase) {
    case 'raised':
      return decideUpdate(asked, before);
    case 'hushed':
      return { standing: { phase: 'hushed', goneMs: null }, order: null };
    case 'explained':
      // The explanation has ended and this has not: its time begins now.
      return { standing: { phase: 'pending', badMs: 0, goneMs: null }, order: null };
    case 'pending':
    case undefined:
      return decidePending(asked);
  }
}

function decidePending({ condition, before, explainer, rule, facts, sinceStepMs }: Asked): Decided {
  const badMs = badMsOf(condition, before, facts.nowMs, sinceStepMs);
  if (explainer !== null || badMs < rule.raiseAfterS * 1_000) {
    return { standing: { phase: 'pending', badMs, goneMs: null }, order: null };
  }
  return {
    standing: {
      phase: 'raised',
      toldMs: facts.nowMs,
      vehicleIds: new Set(condition.vehicleIds),
      cells: condition.cells.length,
      goneMs: null,
    },
    order: { kind: 'raise', condition, severity: rule.severity },
  };
}

function decideUpdate(asked: Asked, before: Standing & { phase: 'raised' }): Decided {
  const { condition, facts } = asked;
  const vehicleIds = before.vehicleIds.union(new Set(condition.vehicleIds));
  const grown = vehicleIds.size > before.vehicleIds.size || condition.cells.length > before.cells;
  if (!grown || facts.nowMs < before.toldMs + UPDATE_EVERY_MS) {
    return { standing: { ...before, goneMs: null }, order: null };
  }
  return {
    standing: {
      phase: 'raised',
      toldMs: facts.nowMs,
      vehicleIds,
      cells: condition.cells.length,
      goneMs: null,
    },
    order: { kind: 'update', condition, vehicles: vehicleIds.size },
  };
}

function decideExplained({ condition, before }: Asked, by: string): Decided {
  return {
    standing: { phase: 'explained', goneMs: null },
    order: before?.phase === 'raised' ? { kind: 'clear', key: condition.key, partOf: by } : null,
  };
}

function decideGone({ condition, before, rule, facts }: Asked): Decided {
  if (before === null) return { standing: null, order: null };
  const goneMs = before.goneMs ?? facts.nowMs;
  if (rule.enabled && facts.nowMs - goneMs < rule.clearAfterS * 1_000) {
    return { standing: { ...before, goneMs }, order: null };
  }
  const raised = before.phase === 'raised';
  return {
    standing: null,
    order: raised ? { kind: 'clear', key: condition.key, partOf: null } : null,
  };
}

/** Vehicles that say nothing: what was wrong with them is neither seen nor gone. */
function heldVehicles(facts: Facts): ReadonlySet<number> {
  return new Set(
    facts.vehicles.filter(({ state }) => state === 'unknown').map(({ vehicleId }) => vehicleId),
  );
}

function isHeld({ condition }: Case, held: ReadonlySet<number>): boolean {
  const { kind, vehicleId } = condition;
  return kind !== 'vehicle-silent' && vehicleId !== null && held.has(vehicleId);
}

/** An alarm that ends in another one needs the other's row first. */
function raisesFirst(orders: readonly Order[]): Order[] {
  return [
    ...orders.filter((order) => order.kind !== 'clear'),
    ...orders.filter((order) => order.kind === 'clear'),
  ];
}
