import { Arrivals } from '@rmh/paths';
import { ControlReader, ControlType, Drop, FRAME_HEADER_BYTES, PROTOCOL_VERSION } from '@rmh/wire';
import type { ControlWriter } from './control.ts';
import type { Environment } from './environment.ts';
import type { GatewayChoice } from './gateway-choice.ts';
import type { LaneKeeper } from './lanes.ts';
import type { Lane, Peer } from './peer.ts';
import { resetReceivers } from './receive.ts';

/** Reads control messages frame by frame and does what they ask. */
export class Postman {
  readonly #env: Environment;
  readonly #writer: ControlWriter;
  readonly #lanes: LaneKeeper;
  readonly #choice: GatewayChoice;
  readonly #reader: ControlReader;
  readonly #role: 'unit' | 'gateway';
  readonly incarnation: number;
  /** Gateway: units are to leave. */
  draining = false;

  constructor(
    env: Environment,
    writer: ControlWriter,
    lanes: LaneKeeper,
    choice: GatewayChoice,
    end: { role: 'unit' | 'gateway'; incarnation: number },
  ) {
    this.#env = env;
    this.#writer = writer;
    this.#lanes = lanes;
    this.#choice = choice;
    this.#reader = new ControlReader(env.arena.view);
    this.#role = end.role;
    this.incarnation = end.incarnation;
  }

  /** One control message: its frame header lies at `at`. */
  take(
    peer: Peer,
    lane: Lane,
    at: number,
    length: number,
    sourceAt: number,
    nowUs: number,
  ): Drop | 0 {
    this.#reader.begin(at + FRAME_HEADER_BYTES, at + length);
    for (let next = this.#reader.next(); next !== 0; next = this.#reader.next()) {
      if (next < 0) return Drop.badFrame;
      this.#takeFrame(peer, lane, sourceAt, nowUs);
    }
    return 0;
  }

  /** Gateway: asks this unit to move, on every open path, until it has [GW-2]. */
  askToLeave(peer: Peer, nowUs: number): void {
    peer.askAgainAtUs = nowUs + ASK_PAUSE_US;
    peer.wakeAt(peer.askAgainAtUs);
    for (const lane of peer.lanes) {
      if (lane.open) this.#writer.begin().drain().send(peer, lane, true, nowUs);
    }
  }

  #takeFrame(peer: Peer, lane: Lane, sourceAt: number, nowUs: number): void {
    const { type, bodyAt } = this.#reader;
    const { view } = this.#env.arena;
    switch (type) {
      case ControlType.hello:
      case ControlType.helloReply:
        this.#takeHello(peer, lane, type, bodyAt, nowUs);
        return;
      case ControlType.challenge:
        this.#respond(peer, lane, bodyAt, nowUs);
        return;
      case ControlType.response:
        this.#lanes.takeResponse(peer, lane, bodyAt, sourceAt, nowUs);
        return;
      case ControlType.report:
        this.#lanes.takeReport(peer, lane, bodyAt, nowUs);
        return;
      case ControlType.activate:
        if (this.#role === 'gateway') {
          this.#activate(
            peer,
            lane,
            view.getUint32(bodyAt, true),
            view.getUint8(bodyAt + 4),
            nowUs,
          );
        }
        return;
      case ControlType.activated:
        this.#confirmActivation(peer, view.getUint32(bodyAt, true), nowUs);
        return;
      case ControlType.drain:
        if (this.#role === 'unit') this.#choice.drained(peer, nowUs);
        return;
      default:
        // ping: its report answers it; unknown types are skipped by their length [FR-10].
        return;
    }
  }

  #confirmActivation(peer: Peer, epoch: number, nowUs: number): void {
    if (peer.activation?.epoch !== epoch) return;
    peer.activation = null;
    this.#choice.confirmed(peer, nowUs);
  }

  #takeHello(peer: Peer, lane: Lane, type: number, at: number, nowUs: number): void {
    const { view } = this.#env.arena;
    if (view.getUint8(at) !== PROTOCOL_VERSION) return;
    const incarnation = view.getUint32(at + 4, true);
    const begunAnew = peer.theirIncarnation !== incarnation;
    if (begunAnew) {
      // They lost their state: their numbers begin anew, and so do ours of what came [FR-11].
      if (peer.theirIncarnation >= 0) this.#forgetTheirs(peer);
      peer.theirIncarnation = incarnation;
      peer.draining = false;
    }
    if (peer.speech !== 'multipath') {
      peer.speech = 'multipath';
      this.#env.note({ kind: 'peer.multipath', peer: peer.settings.name, on: true });
    }
    if (begunAnew) this.#choice.greet(peer, nowUs);
    if (type === ControlType.helloReply) {
      peer.hello = null;
      return;
    }
    this.#writer.begin().hello(ControlType.helloReply, this.incarnation);
    if (lane.open) this.#writer.send(peer, lane, false, nowUs);
    else this.#writer.sendToCandidate(peer, lane, nowUs);
  }

  #forgetTheirs(peer: Peer): void {
    peer.keys.forgetPrevious();
    resetReceivers(this.#env, peer);
    for (const lane of peer.lanes) {
      lane.arrivals = new Arrivals();
      lane.reportAtUs = null;
    }
    peer.theirEpoch = 0;
  }

  #respond(peer: Peer, lane: Lane, at: number, nowUs: number): void {
    if (!lane.open) return;
    const token = this.#env.arena.bytes.slice(at, at + 8);
    this.#writer.begin().token(ControlType.response, token).send(peer, lane, true, nowUs);
  }

  #activate(peer: Peer, lane: Lane, epoch: number, active: number, nowUs: number): void {
    if (epoch >= peer.theirEpoch) {
      peer.theirEpoch = epoch;
      this.#choice.setActive(peer, active !== 0);
    }
    if (lane.open) this.#writer.begin().activated(epoch).send(peer, lane, false, nowUs);
  }
}

const ASK_PAUSE_US = 1_000_000;
