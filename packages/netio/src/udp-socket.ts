import { type IpAddress, type IpEndpoint, present } from '@rmh/base';
import { isDeviceName, scratch, setIntOption, setTextOption } from './descriptors.ts';
import { AF_INET, AF_INET6, readEndpoint, sockaddrBytes, writeEndpoint } from './endpoint.ts';
import { Errno, failure, NetError, type Verdicts } from './errors.ts';
import { sys } from './native.ts';

export interface UdpOptions {
  readonly family: 4 | 6;
  /** Default: any address of the family. */
  readonly address?: IpAddress;
  /** 0: the kernel chooses; see `local`. */
  readonly port: number;
  /** Only this device sends and receives (SO_BINDTODEVICE); it must exist. */
  readonly device?: string;
  /** Let the kernel join datagrams of one flow into trains on receipt (UDP_GRO). */
  readonly gro: boolean;
  /** Beyond net.core.rmem_max only with CAP_NET_ADMIN; otherwise what the system allows. */
  readonly receiveBufferBytes: number;
  readonly sendBufferBytes: number;
  /** Type of service of every packet sent: DSCP × 4 (RFC 2474, section 3). Default 0. */
  readonly tos?: number;
}

/** A non-blocking, unconnected UDP socket that never lets the kernel fragment. */
export class UdpSocket {
  readonly fd: number;
  readonly family: 4 | 6;
  readonly local: IpEndpoint;
  /** False once the kernel refused a train here; SendBatch then cuts trains itself. */
  gso = true;
  /** Datagrams that the kernel dropped here for want of receive buffer, as last reported. */
  overflowed = 0;

  private constructor(fd: number, family: 4 | 6, local: IpEndpoint) {
    this.fd = fd;
    this.family = family;
    this.local = local;
  }

  static open(options: UdpOptions): UdpSocket {
    const domain = options.family === 4 ? AF_INET : AF_INET6;
    const fd = sys.socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) throw failure('open a UDP socket', {}, 'socket.failed');
    try {
      configure(fd, options);
      if (options.device !== undefined) bindToDevice(fd, options.device);
      bindTo(fd, options.family, options.address, options.port);
      return new UdpSocket(fd, options.family, localEndpoint(fd));
    } catch (error) {
      sys.close(fd);
      throw error;
    }
  }

  close(): void {
    sys.close(this.fd);
  }
}

export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SOL_UDP = 17;
export const SO_RXQ_OVFL = 40;
export const UDP_SEGMENT = 103;
export const UDP_GRO = 104;

const SOCK_DGRAM = 2;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const SO_BINDTODEVICE = 25;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const SOL_IP = 0;
const SOL_IPV6 = 41;
const IP_TOS = 1;
const IPV6_TCLASS = 67;
const IP_MTU_DISCOVER = 10;
const IPV6_MTU_DISCOVER = 23;
const IPV6_V6ONLY = 26;
// Don't-fragment is set and what ICMP claims about the path is ignored: the tunnel probes the
// path MTU itself (RFC 8899), and a forged "packet too big" cannot shrink it. A datagram larger
// than the device's own MTU fails with EMSGSIZE.
const PMTUDISC_PROBE = 3;

function configure(fd: number, options: UdpOptions): void {
  if (options.family === 4) {
    require(setIntOption(fd, SOL_IP, IP_MTU_DISCOVER, PMTUDISC_PROBE), 'forbid fragments');
  } else {
    require(setIntOption(fd, SOL_IPV6, IPV6_V6ONLY, 1), 'keep to IPv6');
    require(setIntOption(fd, SOL_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_PROBE), 'forbid fragments');
  }
  sizeBuffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, options.receiveBufferBytes);
  sizeBuffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, options.sendBufferBytes);
  if (options.tos !== undefined) setTos(fd, options.family, options.tos);
  require(setIntOption(fd, SOL_SOCKET, SO_RXQ_OVFL, 1), 'count overflows');
  // A kernel before 5.0 has no UDP_GRO: every datagram then arrives alone, which is correct too.
  if (options.gro) setIntOption(fd, SOL_UDP, UDP_GRO, 1);
}

export function setTos(fd: number, family: 4 | 6, tos: number): void {
  const level = family === 4 ? SOL_IP : SOL_IPV6;
  require(setIntOption(fd, level, family === 4 ? IP_TOS : IPV6_TCLASS, tos), 'mark the packets');
}

function require(result: number, action: string): void {
  if (result < 0) throw failure(`${action} on a UDP socket`, {}, 'socket.failed');
}

/** The kernel doubles the value for its own bookkeeping, and clamps the unforced one silently. */
function sizeBuffer(fd: number, forced: number, plain: number, bytes: number): void {
  if (setIntOption(fd, SOL_SOCKET, forced, bytes) === 0) return;
  require(setIntOption(fd, SOL_SOCKET, plain, bytes), 'size a buffer');
}

export function bindToDevice(fd: number, device: string): void {
  const known = isDeviceName(device);
  if (known && setTextOption(fd, SOL_SOCKET, SO_BINDTODEVICE, device) === 0) return;
  if (!known) throw new NetError('device.unknown', `"${device}" is no device name`, 0);
  throw failure(`bind a socket to device ${device}`, DEVICE_VERDICTS, 'socket.failed');
}

export function bindTo(
  fd: number,
  family: 4 | 6,
  address: IpAddress | undefined,
  port: number,
): void {
  const any: IpAddress = { family, bytes: new Uint8Array(family === 4 ? 4 : 16) };
  writeEndpoint(scratch, 0, { address: address ?? any, port });
  if (sys.bind(fd, scratch.address, sockaddrBytes(scratch, 0)) === 0) return;
  throw failure(`bind a socket to port ${port}`, BIND_VERDICTS, 'socket.failed');
}

export function localEndpoint(fd: number): IpEndpoint {
  scratch.bytes.fill(0, 0, 32);
  scratch.view.setUint32(32, 32, true);
  const failed = sys.getsockname(fd, scratch.address, scratch.address + 32) < 0;
  if (failed) throw failure('read the address of a socket', {}, 'socket.failed');
  return present(readEndpoint(scratch, 0), 'a bound IP socket has an IP endpoint');
}

const DEVICE_VERDICTS: Verdicts = {
  [Errno.ENODEV]: ['device.unknown', 'no such device in this network namespace'],
};

const BIND_VERDICTS: Verdicts = {
  [Errno.EADDRINUSE]: ['port.in-use', 'another socket holds this port: stop it or choose another'],
  [Errno.EADDRNOTAVAIL]: ['address.unavailable', 'no device here has this address'],
  [Errno.EACCES]: ['permission.missing', 'ports below 1024 need CAP_NET_BIND_SERVICE'],
};
