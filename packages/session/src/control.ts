import { TrafficClass } from '@rmh/base';
import { NOT_SPARED } from '@rmh/scheduler';
import {
  ACTIVATE_BYTES,
  CHALLENGE_BYTES,
  ControlType,
  EPOCH_BYTES,
  FLAG_NO_REPORT,
  FRAME_HEADER_BYTES,
  FrameKind,
  HELLO_BYTES,
  PROTOCOL_VERSION,
  REPORT_BITMAP_AT,
  REPORT_BITS_AT,
  REPORT_BULK_ALONE,
  REPORT_BYTES_AT,
  REPORT_FLAGS_AT,
  REPORT_HELD_AT,
  REPORT_NEWEST_AT,
  REPORT_ONE_WAY_AT,
  REPORT_PATH_AT,
  REPORT_SPARED,
  stampTransmission,
  TOKEN_BYTES,
  TRANSPORT_OVERHEAD_BYTES,
  writeControlHeader,
  writeFrameHeader,
} from '@rmh/wire';
import type { Environment } from './environment.ts';
import type { Lane, Peer } from './peer.ts';
import { queueSealed, transmit } from './send.ts';

/** Writes control messages: `begin`, any number of frames, then one of the `send`s. */
export class ControlWriter {
  readonly #env: Environment;
  readonly #at: number;
  #end = 0;

  constructor(env: Environment) {
    this.#env = env;
    this.#at = env.scratchAt;
  }

  begin(): this {
    writeFrameHeader(this.#env.arena.view, this.#at, FrameKind.control, 0, 0, 0);
    this.#end = this.#at + FRAME_HEADER_BYTES;
    return this;
  }

  hello(type: typeof ControlType.hello | typeof ControlType.helloReply, own: number): this {
    const at = this.#frame(type, HELLO_BYTES);
    this.#env.arena.view.setUint8(at, PROTOCOL_VERSION);
    this.#env.arena.view.setUint32(at + 4, own, true);
    return this;
  }

  /** A probe, padded so that the whole message has `bodyBytes` of padding. */
  ping(padding: number): this {
    this.#frame(ControlType.ping, TOKEN_BYTES + padding);
    return this;
  }

  token(type: typeof ControlType.challenge | typeof ControlType.response, token: Uint8Array): this {
    this.#env.arena.bytes.set(token, this.#frame(type, CHALLENGE_BYTES));
    return this;
  }

  activate(epoch: number, active: boolean): this {
    const at = this.#frame(ControlType.activate, ACTIVATE_BYTES);
    this.#env.arena.view.setUint32(at, epoch, true);
    this.#env.arena.view.setUint8(at + 4, active ? 1 : 0);
    return this;
  }

  activated(epoch: number): this {
    const at = this.#frame(ControlType.activated, EPOCH_BYTES);
    this.#env.arena.view.setUint32(at, epoch, true);
    return this;
  }

  drain(): this {
    this.#frame(ControlType.drain, 0);
    return this;
  }

  /** What arrived on `lane`; its debt is paid. */
  report(lane: Lane, nowUs: number): this {
    const { arrivals } = lane;
    const bits = arrivals.reportBits;
    const at = this.#frame(ControlType.report, REPORT_BITMAP_AT + ((bits + 7) >> 3));
    const { view } = this.#env.arena;
    view.setUint8(at + REPORT_PATH_AT, lane.id);
    view.setUint8(at + REPORT_FLAGS_AT, sparedFlags(lane.sparedFromHere));
    view.setUint16(at + REPORT_BITS_AT, bits, true);
    view.setUint32(at + REPORT_NEWEST_AT, arrivals.newest, true);
    view.setUint32(at + REPORT_HELD_AT, nowUs - arrivals.newestArrivedUs, true);
    view.setUint32(at + REPORT_ONE_WAY_AT, arrivals.oneWayUs, true);
    view.setUint32(at + REPORT_BYTES_AT, arrivals.bytes % 2 ** 32, true);
    for (let i = 0; i < bits; i++) {
      if (!arrivals.arrived(arrivals.newest - 1 - i)) continue;
      const byte = at + REPORT_BITMAP_AT + (i >> 3);
      view.setUint8(byte, view.getUint8(byte) | (1 << (i & 7)));
    }
    arrivals.reported();
    lane.reportAtUs = null;
    return this;
  }

  /** Sends on a path. `owes`: does the other end report this message? */
  send(peer: Peer, lane: Lane, owes: boolean, nowUs: number): number {
    this.#env.arena.view.setUint8(this.#at + 3, owes ? 0 : FLAG_NO_REPORT);
    return transmit(this.#env, peer, lane, this.#at, this.#end - this.#at, -1, nowUs);
  }

  /** Sends to the address under validation: unnumbered for the path, and counted [PA-4]. */
  sendToCandidate(peer: Peer, lane: Lane, nowUs: number): void {
    const candidate = lane.candidate;
    const bytes = this.#end - this.#at + TRANSPORT_OVERHEAD_BYTES;
    if (candidate === null || candidate.sent + bytes > candidate.received) return;
    const { view } = this.#env.arena;
    view.setUint8(this.#at + 1, lane.id);
    view.setUint8(this.#at + 3, FLAG_NO_REPORT);
    stampTransmission(view, this.#at, lane.log.next, nowUs);
    lane.sent(nowUs, bytes, -1, false);
    const { candidateLink, candidateAt } = lane;
    candidate.sent += queueSealed(
      this.#env,
      peer,
      this.#at,
      this.#end - this.#at,
      candidateLink,
      candidateAt,
      nowUs,
    );
  }

  #frame(type: ControlType, bodyBytes: number): number {
    const at = writeControlHeader(this.#env.arena.view, this.#end, type, bodyBytes);
    this.#env.arena.bytes.fill(0, at, at + bodyBytes);
    this.#end = at + bodyBytes;
    return at;
  }
}

/** What a report says of its path to the other end [PA-7]. */
function sparedFlags(sparedFrom: number): number {
  if (sparedFrom === NOT_SPARED) return 0;
  return sparedFrom === TrafficClass.bulk ? REPORT_SPARED | REPORT_BULK_ALONE : REPORT_SPARED;
}
