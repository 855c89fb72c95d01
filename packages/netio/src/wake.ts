import { assert } from '@rmh/base';
import { allocateArena } from './arena.ts';
import { failure } from './errors.ts';
import { setPointer, sys } from './native.ts';

/**
 * An eventfd: another thread's way into a loop that blocks in poll. The descriptor number is
 * valid in every thread of the process: pass `fd` to a worker, which takes it by `fromFd`.
 */
export class Wake {
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  static create(): Wake {
    const fd = sys.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0) throw failure('create an eventfd', {}, 'socket.failed');
    return new Wake(fd);
  }

  static fromFd(fd: number): Wake {
    assert(Number.isInteger(fd) && fd >= 0, 'a descriptor is a small number');
    return new Wake(fd);
  }

  /** Many signals before a drain are one. */
  signal(): void {
    sys.write(this.fd, word.address, 8);
  }

  drain(): void {
    sys.read(this.fd, word.address + 8, 8);
  }

  close(): void {
    sys.close(this.fd);
  }
}

const EFD_NONBLOCK = 0o4000;
const EFD_CLOEXEC = 0o2000000;

//  0              8
//  one, for signal   what drain reads
const word = allocateArena(16);
setPointer(word.view, 0, 1);
