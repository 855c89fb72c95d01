import { reportDelayUs } from '@rmh/paths';
import {
  Drop,
  FLAG_NO_REPORT,
  FLAGS_AT,
  PATH_AT,
  STREAM_AT,
  STREAM_NUMBER_AT,
  stampTransmission,
  TRANSPORT_HEADER_BYTES,
  TRANSPORT_OVERHEAD_BYTES,
  writeTransportHeader,
} from '@rmh/wire';
import type { Environment } from './environment.ts';
import { classOf, type Lane, type Peer } from './peer.ts';

/** Sends one copy of a queued packet over `lane`; returns the datagram's bytes (0: no key). */
export function transmitFlight(
  env: Environment,
  peer: Peer,
  lane: Lane,
  flight: number,
  nowUs: number,
): number {
  const at = env.flights.placeOf(flight);
  if (env.flights.sendsOf(flight) === 0) number(env, peer, at);
  const bytes = transmit(env, peer, lane, at, env.flights.lengthOf(flight), flight, nowUs);
  // What could not leave can not get lost on the way: nobody would wait for its end.
  if (bytes === 0) return 0;
  env.flights.noteSend(flight);
  lane.load.note(classOf(env.arena.view.getUint8(at + STREAM_AT)), bytes, nowUs);
  return bytes;
}

/**
 * Its number in its stream, given only now: what was dropped before it left leaves no gap for the
 * other end to wait at.
 */
function number(env: Environment, peer: Peer, at: number): void {
  const stream = env.arena.view.getUint8(at + STREAM_AT);
  const next = peer.sendNumbers[stream] as number;
  peer.sendNumbers[stream] = next + 1;
  env.arena.view.setUint32(at + STREAM_NUMBER_AT, next, true);
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

const REPORT_PACKETS_MAX = 128;
