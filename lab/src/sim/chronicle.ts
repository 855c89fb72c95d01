// The last moments of a run in words: what a person reads when a seed fails.

/** What can happen to a packet, as a word of the timeline. */
export const PACKET_EVENTS = [
  'enters',
  'leaves over',
  'lost on',
  'comes out of',
  'refused from',
  'delivered',
] as const;
export const Step = {
  enters: 0,
  leaves: 1,
  lost: 2,
  arrives: 3,
  refused: 4,
  delivered: 5,
} as const;
export type Step = (typeof Step)[keyof typeof Step];

// Rare events (faults, paths, gateways) of the last minutes, packets of the last tenth of a second.
const NOTES_MAX = 120;
const STEPS_MAX = 128;

export class Chronicle {
  readonly #notes: { atUs: number; text: string }[] = [];
  readonly #atUs = new Float64Array(STEPS_MAX);
  readonly #step = new Uint8Array(STEPS_MAX);
  readonly #packet = new Float64Array(STEPS_MAX);
  readonly #carrier = new Int16Array(STEPS_MAX);
  #steps = 0;
  readonly #carriers: readonly string[];

  constructor(carriers: readonly string[]) {
    this.#carriers = carriers;
  }

  note(atUs: number, text: string): void {
    this.#notes.push({ atUs, text });
    if (this.#notes.length > NOTES_MAX * 2) this.#notes.splice(0, NOTES_MAX);
  }

  /** Carrier −1: none is meant. */
  step(atUs: number, step: Step, packet: number, carrier: number): void {
    const at = this.#steps++ & (STEPS_MAX - 1);
    this.#atUs[at] = atUs;
    this.#step[at] = step;
    this.#packet[at] = packet;
    this.#carrier[at] = carrier;
  }

  /** Oldest first; a line for each event. */
  lines(): string[] {
    const steps = Math.min(this.#steps, STEPS_MAX);
    const all = this.#notes.slice(-NOTES_MAX);
    for (let i = this.#steps - steps; i < this.#steps; i++) {
      const at = i & (STEPS_MAX - 1);
      all.push({ atUs: this.#atUs[at] ?? 0, text: this.#sentence(at) });
    }
    const order = all.map((each, index) => ({ ...each, index }));
    order.sort((a, b) => a.atUs - b.atUs || a.index - b.index);
    return order.map(({ atUs, text }) => `${(atUs / 1e6).toFixed(6).padStart(12)} s  ${text}`);
  }

  #sentence(at: number): string {
    const carrier = this.#carriers[this.#carrier[at] ?? -1] ?? '';
    const packet = this.#packet[at] ?? -1;
    const name = packet < 0 ? 'control message' : `packet ${packet}`;
    return `${name} ${PACKET_EVENTS[this.#step[at] ?? 0]} ${carrier}`.trimEnd();
  }
}
