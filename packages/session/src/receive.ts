import { isPureAck } from '@rmh/inner';
import { Arrival, StreamReceiver } from '@rmh/scheduler';
import {
  DATA_HEADER_BYTES,
  Drop,
  FLAG_NO_REPORT,
  FLAGS_AT,
  FrameKind,
  frameKind,
  PATH_AT,
  PATH_NUMBER_AT,
  SENT_AT,
  STREAM_AT,
  STREAM_NUMBER_AT,
} from '@rmh/wire';
import type { Environment } from './environment.ts';
import { holdUs, planRelease } from './hold.ts';
import { classOf, type Lane, type Peer } from './peer.ts';
import { owesReport } from './send.ts';
import { keepForSymbols, resetSymbols, takeSymbol } from './symbols.ts';

/**
 * The way in of one decrypted multipath message: note the arrival on its path, then hand data to
 * its stream. Control messages go on to the caller. Returns 0, a drop reason, or −1 for control.
 */
export function receiveFrame(
  env: Environment,
  peer: Peer,
  lane: Lane,
  at: number,
  length: number,
  nowUs: number,
): Drop | 0 | -1 {
  const { view } = env.arena;
  const kind = frameKind(view, at, length);
  const owes = (view.getUint8(at + FLAGS_AT) & FLAG_NO_REPORT) === 0;
  const number = view.getUint32(at + PATH_NUMBER_AT, true);
  const fresh = lane.arrivals.note(number, view.getUint32(at + SENT_AT, true), length, nowUs, owes);
  lane.heardUs = nowUs;
  if (owes && fresh) owesReport(peer, lane, nowUs);
  // The counter already proved that this message is new; an old path number then means that the
  // other end began anew, and only its hello can say so.
  if (kind === FrameKind.control) return -1;
  if (!fresh) return Drop.duplicate;
  if (kind === FrameKind.symbol) {
    return takeSymbol(env, peer, at, length, nowUs) ? 0 : Drop.badFrame;
  }
  const reason = receiveData(env, peer, at, length, nowUs);
  if (reason === 0 && peer.decoders.size > 0) keepForSymbols(env, peer, at, length, nowUs);
  return reason;
}

/** The path id of a frame, or −1 if the frame is damaged. */
export function pathOf(env: Environment, at: number, length: number): number {
  const kind = frameKind(env.arena.view, at, length);
  if (kind === 0 || kind === FrameKind.fragment) return -1;
  return env.arena.view.getUint8(at + PATH_AT);
}

function receiveData(
  env: Environment,
  peer: Peer,
  at: number,
  length: number,
  nowUs: number,
): Drop | 0 {
  const { view } = env.arena;
  const stream = view.getUint8(at + STREAM_AT);
  const tally = peer.tallies[classOf(stream)];
  const receiver = receiverOf(env, peer, stream);
  if (env.deliveries.full) env.flushDeliveries();
  // Pure acknowledgements go early [OR-5].
  const innerAt = at + DATA_HEADER_BYTES;
  const innerBytes = length - DATA_HEADER_BYTES;
  const number = view.getUint32(at + STREAM_NUMBER_AT, true);
  // In order, as nearly all are: nothing is to be held, so nobody asks for how long.
  const hold = receiver.expects(number) ? 0 : holdUs(peer, stream);
  const arrival = receiver.accept(
    number,
    innerAt,
    innerBytes,
    view.getUint8(at + FLAGS_AT),
    hold,
    nowUs,
    hold > 0 && isPureAck(view, innerAt, innerBytes),
  );
  planRelease(peer, receiver);
  if (tally === undefined) return 0;
  if (arrival === Arrival.duplicate) {
    tally.duplicatesDropped++;
    return Drop.duplicate;
  }
  if (arrival === Arrival.tooOld) return Drop.tooLate;
  if (arrival === Arrival.held) tally.reordered++;
  tally.received++;
  return 0;
}

/** Streams whose wait is over go on; returns nothing: what is released lies in deliveries. */
export function releaseOverdue(env: Environment, peer: Peer, nowUs: number): void {
  for (const receiver of peer.holding) {
    while (receiver.deadlineUs !== null && receiver.deadlineUs <= nowUs) {
      if (env.deliveries.full) env.flushDeliveries();
      receiver.giveUpWaiting(holdUs(peer, receiver.stream));
    }
    planRelease(peer, receiver);
  }
}

/** The other end began anew, or the peer goes: nothing waits for what will not come. */
export function resetReceivers(env: Environment, peer: Peer): void {
  for (const receiver of peer.holding) receiver.flush();
  env.flushDeliveries();
  peer.holding.clear();
  peer.receivers.fill(null);
  resetSymbols(peer);
}

function receiverOf(env: Environment, peer: Peer, stream: number): StreamReceiver {
  const known = peer.receivers[stream];
  if (known) return known;
  const { arena, holds, deliveries } = env;
  const makeRoom = () => env.flushDeliveries();
  const receiver = new StreamReceiver(peer.index, stream, arena, holds, deliveries, makeRoom);
  peer.receivers[stream] = receiver;
  return receiver;
}
