import { TrafficClass } from '@rmh/base';
import type { PathEvent, PathState } from '@rmh/paths';
import { NOT_SPARED } from '@rmh/scheduler';
import {
  CHALLENGE_BYTES,
  ControlType,
  PATHS_MAX,
  REPORT_BULK_ALONE,
  REPORT_FLAGS_AT,
  REPORT_PATH_AT,
  REPORT_SPARED,
} from '@rmh/wire';
import type { ControlWriter } from './control.ts';
import type { Environment } from './environment.ts';
import type { Lane, Peer } from './peer.ts';
import { pump, waits } from './pump.ts';
import { pingPauseUs } from './send.ts';
import { repairFlight } from './submit.ts';

/** What happens to the paths of a peer: found, heard, doubted, moved, lost. */
export class LaneKeeper {
  readonly #env: Environment;
  readonly #writer: ControlWriter;
  /** Unit: links that some classes spare, and from which class on. */
  readonly #sparedFrom = new Map<number, TrafficClass>();

  constructor(env: Environment, writer: ControlWriter) {
    this.#env = env;
    this.#writer = writer;
  }

  /** Unit: a link is there (again, or with another address): the path is to be proved. */
  openLink(peer: Peer, link: number, nowUs: number): void {
    if (link >= PATHS_MAX) return;
    const lane = peer.laneById[link] ?? peer.addLane(this.#env, link, link);
    if (lane === null) return;
    this.#env.endpoints.copy(peer.settings.endpointAt, lane.endpointAt);
    lane.open = true;
    lane.sparedFromHere = this.#sparedFrom.get(link) ?? NOT_SPARED;
    this.#repairAll(peer, lane, nowUs);
    lane.forget();
    this.apply(peer, lane, 'validate', nowUs);
    lane.pingAtUs = nowUs;
    peer.wakeAt(nowUs);
  }

  /**
   * Unit: packets of class `from` and those behind it spare the link. Reports tell the other end.
   *
   * @param from interactive or bulk; null: the link is for all again
   */
  spare(peers: readonly (Peer | null)[], link: number, from: TrafficClass | null): void {
    if (from === null) this.#sparedFrom.delete(link);
    else this.#sparedFrom.set(link, from);
    for (const peer of peers) {
      const lane = peer?.laneById[link];
      if (lane) lane.sparedFromHere = from ?? NOT_SPARED;
    }
  }

  /** Unit: the link is gone; what was on the road over it leaves elsewhere. */
  closeLink(peer: Peer, link: number, nowUs: number): void {
    const lane = peer.laneById[link];
    if (!lane) return;
    lane.open = false;
    this.apply(peer, lane, 'lost', nowUs);
    this.#repairAll(peer, lane, nowUs);
    lane.forget();
  }

  apply(peer: Peer, lane: Lane, event: PathEvent, nowUs: number): void {
    const from = lane.state;
    if (lane.on(event)) this.#changed(peer, lane, from, nowUs);
  }

  /** An outage is remembered for the price of copies, with who else was down. */
  #changed(peer: Peer, lane: Lane, from: PathState, nowUs: number): void {
    const { name } = peer.settings;
    this.#env.note({ kind: 'path.state', peer: name, path: lane.id, from, to: lane.state });
    if (from !== 'carrying') return;
    lane.outages.note(nowUs);
    const down = peer.lanes.filter((other) => other !== lane && other.state !== 'carrying');
    peer.fate.note(
      lane.id,
      down.map(({ id }) => id),
    );
  }

  /** The report's body at `at`, come over `by`, speaks of one of our paths. False: of none. */
  takeReport(peer: Peer, by: Lane, at: number, nowUs: number): boolean {
    const { view } = this.#env.arena;
    const lane = peer.laneById[view.getUint8(at + REPORT_PATH_AT)];
    if (!lane || !lane.report(view, at, nowUs, lane === by)) return false;
    lane.sparedFromThere = sparedFromOf(view.getUint8(at + REPORT_FLAGS_AT));
    if (lane.fresh) {
      lane.fresh = false;
      if (lane.open) this.#heard(peer, lane, nowUs);
    }
    for (let i = 0; i < lane.answered.count; i++) {
      this.#env.flights.answered(lane.answered.at(i), peer.index);
    }
    lane.answered.clear();
    this.#repairLost(peer, lane, nowUs);
    if (waits(peer)) pump(this.#env, peer, nowUs);
    const lateAt = lane.lateAtUs;
    if (lateAt !== null) peer.wakeAt(lateAt);
    peer.wakeAt(lane.strayAtUs);
    return true;
  }

  /** The path answers. What waits on doubtful paths for want of this one leaves over it now. */
  #heard(peer: Peer, lane: Lane, nowUs: number): void {
    const before = lane.state;
    this.apply(peer, lane, 'heard', nowUs);
    if (before === 'carrying' || lane.state !== 'carrying') return;
    for (const other of peer.lanes) {
      if (other !== lane && other.state !== 'carrying') this.#repairAll(peer, other, nowUs);
    }
  }

  /** Gateway: an authentic frame came on this path from `sourceAt`: known, or to be proved. */
  noteSource(
    peer: Peer,
    lane: Lane,
    link: number,
    sourceAt: number,
    bytes: number,
    nowUs: number,
  ): void {
    const { endpoints } = this.#env;
    if (lane.open && lane.link === link && endpoints.same(lane.endpointAt, sourceAt)) return;
    const candidate = lane.candidate;
    if (candidate && lane.candidateLink === link && endpoints.same(lane.candidateAt, sourceAt)) {
      candidate.received += bytes;
    } else {
      endpoints.copy(sourceAt, lane.candidateAt);
      lane.candidateLink = link;
      lane.candidate = {
        token: this.#env.randomBytes(CHALLENGE_BYTES),
        received: bytes,
        sent: 0,
        againAtUs: nowUs,
        sinceUs: nowUs,
      };
      if (!lane.open) this.apply(peer, lane, 'validate', nowUs);
      // The old address may be a mapping that its operator has just dropped [PA-6].
      else this.doubt(peer, lane, nowUs);
    }
    this.challenge(peer, lane, nowUs);
  }

  challenge(peer: Peer, lane: Lane, nowUs: number): void {
    const { candidate } = lane;
    if (candidate === null || nowUs < candidate.againAtUs) return;
    candidate.againAtUs = nowUs + CHALLENGE_PAUSE_US;
    this.#writer.begin().token(ControlType.challenge, candidate.token);
    this.#writer.sendToCandidate(peer, lane, nowUs);
    peer.wakeAt(candidate.againAtUs);
  }

  /** The response's token at `at` came from `sourceAt`: does it prove the candidate? [PA-3] */
  takeResponse(peer: Peer, lane: Lane, at: number, sourceAt: number, nowUs: number): boolean {
    const { candidate } = lane;
    if (candidate === null || !this.#env.endpoints.same(lane.candidateAt, sourceAt)) return false;
    const answer = this.#env.arena.bytes.slice(at, at + CHALLENGE_BYTES);
    if (!this.#env.crypto.equal(answer, candidate.token)) return false;
    this.#repairAll(peer, lane, nowUs);
    lane.forget();
    this.#env.endpoints.copy(lane.candidateAt, lane.endpointAt);
    lane.link = lane.candidateLink;
    lane.candidate = null;
    lane.open = true;
    this.apply(peer, lane, 'validate', nowUs);
    this.#heard(peer, lane, nowUs);
    lane.pingAtUs = nowUs;
    peer.wakeAt(nowUs);
    this.#env.note({ kind: 'path.address', peer: peer.settings.name, path: lane.id });
    return true;
  }

  /** What time does to one path; returns when to look again. */
  tick(peer: Peer, lane: Lane, nowUs: number): number {
    const before = lane.state;
    if (lane.check(nowUs)) {
      this.#changed(peer, lane, before, nowUs);
      if (lane.state === 'suspect') this.#repairAll(peer, lane, nowUs);
      lane.pingAtUs = nowUs;
    }
    this.#repairLost(peer, lane, nowUs);
    if (lane.candidate !== null) this.#tickCandidate(peer, lane, nowUs);
    // A stock peer knows no paths: it would decrypt a probe only to throw it away.
    if (!lane.open || peer.speech === 'stock') return Number.POSITIVE_INFINITY;
    if (nowUs >= lane.pingAtUs) this.#ping(peer, lane, nowUs);
    const reportUs = lane.reportAtUs ?? Number.POSITIVE_INFINITY;
    const lateUs = this.#lateUs(lane, nowUs);
    return Math.min(lane.pingAtUs, reportUs, lateUs, lane.strayAtUs);
  }

  #lateUs(lane: Lane, nowUs: number): number {
    const lateAt = lane.lateAtUs ?? Number.POSITIVE_INFINITY;
    // Already late: the next thing that time brings is parking, and the probes see to that.
    return lateAt > nowUs ? lateAt : Number.POSITIVE_INFINITY;
  }

  #ping(peer: Peer, lane: Lane, nowUs: number): void {
    lane.pingAtUs = nowUs + pingPauseUs(peer, lane);
    if (peer.keys.current === null) return;
    const sent = this.#writer.begin().ping(PING_PADDING).send(peer, lane, true, nowUs);
    if (sent > 0 && lane.state === 'untried') this.apply(peer, lane, 'validate', nowUs);
  }

  #tickCandidate(peer: Peer, lane: Lane, nowUs: number): void {
    const { candidate } = lane;
    if (candidate === null) return;
    if (nowUs - candidate.sinceUs > CANDIDATE_LIFETIME_US) lane.candidate = null;
    else this.challenge(peer, lane, nowUs);
  }

  /** There is reason to doubt the path before its patience is over. */
  doubt(peer: Peer, lane: Lane, nowUs: number): void {
    if (lane.state !== 'carrying') return;
    this.apply(peer, lane, 'late', nowUs);
    this.#repairAll(peer, lane, nowUs);
  }

  #repairAll(peer: Peer, lane: Lane, nowUs: number): void {
    lane.takeUnanswered();
    this.#repairLost(peer, lane, nowUs);
  }

  #repairLost(peer: Peer, lane: Lane, nowUs: number): void {
    // A repair may push further losses: the list may grow while it is read.
    for (let i = 0; i < lane.lost.count; i++) {
      const flight = lane.lost.at(i);
      if (flight >= 0) repairFlight(this.#env, peer, flight, nowUs);
    }
    if (lane.lost.count > 0) pump(this.#env, peer, nowUs);
    lane.lost.clear();
  }
}

/** What the flags of a report say of its path [PA-7]. */
function sparedFromOf(flags: number): number {
  if ((flags & REPORT_SPARED) === 0) return NOT_SPARED;
  return flags & REPORT_BULK_ALONE ? TrafficClass.bulk : TrafficClass.interactive;
}

/** A ping is at least as long as any answer to it: no address gets more than it sent [PA-4]. */
const PING_PADDING = 96;
const CHALLENGE_PAUSE_US = 50_000;
const CANDIDATE_LIFETIME_US = 10_000_000;
