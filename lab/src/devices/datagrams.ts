// One UDP socket of a station: numbered packets out and in.
import { type IpEndpoint, parseIp, present } from '@rmh/base';
import {
  allocateArena,
  ENDPOINT_BYTES,
  ReceiveBatch,
  readEndpoint,
  SendBatch,
  type UdpOptions,
  UdpSocket,
  writeEndpoint,
} from '@rmh/netio';
import { emptyHead, type Head, readHead, writeHead } from './packet.ts';

// A video of 2 Mbit/s that waited 10 s in a carrier's buffer comes as 2.5 MB at once.
const RECEIVE_BUFFER_BYTES = 8_000_000;
const SEND_BUFFER_BYTES = 1_000_000;
const SLOTS = 32;
const SLOT_BYTES = 2048;
const SEND_AT = ReceiveBatch.regionBytes(SLOTS, SLOT_BYTES);
const TO_AT = SEND_AT + SLOT_BYTES;

export interface DatagramOptions {
  readonly address?: string;
  readonly port: number;
  readonly device?: string;
  readonly dscp?: number;
}

export class Datagrams {
  readonly socket: UdpSocket;
  readonly #arena = allocateArena(TO_AT + ENDPOINT_BYTES);
  readonly #receive = new ReceiveBatch(this.#arena, 0, SLOTS, SLOT_BYTES);
  readonly #send = new SendBatch(this.#arena, 1);
  readonly #head = emptyHead();

  constructor(options: DatagramOptions) {
    const { address, device, dscp } = options;
    const udp: UdpOptions = {
      family: 4,
      port: options.port,
      gro: false,
      receiveBufferBytes: RECEIVE_BUFFER_BYTES,
      sendBufferBytes: SEND_BUFFER_BYTES,
      ...(address === undefined ? {} : { address: present(parseIp(address), 'a valid address') }),
      ...(device === undefined ? {} : { device }),
      ...(dscp === undefined ? {} : { tos: dscp << 2 }),
    };
    this.socket = UdpSocket.open(udp);
  }

  get fd(): number {
    return this.socket.fd;
  }

  /** Returns 0 or the errno. A packet that the kernel refused is lost, as on any network. */
  send(head: Head, to: IpEndpoint): number {
    writeHead(this.#arena.view, SEND_AT, head);
    writeEndpoint(this.#arena, TO_AT, to);
    this.#send.add(SEND_AT, head.bytes, head.bytes, TO_AT);
    this.#send.flush(this.socket);
    this.#send.clear();
    return this.#send.lastErrno;
  }

  /** All that waits; `from` gives the sender's endpoint of the packet in hand. */
  receive(onPacket: (head: Head, from: () => IpEndpoint | null) => void): void {
    for (;;) {
      const count = this.#receive.receive(this.socket);
      if (count <= 0) return;
      for (let i = 0; i < count; i++) {
        const at = this.#receive.slotAt(i);
        if (!readHead(this.#arena.view, at, this.#receive.length(i), this.#head)) continue;
        onPacket(this.#head, () => readEndpoint(this.#arena, this.#receive.endpointAt(i)));
      }
    }
  }

  close(): void {
    this.socket.close();
  }
}
