import { type Path, reportDelayUs } from '@rmh/paths';
import { rankPaths } from '@rmh/scheduler';
import {
  DATA_HEADER_BYTES,
  Drop,
  FLAG_NO_REPORT,
  FLAG_REPAIR,
  FLAGS_AT,
  FRAME_HEADER_BYTES,
  FrameKind,
  PATH_AT,
  STREAM_NUMBER_AT,
  stampTransmission,
  TRANSPORT_HEADER_BYTES,
  TRANSPORT_OVERHEAD_BYTES,
  writeFrameHeader,
  writeTransportHeader,
} from '@rmh/wire';
import type { Environment } from './environment.ts';
import { classOf, type Lane, type Peer, treatmentOf } from './peer.ts';

/**
 * The way out of one packet:
 * 1. the shell takes a flight slot and puts the inner packet behind the data header;
 * 2. `sendFlight` numbers it in its stream and asks which paths carry it;
 * 3. `transmit` stamps, encrypts and queues one copy a path.
 */
export function sendFlight(
  env: Environment,
  peer: Peer,
  flight: number,
  stream: number,
  flags: number,
  innerBytes: number,
  nowUs: number,
): void {
  const at = env.flights.placeOf(flight);
  const tally = peer.tallies[classOf(stream)];
  writeFrameHeader(env.arena.view, at, FrameKind.data, 0, stream, flags);
  const number = peer.sendNumbers[stream] as number;
  peer.sendNumbers[stream] = number + 1;
  env.arena.view.setUint32(at + STREAM_NUMBER_AT, number, true);
  env.flights.setLength(flight, DATA_HEADER_BYTES + innerBytes);

  const ranked = rank(peer, nowUs);
  if (ranked === 0) {
    env.flights.abandon(flight);
    if (tally) tally.unsent++;
    count(env, Drop.noPath);
    return;
  }
  if (tally) tally.sent++;
  const copies = Math.min(ranked, copiesOf(peer, stream));
  for (let i = 0; i < copies; i++) {
    const lane = peer.lanes[peer.order[i] as number] as Lane;
    const bytes = transmitFlight(env, peer, lane, flight, nowUs);
    if (i > 0) lane.bytesDuplicated += bytes;
  }
}

/** Sends an unanswered packet again, on another path than `avoid` if there is one [RP-1]. */
export function repairFlight(
  env: Environment,
  peer: Peer,
  flight: number,
  avoid: Path,
  nowUs: number,
): void {
  if (!env.flights.waits(flight, peer.index)) return;
  const at = env.flights.placeOf(flight);
  const stream = env.arena.view.getUint8(at + 2);
  const ageUs = env.flights.ageUs(flight, nowUs);
  if (env.flights.noteLoss(flight) > 0) return;
  const ranked = rank(peer, nowUs);
  if (ranked === 0 || ageUs > treatmentOf(stream).repairUntilUs) return;
  const flags = env.arena.view.getUint8(at + FLAGS_AT) | FLAG_REPAIR;
  env.arena.view.setUint8(at + FLAGS_AT, flags);
  const sure = sureLane(peer, avoid);
  const copies = sure === null ? Math.min(ranked, COPIES_IN_DOUBT) : 1;
  for (let i = 0; i < copies; i++) {
    const lane = sure ?? (peer.lanes[peer.order[i] as number] as Lane);
    lane.bytesDuplicated += transmitFlight(env, peer, lane, flight, nowUs);
  }
  const tally = peer.tallies[classOf(stream)];
  if (tally) tally.repaired++;
}

/** The best path that is known to carry, `avoid` only if no other does; null: all in doubt. */
function sureLane(peer: Peer, avoid: Path): Lane | null {
  let sure: Lane | null = null;
  for (const index of peer.order) {
    const lane = peer.lanes[index];
    if (lane?.state !== 'carrying') continue;
    if (lane !== avoid) return lane;
    sure = lane;
  }
  return sure;
}

/** Copies of a packet of this stream now: at least two when no path is known to carry. */
function copiesOf(peer: Peer, stream: number): number {
  const { copies } = treatmentOf(stream);
  const best = peer.lanes[peer.order[0] as number];
  return best?.state === 'carrying' ? copies : Math.max(COPIES_IN_DOUBT, copies);
}

/**
 * Ranks the peer's lanes; the best becomes the favourite. Once for all packets of one moment: a
 * train has up to 64, and only a change of state (which clears `rankedUs`) matters within it.
 */
function rank(peer: Peer, nowUs: number): number {
  if (peer.rankedUs === nowUs) return peer.ranked;
  peer.ranked = rankPaths(peer.lanes, peer.favourite, peer.order);
  peer.rankedUs = nowUs;
  if (peer.ranked > 0) peer.favourite = (peer.lanes[peer.order[0] as number] as Lane).id;
  return peer.ranked;
}

function transmitFlight(
  env: Environment,
  peer: Peer,
  lane: Lane,
  flight: number,
  nowUs: number,
): number {
  const at = env.flights.placeOf(flight);
  const bytes = transmit(env, peer, lane, at, env.flights.lengthOf(flight), flight, nowUs);
  // What could not leave can not get lost on the way: nobody would wait for its end.
  if (bytes > 0) env.flights.noteSend(flight);
  return bytes;
}

/** Stamps, encrypts and queues one frame; returns the datagram's bytes (0: no key). */
export function transmit(
  env: Environment,
  peer: Peer,
  lane: Lane,
  at: number,
  frameBytes: number,
  flight: number,
  nowUs: number,
): number {
  const { view } = env.arena;
  const owes = (view.getUint8(at + FLAGS_AT) & FLAG_NO_REPORT) === 0;
  view.setUint8(at + PATH_AT, lane.id);
  stampTransmission(view, at, lane.log.next, nowUs);
  const bytes = queueSealed(env, peer, at, frameBytes, lane.link, lane.endpointAt, nowUs);
  if (bytes === 0) return 0;
  lane.sent(nowUs, bytes, flight, owes);
  if (owes) lane.pingAtUs = nowUs + pingPauseUs(peer, lane);
  const lateAt = lane.lateAtUs;
  if (lateAt !== null) peer.wakeAt(lateAt);
  return bytes;
}

/** Encrypts [at, at+length) under the peer's current key and queues the datagram. */
export function queueSealed(
  env: Environment,
  peer: Peer,
  at: number,
  length: number,
  link: number,
  endpointAt: number,
  nowUs: number,
): number {
  const keypair = peer.keys.current;
  if (keypair === null || !keypair.usable(nowUs)) {
    count(env, Drop.notEstablished);
    return 0;
  }
  const bytes = length + TRANSPORT_OVERHEAD_BYTES;
  if (!env.transmits.hasRoom(bytes)) env.flushTransmits();
  const to = env.transmits.nextAt;
  const counter = keypair.sendCounter++;
  writeTransportHeader(env.arena.view, to, keypair.peerIndex, counter);
  env.aead.seal(keypair.sendKey, counter, at, length, to + TRANSPORT_HEADER_BYTES);
  env.transmits.push(bytes, link, endpointAt);
  peer.sentUs = nowUs;
  return bytes;
}

/** How long a path may be idle before it is probed: short while there is doubt [PA-5]. */
export function pingPauseUs(peer: Peer, lane: Lane): number {
  if (lane.state === 'suspect') return 100_000;
  if (lane.state === 'validating') return 250_000;
  if (lane.state === 'parked') return 500_000;
  return peer.active ? 1_000_000 : 2_000_000;
}

/** A report on `lane` is owed by then; the peer wakes for it. */
export function owesReport(peer: Peer, lane: Lane, nowUs: number): void {
  const { unreported, gapSeen } = lane.arrivals;
  if (unreported === 0) return;
  const soon = gapSeen || unreported >= REPORT_PACKETS_MAX;
  const dueUs = soon ? nowUs : nowUs + reportDelayUs(lane.rtt.smoothedUs);
  lane.reportAtUs = lane.reportAtUs === null ? dueUs : Math.min(lane.reportAtUs, dueUs);
  peer.wakeAt(lane.reportAtUs);
}

export function count(env: Environment, reason: Drop): void {
  env.drops[reason] = (env.drops[reason] ?? 0) + 1;
}

/** The least a control message may hold: its frame header. */
export const CONTROL_AT = FRAME_HEADER_BYTES;
const REPORT_PACKETS_MAX = 128;
const COPIES_IN_DOUBT = 2;
