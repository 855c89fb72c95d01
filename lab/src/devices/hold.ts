// The car's end of the connection that is held through the whole run: asks each 200 ms, notes
// which question was answered last. It never connects again: that is what it is there to show.
import type { IpEndpoint } from '@rmh/base';
import { NetError, TcpStream } from '@rmh/netio';
import type { Source, Timer } from './loop.ts';
import { MessageStream } from './message-stream.ts';
import { HEAD_BYTES } from './packet.ts';
import type { HoldFigures } from './plan.ts';

export const HOLD_ID = 31;
const ASK_EVERY_US = 200_000;

export class Hold implements Source, Timer {
  readonly #messages: MessageStream;
  readonly #vehicle: number;
  #established = false;
  #broken: string | null = null;
  #answeredAskUs = 0;
  #asked = 0;
  #nextUs: number;

  /** Opens in the namespace of the calling thread. */
  constructor(vehicle: number, to: IpEndpoint, nowUs: number) {
    this.#vehicle = vehicle;
    this.#nextUs = nowUs;
    this.#messages = new MessageStream(
      TcpStream.connect(to, { nonblocking: true, nodelay: true }),
      ({ sentUs }) => {
        this.#answeredAskUs = Math.max(this.#answeredAskUs, sentUs);
      },
    );
  }

  get fd(): number {
    return this.#messages.stream.fd;
  }

  get ended(): boolean {
    return this.#broken !== null;
  }

  get wantsWrite(): boolean {
    return this.#broken === null && (!this.#established || this.#messages.waiting);
  }

  get nextUs(): number {
    return this.#established && this.#broken === null ? this.#nextUs : Number.POSITIVE_INFINITY;
  }

  writable(): void {
    if (!this.#established) {
      try {
        this.#messages.stream.finishConnect();
        this.#established = true;
      } catch (error) {
        this.#broken = error instanceof NetError ? error.message : String(error);
        return;
      }
    }
    this.#note(this.#messages.flush());
  }

  readable(): void {
    if (this.#established) this.#note(this.#messages.receive());
  }

  tick(nowUs: number): void {
    if (nowUs < this.nextUs) return;
    this.#nextUs = nowUs + ASK_EVERY_US;
    this.#messages.queue({
      flowId: HOLD_ID,
      vehicle: this.#vehicle,
      bytes: HEAD_BYTES + 44,
      sequence: this.#asked++,
      sentUs: nowUs,
    });
    this.#note(this.#messages.flush());
  }

  figures(): HoldFigures {
    return {
      established: this.#established,
      answeredAskUs: this.#answeredAskUs,
      broken: this.#broken,
    };
  }

  close(): void {
    this.#messages.stream.close();
  }

  #note(errno: number): void {
    if (errno === 0 || this.#broken !== null) return;
    this.#broken = errno < 0 ? 'closed by the far end' : `errno ${errno}`;
  }
}
