/** A blocking conversation with the kernel over NETLINK_ROUTE: one request, all of its answers. */
import { assert } from '@rmh/base';
import { allocateArena } from '../arena.ts';
import { scratch, setIntOption } from '../descriptors.ts';
import { Errno, errnoName, failure, failureOf, NetError, type Verdicts } from '../errors.ts';
import { lastErrno, setPointer, sys } from '../native.ts';
import {
  NLM_F_ACK,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
} from './constants.ts';
import { Attributes, HEADER_BYTES, type Message, MessageWriter, readMessages } from './message.ts';

export class NetlinkSocket {
  readonly fd: number;
  #sequence = 0;

  /** Groups (RTMGRP_…) make it a listener as well. */
  constructor(groups: number, blocking: boolean) {
    const flags = SOCK_RAW | SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK);
    this.fd = sys.socket(AF_NETLINK, flags, NETLINK_ROUTE);
    if (this.fd < 0) throw failure('open a netlink socket', {}, 'netlink.failed');
    // Readable reasons, without the request repeated; older kernels say only the errno.
    setIntOption(this.fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
    setIntOption(this.fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
    setPointer(scratch.view, 0, ANSWER_SECONDS_MAX);
    setPointer(scratch.view, 8, 0);
    sys.setsockopt(this.fd, SOL_SOCKET, SO_RCVTIMEO, scratch.address, 16);
    //  struct sockaddr_nl:  0 family (2)   4 port   8 groups
    scratch.bytes.fill(0, 0, 12);
    scratch.view.setUint16(0, AF_NETLINK, true);
    scratch.view.setUint32(8, groups, true);
    if (sys.bind(this.fd, scratch.address, 12) === 0) return;
    const error = failure('bind a netlink socket', {}, 'netlink.failed');
    sys.close(this.fd);
    throw error;
  }

  close(): void {
    sys.close(this.fd);
  }

  /** A change: done when this returns. `write` fills in what follows the header. */
  change(
    type: number,
    flags: number,
    action: string,
    verdicts: Verdicts,
    write: (writer: MessageWriter) => void,
  ): void {
    const writer = new MessageWriter(type, NLM_F_REQUEST | NLM_F_ACK | flags);
    write(writer);
    this.#exchange(writer, action, verdicts, () => {});
  }

  /** A list. A change in the middle of it makes the kernel ask us to start again. */
  dump(
    type: number,
    write: (writer: MessageWriter) => void,
    each: (view: DataView, message: Message) => void,
    begin: () => void,
  ): void {
    for (let triesLeft = DUMP_TRIES; triesLeft > 0; triesLeft--) {
      begin();
      const writer = new MessageWriter(type, NLM_F_REQUEST | NLM_F_DUMP);
      write(writer);
      if (this.#exchange(writer, 'list', {}, each)) return;
    }
    throw new NetError('netlink.failed', 'list: it changed faster than it could be read', 0);
  }

  /** One record by name or index. */
  get(
    type: number,
    action: string,
    verdicts: Verdicts,
    write: (writer: MessageWriter) => void,
    each: (view: DataView, message: Message) => void,
  ): void {
    const writer = new MessageWriter(type, NLM_F_REQUEST | NLM_F_ACK);
    write(writer);
    this.#exchange(writer, action, verdicts, each);
  }

  /** Bytes of the next datagram, now in `answer`; or -errno. */
  receive(): number {
    const length = sys.recv(this.fd, answer.address, answer.bytes.length, 0);
    return length < 0 ? -lastErrno() : length;
  }

  /** True unless the kernel says that the list is inconsistent. */
  #exchange(
    writer: MessageWriter,
    action: string,
    verdicts: Verdicts,
    each: (view: DataView, message: Message) => void,
  ): boolean {
    const sequence = ++this.#sequence;
    const bytes = writer.finish(sequence);
    request.bytes.set(bytes);
    if (sys.send(this.fd, request.address, bytes.length, 0) < 0) {
      throw failure(action, verdicts, 'netlink.failed');
    }
    let consistent = true;
    while (true) {
      const length = this.receive();
      if (length === -Errno.EINTR) continue;
      if (length < 0) throw failureOf(-length, action, verdicts, 'netlink.failed');
      for (const message of readMessages(answer.view, length)) {
        // Answers to a request that failed half-way may still be queued.
        if (message.sequence !== sequence) continue;
        if ((message.flags & NLM_F_DUMP_INTR) !== 0) consistent = false;
        if (message.type === NLMSG_DONE) return consistent;
        if (message.type === NLMSG_ERROR) {
          checkError(message, action, verdicts);
          return consistent;
        }
        each(answer.view, message);
      }
    }
  }
}

//  0              4                        20 (if capped)
//  -errno (4)     the request's header     attributes: 1 = reason
function checkError(message: Message, action: string, verdicts: Verdicts): void {
  assert(message.to - message.from >= 4, 'the kernel sends whole errors');
  const errno = -answer.view.getInt32(message.from, true);
  if (errno === 0) return;
  const reason = reasonOf(message);
  const error = failureOf(errno, action, verdicts, 'netlink.failed');
  if (reason === null) throw error;
  const hint = error.hint === '' ? reason : `${reason}; ${error.hint}`;
  throw new NetError(error.code, `${action}: ${errnoName(errno)}`, errno, hint);
}

function reasonOf(message: Message): string | null {
  const capped = (message.flags & NLM_F_CAPPED) !== 0;
  if ((message.flags & NLM_F_ACK_TLVS) === 0 || !capped) return null;
  const from = message.from + 4 + HEADER_BYTES;
  return new Attributes(answer.view, from, message.to).text(NLMSGERR_ATTR_MSG);
}

// The kernel fills at most 32 KiB of a dump at a time; one event is far smaller.
export const answer = allocateArena(65_536);
const request = allocateArena(4096);

// The kernel answers at once, or waits for the rtnl lock that a driver holds: never this long.
const ANSWER_SECONDS_MAX = 10;
const DUMP_TRIES = 20;
const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLMSGERR_ATTR_MSG = 1;
