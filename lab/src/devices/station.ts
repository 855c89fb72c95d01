// What both ends of a vehicle's flows share: the loop, the book of packets, pace and reports.
import { nowUs } from '@rmh/netio';
import { Control, say } from './control.ts';
import type { Flow } from './flows.ts';
import type { Hold } from './hold.ts';
import { Ledger } from './ledger.ts';
import { Loop } from './loop.ts';
import { Pacer } from './pacer.ts';
import type { Head } from './packet.ts';
import type { StationPlan } from './plan.ts';

// Twice a second: the terminal view is redrawn as often.
const REPORT_EVERY_US = 500_000;

/** Opens the way through a carrier's NAT before the start; counted by nobody. */
export const WARM_UP_SEQUENCE = 0xffff_ffff;

/** Sends packet `sequence`; false when it could not even be handed over to be sent later. */
export type Send = (sequence: number, nowUs: number) => boolean;

export class Station {
  readonly plan: StationPlan;
  readonly loop = new Loop();
  readonly ledger: Ledger;
  readonly #dialHold: (() => Hold) | null;
  #hold: Hold | null = null;
  readonly #pacers: Pacer[] = [];
  #startUs = Number.POSITIVE_INFINITY;
  #stopUs = Number.POSITIVE_INFINITY;

  /** The held connection is dialled once, at the start: the site listens by then. */
  constructor(plan: StationPlan, dialHold: (() => Hold) | null) {
    this.plan = plan;
    this.ledger = new Ledger(plan);
    this.#dialHold = dialHold;
    this.#addReports();
  }

  /** As a callback of sockets. */
  readonly arrived = (head: Head, atUs: number): void => {
    if (head.vehicle !== this.plan.vehicle || head.sequence === WARM_UP_SEQUENCE) return;
    this.ledger.arrived(head.flowId, head.sequence, head.sentUs, atUs);
  };

  headOf(flowId: number, bytes: number, sequence: number, sentUs: number): Head {
    return { flowId, vehicle: this.plan.vehicle, bytes, sequence, sentUs };
  }

  /** `ids` are counted as sent: one row of the flow itself, or one a carrier. */
  pace(flow: Flow, ids: readonly number[], send: Send): void {
    const pacer = new Pacer(flow);
    this.#pacers.push(pacer);
    const stopUs = () => this.#stopUs;
    this.loop.addTimer({
      get nextUs() {
        return pacer.nextUs < stopUs() ? pacer.nextUs : Number.POSITIVE_INFINITY;
      },
      tick: (atUs) => {
        const heldUpUs = atUs - pacer.nextUs;
        if (heldUpUs > 0 && pacer.nextUs < this.#stopUs) this.ledger.noteHeldUp(heldUpUs);
        for (const sequence of pacer.due(atUs, this.#stopUs)) {
          if (send(sequence, nowUs())) for (const id of ids) this.ledger.noteSent(id);
        }
      },
    });
  }

  run(): void {
    say(this.ledger.report('ready', this.#hold?.figures() ?? null));
    this.loop.run();
    this.ledger.end(this.#stopUs);
    say(this.ledger.report('final', this.#hold?.figures() ?? null));
  }

  get started(): boolean {
    return this.#startUs < Number.POSITIVE_INFINITY;
  }

  #start(atUs: number): void {
    this.#startUs = atUs;
    this.ledger.begin(atUs);
    for (const pacer of this.#pacers) pacer.start(atUs);
    if (this.#dialHold === null) return;
    this.#hold = this.#dialHold();
    this.loop.add(this.#hold);
    this.loop.addTimer(this.#hold);
  }

  #addReports(): void {
    this.loop.add(
      new Control((command) => {
        if (command.kind === 'start') this.#start(command.atUs);
        if (command.kind === 'stopSending') this.#stopUs = command.atUs;
        if (command.kind === 'finish') this.loop.stop();
      }),
    );
    let nextUs = 0;
    this.loop.addTimer({
      get nextUs() {
        return nextUs;
      },
      tick: (atUs) => {
        if (atUs < nextUs) return;
        nextUs = atUs + REPORT_EVERY_US;
        say(this.ledger.report('figures', this.#hold?.figures() ?? null));
      },
    });
  }
}
