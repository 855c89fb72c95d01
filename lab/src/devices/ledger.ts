// What one station sent and what arrived at it, by flow.
import { Arrivals } from './arrivals.ts';
import { ALONE_ID, DEADLINE_US, type Direction, FLOWS, type Flow, nominalGapUs } from './flows.ts';
import type { HoldFigures, StationPlan, StationReport } from './plan.ts';
import { Seen } from './seen.ts';

export class Ledger {
  readonly #plan: StationPlan;
  readonly #sent = new Map<number, number>();
  readonly #arrivals = new Map<number, Arrivals>();
  readonly #reached = new Seen();
  #reachedCount = 0;
  #heldUpUsMax = 0;

  constructor(plan: StationPlan) {
    this.#plan = plan;
    const sends: Direction = plan.side === 'car' ? 'up' : 'down';
    for (const flow of FLOWS) {
      if (!plan.flowIds.includes(flow.id)) continue;
      if (flow.direction === sends) this.#sent.set(flow.id, 0);
      else this.#receives(flow.id, flow);
    }
    for (const [i] of plan.carriers.entries()) {
      this.#sent.set(ALONE_ID + i, 0);
      this.#receives(ALONE_ID + i, null);
    }
  }

  noteHeldUp(us: number): void {
    this.#heldUpUsMax = Math.max(this.#heldUpUsMax, Math.round(us));
  }

  noteSent(id: number): void {
    this.#sent.set(id, (this.#sent.get(id) ?? 0) + 1);
  }

  /** False for what does not belong here and for second copies. */
  arrived(id: number, sequence: number, sentUs: number, atUs: number): boolean {
    const first = this.#arrivals.get(id)?.arrived(sequence, sentUs, atUs) ?? false;
    if (!first || id < ALONE_ID || atUs - sentUs > DEADLINE_US.critical) return first;
    if (this.#reached.add(sequence)) this.#reachedCount++;
    return true;
  }

  /** The far end sends from now on. */
  begin(atUs: number): void {
    for (const arrivals of this.#arrivals.values()) arrivals.begin(atUs);
  }

  /** The far end sends nothing after this. */
  end(atUs: number): void {
    for (const arrivals of this.#arrivals.values()) arrivals.end(atUs);
  }

  report(kind: StationReport['kind'], hold: HoldFigures | null): StationReport {
    const { side, vehicle } = this.#plan;
    const arrivals = Object.fromEntries([...this.#arrivals].map(([id, a]) => [id, a.figures()]));
    const sent = Object.fromEntries(this.#sent);
    const reached = this.#reachedCount;
    const heldUpUsMax = this.#heldUpUsMax;
    return { kind, side, vehicle, sent, arrivals, reached, heldUpUsMax, hold };
  }

  /** Null: a probe over one carrier alone, which is as steady as its flow. */
  #receives(id: number, flow: Flow | null): void {
    const deadlineUs = DEADLINE_US[flow?.class ?? 'critical'];
    const steady = flow === null || nominalGapUs(flow) > 0;
    this.#arrivals.set(id, new Arrivals({ deadlineUs, steady }));
  }
}
