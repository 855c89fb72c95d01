/**
 * Network namespaces by descriptor. One belongs to a thread, not to the process: a worker may
 * live in another than the main thread, and what libuv does on its pool stays where the process
 * was started. Asynchronous code therefore never runs in `inNetns`.
 *
 * Descriptors close on exec. A child gets one through the stdio list of spawn and joins by
 * `nsenter --net=/proc/self/fd/3 …`, or by enterNetns(3) as its first act. A namespace without
 * any process or open descriptor vanishes with its devices.
 */
import { assert } from '@rmh/base';
import { Errno, failure, NEEDS_NET_ADMIN, type Verdicts } from './errors.ts';
import { sys } from './native.ts';

/** A descriptor of the calling thread's namespace; close it with closeNetns. */
export function currentNetnsFd(): number {
  const fd = sys.open('/proc/thread-self/ns/net', O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) throw failure('open the current network namespace', {}, 'netns.failed');
  return fd;
}

/** A new, empty namespace (loopback is down); the calling thread stays where it is. */
export function createNetns(): number {
  const home = currentNetnsFd();
  try {
    if (sys.unshare(CLONE_NEWNET) < 0) {
      throw failure('create a network namespace', NETNS_VERDICTS, 'netns.failed');
    }
    try {
      return currentNetnsFd();
    } finally {
      goHome(home);
    }
  } finally {
    sys.close(home);
  }
}

/** `work` runs inside the namespace; what it opens stays there. Synchronous work only. */
export function inNetns<T>(fd: number, work: () => T): T {
  const home = currentNetnsFd();
  try {
    enterNetns(fd);
    try {
      const result = work();
      assert(!(result instanceof Promise), 'work in a namespace is synchronous');
      return result;
    } finally {
      goHome(home);
    }
  } finally {
    sys.close(home);
  }
}

/** The calling thread moves for good. */
export function enterNetns(fd: number): void {
  if (sys.setns(fd, CLONE_NEWNET) === 0) return;
  throw failure('enter a network namespace', NETNS_VERDICTS, 'netns.failed');
}

export function closeNetns(fd: number): void {
  sys.close(fd);
}

function goHome(fd: number): void {
  // Going on elsewhere would put traffic and routes into the wrong namespace.
  assert(sys.setns(fd, CLONE_NEWNET) === 0, 'the thread returns to its own network namespace');
}

const O_RDONLY = 0;
const O_CLOEXEC = 0o2000000;
const CLONE_NEWNET = 0x40000000;

const NETNS_VERDICTS: Verdicts = {
  [Errno.EPERM]: [
    'permission.missing',
    `needs CAP_SYS_ADMIN for network namespaces; ${NEEDS_NET_ADMIN}`,
  ],
};
