import { type Arena, assert } from '@rmh/base';
import { allocateArena } from './arena.ts';
import { Errno } from './errors.ts';
import { lastErrno, setPointer, sys } from './native.ts';

/**
 * One loop: its TUN, its sockets (a few modems × gateways × families), its wakes: about 16. The
 * lab's carriers poll two devices a link, 3 vehicles × 4 carriers: 24. ppoll looks only at those in
 * use, so the rest of 64 costs nothing.
 */
export const POLLED_MAX = 64;

/** Waits until a descriptor is ready or time is up. For so few, ppoll costs less than epoll. */
export class Poller {
  //  0          512
  //  pollfd[64]  timespec
  readonly #memory: Arena = allocateArena(POLLED_MAX * POLLFD_BYTES + 16);
  #count = 0;

  constructor() {
    for (let i = 0; i < POLLED_MAX; i++) this.#vacate(i);
  }

  /** Its index, for readyAt; stable until it is removed. */
  add(fd: number, writable = false): number {
    assert(fd >= 0 && this.#indexOf(fd) < 0, 'a descriptor is polled once');
    const i = this.#indexOf(VACANT);
    assert(i >= 0, `at most ${POLLED_MAX} descriptors are polled`);
    this.#memory.view.setInt32(i * POLLFD_BYTES, fd, true);
    this.#memory.view.setInt16(i * POLLFD_BYTES + 4, writable ? POLLIN | POLLOUT : POLLIN, true);
    this.#count = Math.max(this.#count, i + 1);
    return i;
  }

  /** Wait for room to write too (after EAGAIN on sending), or no longer. */
  setWritable(fd: number, on: boolean): void {
    const i = this.#known(fd);
    this.#memory.view.setInt16(i * POLLFD_BYTES + 4, on ? POLLIN | POLLOUT : POLLIN, true);
  }

  /** Before the descriptor is closed: the number may come back as another. */
  remove(fd: number): void {
    this.#vacate(this.#known(fd));
    while (this.#count > 0 && this.#fdAt(this.#count - 1) === VACANT) this.#count--;
  }

  /**
   * Descriptors ready; 0 when time is up or a signal came. 0 µs asks without waiting; negative or
   * infinite waits for ever.
   */
  wait(timeoutUs: number): number {
    assert(!Number.isNaN(timeoutUs), 'a wait has a length');
    const timespec = timeoutUs >= 0 && timeoutUs < 1e12 ? this.#timespec(timeoutUs) : 0;
    const ready = sys.ppoll(this.#memory.address, this.#count, timespec, 0);
    if (ready >= 0) return ready;
    assert(lastErrno() === Errno.EINTR, 'ppoll fails only by a signal');
    for (let i = 0; i < this.#count; i++) {
      this.#memory.view.setInt16(i * POLLFD_BYTES + 6, 0, true);
    }
    return 0;
  }

  /** Sleeps, whatever comes meanwhile; a signal may cut it short. */
  rest(us: number): void {
    sys.ppoll(0, 0, this.#timespec(us), 0);
  }

  /** There is something to read, or an error to find by reading. */
  ready(fd: number): boolean {
    return this.readyAt(this.#known(fd));
  }

  readyAt(index: number): boolean {
    return (this.#memory.view.getInt16(index * POLLFD_BYTES + 6, true) & ~POLLOUT) !== 0;
  }

  writable(fd: number): boolean {
    const at = this.#known(fd) * POLLFD_BYTES + 6;
    return (this.#memory.view.getInt16(at, true) & ~POLLIN) !== 0;
  }

  #timespec(us: number): number {
    const at = POLLED_MAX * POLLFD_BYTES;
    const seconds = Math.floor(us / 1e6);
    setPointer(this.#memory.view, at, seconds);
    this.#memory.view.setUint32(at + 8, Math.floor((us - seconds * 1e6) * 1000), true);
    return this.#memory.address + at;
  }

  #known(fd: number): number {
    const i = this.#indexOf(fd);
    assert(i >= 0, 'the descriptor is polled');
    return i;
  }

  #indexOf(fd: number): number {
    for (let i = 0; i < POLLED_MAX; i++) if (this.#fdAt(i) === fd) return i;
    return -1;
  }

  #fdAt(i: number): number {
    return this.#memory.view.getInt32(i * POLLFD_BYTES, true);
  }

  #vacate(i: number): void {
    this.#memory.view.setInt32(i * POLLFD_BYTES, VACANT, true);
    this.#memory.view.setInt32(i * POLLFD_BYTES + 4, 0, true);
  }
}

//  struct pollfd:  0 fd (4)   4 events (2)   6 revents (2)
const POLLFD_BYTES = 8;
/** The kernel passes over negative descriptors. */
const VACANT = -1;
const POLLIN = 0x1;
const POLLOUT = 0x4;
