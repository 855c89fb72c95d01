/** For how long there has always been more to send than the path may take. Times µs. */
export class Backlog {
  #fromUs = Number.NEGATIVE_INFINITY;
  #toUs = Number.NEGATIVE_INFINITY;

  /** The sender has more than it may send: the rate of now is the path's, not the application's. */
  note(nowUs: number): void {
    if (nowUs - this.#toUs > PAUSE_US) this.#fromUs = nowUs;
    this.#toUs = nowUs;
  }

  lengthUs(nowUs: number): number {
    return nowUs - this.#toUs > PAUSE_US ? 0 : nowUs - this.#fromUs;
  }

  /** Was there one all the time in which a sample's packets left? */
  covers(fromUs: number, toUs: number): boolean {
    return this.#fromUs <= fromUs + SLACK_US && this.#toUs >= toUs - SLACK_US;
  }
}

const PAUSE_US = 20_000;
const SLACK_US = 5_000;
