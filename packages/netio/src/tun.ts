/** A TUN device: IP packets in and out, as super-packets with a virtio header if asked. */
import { type Arena, assert } from '@rmh/base';
import { isDeviceName, scratch, textAt } from './descriptors.ts';
import { Errno, failure, NEEDS_NET_ADMIN, NetError, type Verdicts } from './errors.ts';
import { lastErrno, sys } from './native.ts';

export interface TunOptions {
  /** 1–15 characters; "rmh%d" lets the kernel choose the number. */
  readonly name: string;
  /** Each packet is preceded by the 10-byte struct virtio_net_hdr. */
  readonly vnetHeader: boolean;
  /** Accept TCP and UDP super-packets and partial checksums; needs vnetHeader. */
  readonly offloads: boolean;
  readonly persist?: false;
}

export const VNET_HEADER_BYTES = 10;

export class TunDevice {
  readonly fd: number;
  readonly name: string;
  /** The kernel (6.2 or newer) also hands out UDP super-packets (virtio gso_type 5). */
  readonly udpTrains: boolean;

  private constructor(fd: number, name: string, udpTrains: boolean) {
    this.fd = fd;
    this.name = name;
    this.udpTrains = udpTrains;
  }

  /** Creates the device in the current network namespace, down and without addresses. */
  static open(options: TunOptions): TunDevice {
    assert(options.vnetHeader || !options.offloads, 'offloads need the virtio header');
    if (!isDeviceName(options.name.replace('%d', '0'))) {
      throw new NetError('tun.failed', `"${options.name}" is no device name`, 0);
    }
    const fd = sys.open('/dev/net/tun', O_RDWR | O_NONBLOCK | O_CLOEXEC, 0);
    if (fd < 0) throw failure('open /dev/net/tun', OPEN_VERDICTS, 'tun.failed');
    try {
      const name = attach(fd, options);
      if (options.vnetHeader) configureHeader(fd, name);
      return new TunDevice(fd, name, options.offloads && enableOffloads(fd, name));
    } catch (error) {
      sys.close(fd);
      throw error;
    }
  }

  /** One packet into arena[at, at + max). Bytes read, or -errno (EAGAIN: nothing waits). */
  read(arena: Arena, at: number, max: number): number {
    const count = sys.read(this.fd, arena.address + at, max);
    return count < 0 ? -lastErrno() : count;
  }

  /** One packet (its virtio header first, if opened with it). Bytes written, or -errno. */
  write(arena: Arena, at: number, length: number): number {
    const count = sys.write(this.fd, arena.address + at, length);
    return count < 0 ? -lastErrno() : count;
  }

  /** One packet gathered from `count` pieces, named by setIovec. Bytes written, or -errno. */
  writeVec(arena: Arena, iovecsAt: number, count: number): number {
    const written = sys.writev(this.fd, arena.address + iovecsAt, count);
    return written < 0 ? -lastErrno() : written;
  }

  /** Off: routes through the device count as dead (linkdown), as with a pulled cable. */
  setCarrier(on: boolean): void {
    scratch.view.setUint32(0, on ? 1 : 0, true);
    if (sys.ioctl(this.fd, TUNSETCARRIER, scratch.address) === 0) return;
    throw failure(`set the carrier of ${this.name}`, {}, 'tun.failed');
  }

  /** The device vanishes with its addresses and routes. */
  close(): void {
    sys.close(this.fd);
  }
}

const O_RDWR = 2;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
// linux/if_tun.h
const TUNSETIFF = 0x400454ca;
const TUNSETOFFLOAD = 0x400454d0;
const TUNSETVNETHDRSZ = 0x400454d8;
const TUNSETCARRIER = 0x400454e2;
const IFF_TUN = 0x0001;
const IFF_NO_PI = 0x1000;
const IFF_VNET_HDR = 0x4000;
// TUN_F_TSO_ECN is left out: the kernel then cuts the rare super-packet that carries CWR, which
// belongs on the first segment only, and nobody else has to know.
const CSUM_TSO4_TSO6 = 0x01 | 0x02 | 0x04;
const USO4_USO6 = 0x20 | 0x40;

const OPEN_VERDICTS: Verdicts = {
  [Errno.ENOENT]: [
    'tun.missing',
    'load the module: modprobe tun; in a container pass /dev/net/tun',
  ],
  [Errno.ENODEV]: ['tun.missing', 'the kernel has no TUN driver: modprobe tun'],
  [Errno.EACCES]: ['tun.permission', 'no access to /dev/net/tun: chmod 666 or run as root'],
  [Errno.EPERM]: ['tun.permission', 'the container forbids /dev/net/tun: allow device 10:200'],
};

const ATTACH_VERDICTS: Verdicts = {
  [Errno.EPERM]: ['tun.permission', NEEDS_NET_ADMIN],
  [Errno.EBUSY]: ['tun.name-in-use', 'another process holds this device: choose another name'],
  [Errno.EEXIST]: ['tun.name-in-use', 'a device of this name exists: choose another name'],
  [Errno.EINVAL]: ['tun.name-in-use', 'the name belongs to a device of another kind or mode'],
};

//  struct ifreq:  0 name (16)   16 flags (u16)
function attach(fd: number, options: TunOptions): string {
  scratch.bytes.fill(0, 0, 40);
  new TextEncoder().encodeInto(options.name, scratch.bytes);
  const flags = IFF_TUN | IFF_NO_PI | (options.vnetHeader ? IFF_VNET_HDR : 0);
  scratch.view.setUint16(16, flags, true);
  if (sys.ioctl(fd, TUNSETIFF, scratch.address) < 0) {
    throw failure(`create TUN device ${options.name}`, ATTACH_VERDICTS, 'tun.failed');
  }
  return textAt(scratch.bytes, 0, 16);
}

function configureHeader(fd: number, name: string): void {
  scratch.view.setInt32(0, VNET_HEADER_BYTES, true);
  if (sys.ioctl(fd, TUNSETVNETHDRSZ, scratch.address) === 0) return;
  throw failure(`set the virtio header of ${name}`, {}, 'tun.failed');
}

/** True if UDP super-packets came with it. */
function enableOffloads(fd: number, name: string): boolean {
  if (sys.ioctl(fd, TUNSETOFFLOAD, CSUM_TSO4_TSO6 | USO4_USO6) === 0) return true;
  if (sys.ioctl(fd, TUNSETOFFLOAD, CSUM_TSO4_TSO6) === 0) return false;
  throw failure(`enable the offloads of ${name}`, {}, 'tun.failed');
}
