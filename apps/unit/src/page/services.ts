// What the crew wants to know of each service, from the tallies of its traffic class. Pure.
//
//   waiting  no carrier at all: what there is to send waits for one
//   weak     something was lost, or stood still, a moment ago
//   sent     it goes through (`sentMs`: when it last did)
//   ready    nothing to send; it would go through
import type { ClassSlice, HistorySlice, TrafficClassName } from '@rmh/contract';
import { TRAFFIC_CLASSES } from '@rmh/contract';
import type { Facts } from '../platform/facts.ts';

export interface ServiceRule {
  readonly name: string;
  readonly class: TrafficClassName;
}

export interface ServiceView {
  readonly name: string;
  /** Of its class: what stands still matters for pictures and speech only. */
  readonly isSteady: boolean;
  readonly state: 'sent' | 'ready' | 'weak' | 'waiting';
  /** When something of it last went through, Unix ms; null: not since the unit began. */
  readonly sentMs: number | null;
}

export interface PageView {
  readonly unit: string;
  readonly nowMs: number;
  readonly up: boolean;
  /** Since when the service is there, or not. */
  readonly sinceMs: number;
  readonly services: readonly ServiceView[];
}

/** What was sent so lately is being sent. */
const SENT_MS = 15_000;
/** A crew sees that something is wrong for as long as it takes to look. */
const WEAK_MS = 5_000;
/** A picture that stands for so long is noticed. */
const QUIET_MS = 500;
/** One lost packet in so many is repaired or not seen. */
const LOST_SHARE = 0.02;
/** Video at the other end is asked for; ours that goes out leaves packets each second. */
const STEADY_PACKETS = 10;

export class Services {
  readonly #rules: readonly ServiceRule[];
  readonly #classes = TRAFFIC_CLASSES.map(() => ({
    sentMs: null as number | null,
    weakMs: Number.NEGATIVE_INFINITY,
    wasSteady: false,
  }));

  constructor(rules: readonly ServiceRule[]) {
    this.#rules = rules;
  }

  second(slice: HistorySlice, facts: Facts): void {
    const atMs = slice.atMs + slice.spanMs;
    for (const [i, known] of this.#classes.entries()) {
      const one = slice.classes[i];
      if (one === undefined) continue;
      const isBad = isWeak(one, known.wasSteady);
      if (isBad) known.weakMs = atMs;
      else if (facts.up && one.sent + one.received > 0) known.sentMs = atMs;
      known.wasSteady = one.received >= STEADY_PACKETS;
    }
  }

  view(unit: string, facts: Facts): PageView {
    const services = this.#rules.map((rule): ServiceView => {
      const known = this.#classes[TRAFFIC_CLASSES.indexOf(rule.class)];
      const sentMs = known?.sentMs ?? null;
      const isSteady = rule.class === 'realtime';
      const state = stateOf(facts, sentMs, known?.weakMs ?? Number.NEGATIVE_INFINITY);
      return { name: rule.name, isSteady, state, sentMs };
    });
    const { atMs: nowMs, up, sinceMs } = facts;
    return { unit, nowMs, up, sinceMs, services };
  }
}

function stateOf({ up, atMs }: Facts, sentMs: number | null, weakMs: number): ServiceView['state'] {
  if (!up) return 'waiting';
  if (atMs - weakMs <= WEAK_MS) return 'weak';
  return sentMs !== null && atMs - sentMs <= SENT_MS ? 'sent' : 'ready';
}

/** `wasSteady`: a stream came in the second before, so that silence now is one. */
function isWeak(one: ClassSlice, wasSteady: boolean): boolean {
  const lost = one.unsent + (one.lost ?? 0);
  if (lost > 0 && lost >= LOST_SHARE * (one.sent + one.unsent)) return true;
  return wasSteady && one.quietMs >= QUIET_MS;
}
