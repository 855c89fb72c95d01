/**
 * Every native function that this project's network code calls, and how memory is named to it.
 * Pointers are plain numbers (`uintptr_t`): the caller builds each structure by hand at fixed
 * offsets in memory from `allocateArena`. Measured (Node 26.10, koffi 3.3.4): 50 ns for a call
 * that stays in user space, 115–140 ns for one that enters the kernel. koffi's own struct
 * marshalling costs microseconds, so no hot path uses it.
 */
import { endianness } from 'node:os';
import { assert } from '@rmh/base';
import koffi from 'koffi';

// The offsets in this package are those of 64-bit little-endian Linux (LP64).
assert(process.platform === 'linux', 'netio runs on Linux');
assert(process.arch === 'x64' || process.arch === 'arm64', 'netio knows x86_64 and aarch64');
assert(endianness() === 'LE', 'netio knows little-endian machines');
assert(koffi.sizeof('uintptr_t') === 8 && koffi.sizeof('long') === 8, 'netio knows LP64');

type Native = (...words: number[]) => number;
type NativeWithPath = (path: string, ...words: number[]) => number;

const libc = loadLibc();
const native = (declaration: string) => libc.func(declaration) as unknown as Native;

export const sys = {
  open: libc.func('int open(const char *, int, int)') as unknown as NativeWithPath,
  close: native('int close(int)'),
  read: native('int64_t read(int, uintptr_t, size_t)'),
  write: native('int64_t write(int, uintptr_t, size_t)'),
  writev: native('int64_t writev(int, uintptr_t, int)'),
  ioctl: native('int ioctl(int, unsigned long, uintptr_t)'),
  fcntl: native('int fcntl(int, int, uintptr_t)'),
  socket: native('int socket(int, int, int)'),
  bind: native('int bind(int, uintptr_t, uint32_t)'),
  connect: native('int connect(int, uintptr_t, uint32_t)'),
  listen: native('int listen(int, int)'),
  accept4: native('int accept4(int, uintptr_t, uintptr_t, int)'),
  shutdown: native('int shutdown(int, int)'),
  getsockname: native('int getsockname(int, uintptr_t, uintptr_t)'),
  getsockopt: native('int getsockopt(int, int, int, uintptr_t, uintptr_t)'),
  setsockopt: native('int setsockopt(int, int, int, uintptr_t, uint32_t)'),
  send: native('int64_t send(int, uintptr_t, size_t, int)'),
  recv: native('int64_t recv(int, uintptr_t, size_t, int)'),
  recvmmsg: native('int recvmmsg(int, uintptr_t, unsigned int, int, uintptr_t)'),
  sendmmsg: native('int sendmmsg(int, uintptr_t, unsigned int, int)'),
  ppoll: native('int ppoll(uintptr_t, unsigned long, uintptr_t, uintptr_t)'),
  eventfd: native('int eventfd(unsigned int, int)'),
  clockGettime: native('int clock_gettime(int, uintptr_t)'),
  unshare: native('int unshare(int)'),
  setns: native('int setns(int, int)'),
  prctl: native('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)'),
};

/** Why the last native call of this thread failed. Read it at once: any later call changes it. */
export function lastErrno(): number {
  return koffi.errno();
}

export function addressOf(buffer: ArrayBuffer): number {
  const address = Number(koffi.address(buffer));
  // User space ends at 2^47 or 2^48, far below 2^53: a number holds every address exactly.
  assert(Number.isSafeInteger(address) && address > 0, 'the buffer has an address');
  return address;
}

/** A pointer (or another value below 2^53) as two 32-bit stores: setBigUint64 would allocate. */
export function setPointer(view: DataView, at: number, address: number): void {
  view.setUint32(at, address >>> 0, true);
  view.setUint32(at + 4, (address / 0x1_0000_0000) | 0, true);
}

/** A 64-bit counter as a number; exact below 2^53. */
export function getCounter(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
}

/** glibc under its name; where that does not exist (musl), the symbols of the Node binary. */
function loadLibc(): ReturnType<typeof koffi.load> {
  try {
    return koffi.load('libc.so.6');
  } catch {
    return koffi.load(null);
  }
}
