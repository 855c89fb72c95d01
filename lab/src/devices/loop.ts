// The loop of a station: waits on descriptors and deadlines by ppoll, to the microsecond, which
// the timers of Node cannot (1 ms and up). Nothing else runs in the process.
import { nowUs, Poller } from '@rmh/netio';

export interface Source {
  readonly fd: number;
  readonly wantsWrite: boolean;
  /** Its descriptor is of no more use; the loop lets go of it and closes it. */
  readonly ended: boolean;
  readable(nowUs: number): void;
  writable(nowUs: number): void;
  close(): void;
}

export interface Timer {
  readonly nextUs: number;
  tick(nowUs: number): void;
}

export class Loop {
  readonly #poller = new Poller();
  readonly #sources = new Set<Source>();
  readonly #timers: Timer[] = [];
  #running = true;

  add(source: Source): void {
    this.#poller.add(source.fd, source.wantsWrite);
    this.#sources.add(source);
  }

  addTimer(timer: Timer): void {
    this.#timers.push(timer);
  }

  stop(): void {
    this.#running = false;
  }

  run(): void {
    while (this.#running) {
      for (const source of this.#sources) this.#poller.setWritable(source.fd, source.wantsWrite);
      let nextUs = Number.POSITIVE_INFINITY;
      for (const timer of this.#timers) nextUs = Math.min(nextUs, timer.nextUs);
      this.#poller.wait(Math.max(0, nextUs - nowUs()));
      this.#turn();
    }
  }

  #turn(): void {
    for (const source of [...this.#sources]) {
      if (this.#poller.writable(source.fd)) source.writable(nowUs());
      if (this.#poller.ready(source.fd)) source.readable(nowUs());
      if (source.ended) this.#let(source);
    }
    for (const timer of this.#timers) timer.tick(nowUs());
  }

  #let(source: Source): void {
    this.#poller.remove(source.fd);
    this.#sources.delete(source);
    source.close();
  }
}
