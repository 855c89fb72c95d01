import type { TrafficClassName } from '@rmh/contract';
import type { Side, SimPacket } from '../types.ts';
import type { Actor, World } from '../world.ts';
import { TcpReceiver } from './receiver.ts';
import { TcpSender } from './sender.ts';

/** An MSS of 1,300 less the timestamps option; with IPv4 and TCP around it 1,340 bytes. */
export const SEGMENT_BYTES = 1288;
const DATA_HEADERS_BYTES = 52;
const ACK_BYTES = 52;
const SACK_BLOCK_BYTES = 8;

/** A segment or an acknowledgement on its way. */
export interface TcpPacket extends SimPacket {
  readonly connection: TcpConnection;
  readonly life: number;
  readonly isAck: boolean;
  /** Of a segment: its number; of an acknowledgement: the next in order. */
  readonly seq: number;
  readonly payloadBytes: number;
  readonly runs: readonly number[];
  /** Timestamps option: when the segment left, and that of the segment answered. */
  readonly echoUs: number;
}

export interface TcpSettings {
  readonly world: World;
  readonly side: Side;
  readonly class: TrafficClassName;
  readonly bucket: number;
  readonly send: (packet: TcpPacket, nowUs: number) => void;
  readonly nextId: () => number;
  /** Bytes of this life that came in order so far. */
  readonly onProgress: (bytes: number, nowUs: number) => void;
}

/**
 * One direction of application data over TCP, both its ends; open from the start. `reset` ends it
 * and begins a new life: what is still on the road then belongs to no one.
 */
export class TcpConnection implements Actor {
  readonly #settings: TcpSettings;
  readonly #actor: number;
  #sender: TcpSender;
  readonly #receiver = new TcpReceiver();
  #life = 0;
  #unwritten = 0;

  constructor(settings: TcpSettings) {
    this.#settings = settings;
    this.#sender = this.#freshSender();
    this.#actor = settings.world.add(this);
  }

  get window(): number {
    return this.#sender.cubic.window;
  }

  get retransmitted(): number {
    return this.#sender.retransmitted;
  }

  /** The application has more bytes to send. */
  write(bytes: number, nowUs: number): void {
    this.#unwritten += bytes;
    this.#fill();
    this.#sender.push(nowUs);
    this.#arm();
  }

  reset(): void {
    this.#life++;
    this.#unwritten = 0;
    this.#sender = this.#freshSender();
    this.#receiver.reset();
    this.#arm();
  }

  arrived(packet: TcpPacket, nowUs: number): void {
    if (packet.life !== this.#life) return;
    if (packet.isAck) {
      this.#sender.answer(packet.seq, packet.runs, packet.echoUs, nowUs);
      this.#fill();
      this.#sender.push(nowUs);
    } else {
      const before = this.#receiver.bytes;
      this.#echoUs = packet.echoUs;
      this.#receiver.take(packet.seq, packet.payloadBytes, nowUs);
      const { bytes } = this.#receiver;
      if (bytes > before) this.#settings.onProgress(bytes, nowUs);
      this.#answerIfDue(nowUs);
    }
    this.#arm();
  }

  wake(nowUs: number): void {
    this.#answerIfDue(nowUs);
    const { timerUs } = this.#sender;
    if (timerUs !== null && timerUs <= nowUs) this.#sender.expire(nowUs);
    this.#arm();
  }

  /** Send time of the newest segment that came: what the next acknowledgement echoes. */
  #echoUs = 0;

  #fill(): void {
    while (this.#unwritten > 0) {
      const bytes = Math.min(SEGMENT_BYTES, this.#unwritten);
      if (!this.#sender.write(bytes)) return;
      this.#unwritten -= bytes;
    }
  }

  #arm(): void {
    const timerUs = this.#sender.timerUs ?? Number.POSITIVE_INFINITY;
    const ackAtUs = this.#receiver.ackAtUs ?? Number.POSITIVE_INFINITY;
    this.#settings.world.arm(this.#actor, Math.min(timerUs, ackAtUs));
  }

  #answerIfDue(nowUs: number): void {
    const { ackAtUs } = this.#receiver;
    if (ackAtUs === null || ackAtUs > nowUs) return;
    const { side, send } = this.#settings;
    const runs = this.#receiver.tell();
    const bytes = ACK_BYTES + (runs.length / 2) * SACK_BLOCK_BYTES;
    const back = side === 'car' ? 'site' : 'car';
    send(this.#packet(back, bytes, true, this.#receiver.next, 0, runs, this.#echoUs), nowUs);
  }

  #freshSender(): TcpSender {
    const { side, send } = this.#settings;
    return new TcpSender((seq, payload, nowUs) => {
      const bytes = payload + DATA_HEADERS_BYTES;
      send(this.#packet(side, bytes, false, seq, payload, NO_RUNS, nowUs), nowUs);
    });
  }

  #packet(
    side: Side,
    bytes: number,
    isAck: boolean,
    seq: number,
    payloadBytes: number,
    runs: readonly number[],
    echoUs: number,
  ): TcpPacket {
    const { class: of, bucket, nextId } = this.#settings;
    return {
      id: nextId(),
      side,
      class: of,
      bucket,
      bytes,
      connection: this,
      life: this.#life,
      isAck,
      seq,
      payloadBytes,
      runs,
      echoUs,
    };
  }
}

const NO_RUNS: readonly number[] = [];
