/** Raw TCP for benches and lab devices: from the arena, without Node's stream machinery. */
import type { Arena, IpEndpoint } from '@rmh/base';
import { scratch, setIntOption, setTextOption, textAt } from './descriptors.ts';
import { AF_INET, AF_INET6, sockaddrBytes, writeEndpoint } from './endpoint.ts';
import { Errno, failure, failureOf, type Verdicts } from './errors.ts';
import { lastErrno, setPointer, sys } from './native.ts';
import { readTcpState, TCP_STATE_BYTES, type TcpState } from './tcp-state.ts';
import { bindTo, bindToDevice, localEndpoint, setTos } from './udp-socket.ts';

export interface TcpOptions {
  /** Blocking unless true; non-blocking calls return -EAGAIN instead of waiting. */
  readonly nonblocking?: boolean;
  /** SO_BINDTODEVICE. */
  readonly device?: string;
  /** "cubic", "bbr", …; it must be loaded and, without CAP_NET_ADMIN, allowed. */
  readonly congestion?: string;
  /** Small writes leave at once. */
  readonly nodelay?: boolean;
  /** How long sent bytes may stay unacknowledged before the connection is given up. */
  readonly userTimeoutMs?: number;
  /** How long a blocking connect, send or receive may wait; then -EAGAIN. Default: for ever. */
  readonly waitMsMax?: number;
  /** Type of service of every packet sent: DSCP × 4. What is accepted has the listener's. */
  readonly tos?: number;
}

export class TcpListener {
  readonly fd: number;
  readonly local: IpEndpoint;
  readonly #options: TcpOptions;

  private constructor(fd: number, options: TcpOptions) {
    this.fd = fd;
    this.local = localEndpoint(fd);
    this.#options = options;
  }

  /** Port 0: the kernel chooses; see `local`. The options also hold for what is accepted. */
  static open(endpoint: IpEndpoint, options: TcpOptions = {}): TcpListener {
    const fd = openSocket(endpoint.address.family, options);
    try {
      setIntOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
      bindTo(fd, endpoint.address.family, endpoint.address, endpoint.port);
      if (sys.listen(fd, BACKLOG) < 0) throw failure('listen', {}, 'socket.failed');
      return new TcpListener(fd, options);
    } catch (error) {
      sys.close(fd);
      throw error;
    }
  }

  /** Null if none waits (non-blocking, or waitMsMax is over). */
  accept(): TcpStream | null {
    const flags = SOCK_CLOEXEC | (this.#options.nonblocking === true ? SOCK_NONBLOCK : 0);
    const fd = sys.accept4(this.fd, 0, 0, flags);
    if (fd >= 0) {
      setWait(fd, this.#options.waitMsMax);
      return new TcpStream(fd);
    }
    const errno = lastErrno();
    if (errno === Errno.EAGAIN || errno === Errno.EINTR) return null;
    throw failureOf(errno, 'accept', {}, 'socket.failed');
  }

  close(): void {
    sys.close(this.fd);
  }
}

export class TcpStream {
  readonly fd: number;

  /** Takes over a connected (or connecting) descriptor. */
  constructor(fd: number) {
    this.fd = fd;
  }

  /** Non-blocking: returns while connecting; poll for writable, then ask `finishConnect`. */
  static connect(endpoint: IpEndpoint, options: TcpOptions = {}): TcpStream {
    const fd = openSocket(endpoint.address.family, options);
    try {
      writeEndpoint(scratch, 0, endpoint);
      if (sys.connect(fd, scratch.address, sockaddrBytes(scratch, 0)) < 0) {
        const errno = lastErrno();
        if (errno !== Errno.EINPROGRESS || options.nonblocking !== true) throw refused(errno);
      }
      return new TcpStream(fd);
    } catch (error) {
      sys.close(fd);
      throw error;
    }
  }

  /** After a non-blocking connect became writable: throws what made it fail. */
  finishConnect(): void {
    scratch.view.setUint32(8, 4, true);
    sys.getsockopt(this.fd, SOL_SOCKET, SO_ERROR, scratch.address, scratch.address + 8);
    const errno = scratch.view.getInt32(0, true);
    if (errno !== 0) throw refused(errno);
  }

  /** Bytes taken by the kernel (perhaps fewer), or -errno. */
  send(arena: Arena, at: number, length: number): number {
    const count = sys.send(this.fd, arena.address + at, length, MSG_NOSIGNAL);
    return count < 0 ? -lastErrno() : count;
  }

  /** Bytes received, 0 when the far end has closed, or -errno. */
  receive(arena: Arena, at: number, max: number): number {
    const count = sys.recv(this.fd, arena.address + at, max, 0);
    return count < 0 ? -lastErrno() : count;
  }

  /** No more will be sent; receiving goes on. */
  finishSending(): void {
    sys.shutdown(this.fd, SHUT_WR);
  }

  get local(): IpEndpoint {
    return localEndpoint(this.fd);
  }

  get congestion(): string {
    scratch.view.setUint32(16, 16, true);
    const at = scratch.address;
    if (sys.getsockopt(this.fd, SOL_TCP, TCP_CONGESTION, at, at + 16) < 0) {
      throw failure('read the congestion control', {}, 'socket.failed');
    }
    return textAt(scratch.bytes, 0, 16);
  }

  set congestion(name: string) {
    setCongestion(this.fd, name);
  }

  state(): TcpState {
    scratch.bytes.fill(0, 0, TCP_STATE_BYTES);
    scratch.view.setUint32(TCP_STATE_BYTES, TCP_STATE_BYTES, true);
    const at = scratch.address;
    if (sys.getsockopt(this.fd, SOL_TCP, TCP_INFO, at, at + TCP_STATE_BYTES) < 0) {
      throw failure('read the TCP state', {}, 'socket.failed');
    }
    return readTcpState(scratch.view);
  }

  close(): void {
    sys.close(this.fd);
  }

  /** Close with a reset: nothing lingers, the far end sees ECONNRESET. */
  abort(): void {
    scratch.view.setInt32(0, 1, true);
    scratch.view.setInt32(4, 0, true);
    sys.setsockopt(this.fd, SOL_SOCKET, SO_LINGER, scratch.address, 8);
    sys.close(this.fd);
  }
}

function openSocket(family: 4 | 6, options: TcpOptions): number {
  const type = SOCK_STREAM | SOCK_CLOEXEC | (options.nonblocking === true ? SOCK_NONBLOCK : 0);
  const fd = sys.socket(family === 4 ? AF_INET : AF_INET6, type, 0);
  if (fd < 0) throw failure('open a TCP socket', {}, 'socket.failed');
  try {
    if (options.device !== undefined) bindToDevice(fd, options.device);
    if (options.congestion !== undefined) setCongestion(fd, options.congestion);
    if (options.nodelay === true) setIntOption(fd, SOL_TCP, TCP_NODELAY, 1);
    if (options.userTimeoutMs !== undefined) {
      setIntOption(fd, SOL_TCP, TCP_USER_TIMEOUT, options.userTimeoutMs);
    }
    if (options.tos !== undefined) setTos(fd, family, options.tos);
    setWait(fd, options.waitMsMax);
    return fd;
  } catch (error) {
    sys.close(fd);
    throw error;
  }
}

function setCongestion(fd: number, name: string): void {
  if (setTextOption(fd, SOL_TCP, TCP_CONGESTION, name) === 0) return;
  throw failure(`choose congestion control ${name}`, CONGESTION_VERDICTS, 'socket.failed');
}

//  struct timeval:  0 seconds (8)   8 microseconds (8)
function setWait(fd: number, waitMsMax: number | undefined): void {
  if (waitMsMax === undefined) return;
  setPointer(scratch.view, 0, Math.floor(waitMsMax / 1000));
  setPointer(scratch.view, 8, (waitMsMax % 1000) * 1000);
  for (const option of [SO_RCVTIMEO, SO_SNDTIMEO]) {
    sys.setsockopt(fd, SOL_SOCKET, option, scratch.address, 16);
  }
}

function refused(errno: number): Error {
  return failureOf(errno, 'connect', CONNECT_VERDICTS, 'socket.failed');
}

const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_ERROR = 4;
const SO_LINGER = 13;
const SO_RCVTIMEO = 20;
const SO_SNDTIMEO = 21;
const SOL_TCP = 6;
const TCP_NODELAY = 1;
const TCP_INFO = 11;
const TCP_CONGESTION = 13;
const TCP_USER_TIMEOUT = 18;
const MSG_NOSIGNAL = 0x4000;
const SHUT_WR = 1;
const BACKLOG = 128;

const CONNECT_VERDICTS: Verdicts = {
  [Errno.ECONNREFUSED]: ['socket.refused', 'nothing listens there'],
  [Errno.ENETUNREACH]: ['socket.unreachable', 'no route to this network'],
  [Errno.EHOSTUNREACH]: ['socket.unreachable', 'the host does not answer'],
  [Errno.ETIMEDOUT]: ['socket.timeout', 'no answer'],
  [Errno.EINPROGRESS]: ['socket.timeout', 'no answer in the time allowed'],
  [Errno.ECONNRESET]: ['socket.reset', 'the far end gave up'],
};

const CONGESTION_VERDICTS: Verdicts = {
  [Errno.ENOENT]: ['congestion.unknown', 'not in the kernel: modprobe tcp_<name>'],
  [Errno.EPERM]: [
    'permission.missing',
    'not in net.ipv4.tcp_allowed_congestion_control: allow it, or run with CAP_NET_ADMIN',
  ],
};
