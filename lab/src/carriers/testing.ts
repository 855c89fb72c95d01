// For the tests of this directory: a plain UDP end, and the two namespaces of one link.
import { type IpEndpoint, parseEndpoint, present } from '@rmh/base';
import {
  allocateArena,
  createNetns,
  ENDPOINT_BYTES,
  inNetns,
  nowUs,
  Poller,
  ReceiveBatch,
  Rtnl,
  readEndpoint,
  SendBatch,
  UdpSocket,
  writeEndpoint,
} from '@rmh/netio';

const SLOTS = 64;
const SLOT_BYTES = 2048;
const TO_AT = ReceiveBatch.regionBytes(SLOTS, SLOT_BYTES);
const DATA_AT = TO_AT + ENDPOINT_BYTES;

export interface Arrival {
  readonly text: string;
  readonly bytes: number;
  readonly from: IpEndpoint;
  readonly atUs: number;
}

export class UdpEnd {
  readonly socket: UdpSocket;
  readonly #arena = allocateArena(DATA_AT + SLOT_BYTES);
  readonly #batch = new ReceiveBatch(this.#arena, 0, SLOTS, SLOT_BYTES);
  readonly #sending = new SendBatch(this.#arena);
  readonly #poller = new Poller();

  constructor(netnsFd: number, port = 0, device?: string) {
    const bound = device === undefined ? {} : { device };
    const more = { receiveBufferBytes: 4e6, sendBufferBytes: 4e6 };
    this.socket = inNetns(netnsFd, () =>
      UdpSocket.open({ family: 4, port, gro: false, ...more, ...bound }),
    );
    this.#poller.add(this.socket.fd);
  }

  send(text: string, to: string | IpEndpoint, bytes = text.length): boolean {
    const endpoint = typeof to === 'string' ? present(parseEndpoint(to), to) : to;
    writeEndpoint(this.#arena, TO_AT, endpoint);
    const data = this.#arena.bytes.subarray(DATA_AT, DATA_AT + bytes).fill(0);
    new TextEncoder().encodeInto(text, data);
    this.#sending.add(DATA_AT, bytes, bytes, TO_AT);
    const sent = this.#sending.flush(this.socket) === 1;
    this.#sending.clear();
    return sent;
  }

  /** What arrives until `count` are here or time is up. Blocks the thread. */
  receive(count: number, withinMs: number): Arrival[] {
    const arrivals: Arrival[] = [];
    const untilUs = nowUs() + withinMs * 1000;
    while (arrivals.length < count && nowUs() < untilUs) {
      this.#poller.wait(Math.max(0, untilUs - nowUs()));
      const got = this.#batch.receive(this.socket);
      const atUs = nowUs();
      for (let i = 0; i < got; i++) arrivals.push(this.#arrival(i, atUs));
    }
    return arrivals;
  }

  close(): void {
    this.socket.close();
  }

  #arrival(i: number, atUs: number): Arrival {
    const at = this.#batch.slotAt(i);
    const bytes = this.#batch.length(i);
    const text = new TextDecoder().decode(this.#arena.bytes.subarray(at, at + bytes));
    const from = readEndpoint(this.#arena, this.#batch.endpointAt(i));
    return { text: text.replaceAll('\0', ''), bytes, from: present(from, 'a sender'), atUs };
  }
}

export const SERVER = '192.0.2.1';

/** A vehicle's namespace, and one for the internet in which SERVER answers. */
export function twoNamespaces(): { unit: number; internet: number } {
  const unit = createNetns();
  const internet = createNetns();
  for (const fd of [unit, internet]) {
    inNetns(fd, () => {
      const rtnl = Rtnl.open();
      rtnl.setLink('lo', { up: true });
      if (fd === internet) rtnl.addAddress('lo', `${SERVER}/32`);
      rtnl.close();
    });
  }
  return { unit, internet };
}
