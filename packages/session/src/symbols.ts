import { TrafficClass } from '@rmh/base';
import { Arrival, FecDecoder, FecEncoder, symbolWaitUs, wantsSymbols } from '@rmh/scheduler';
import {
  DATA_HEADER_BYTES,
  FLAGS_AT,
  REPAIR_FIRST_AT,
  repairIsSound,
  STREAM_AT,
  STREAM_NUMBER_AT,
} from '@rmh/wire';
import { type Environment, REBUILT_SCRATCH_AT, SYMBOL_SCRATCH_AT } from './environment.ts';
import { holdUs, planRelease } from './hold.ts';
import { classOf, type Lane, type Peer } from './peer.ts';
import { transmit } from './send.ts';

/**
 * Repair symbols, for streams whose losses could not be repaired in time by asking [RP-3].
 *
 * Out: every packet that left for the first time and alone joins its stream's group; a full group,
 * or one that has waited long enough, leaves as a symbol, on another path if one carries.
 * In: packets and symbols go to the stream's decoder, and what it rebuilds is handed to the stream.
 */
export function protect(
  env: Environment,
  peer: Peer,
  lane: Lane,
  flight: number,
  nowUs: number,
): void {
  const at = env.flights.placeOf(flight);
  const stream = env.arena.view.getUint8(at + STREAM_AT);
  const policy = peer.treatmentOf(stream);
  if (policy.protectEvery === 0) return;
  const encoder = peer.encoders.get(stream);
  if (!wantsSymbols(policy, lane)) {
    encoder?.drop();
    return;
  }
  const group = encoder ?? new FecEncoder();
  if (encoder === undefined) peer.encoders.set(stream, group);
  const isFull = group.add(
    env.arena,
    env.arena.view.getUint32(at + STREAM_NUMBER_AT, true),
    at + DATA_HEADER_BYTES,
    env.flights.lengthOf(flight) - DATA_HEADER_BYTES,
    env.arena.view.getUint8(at + FLAGS_AT),
    policy.protectEvery,
    symbolWaitUs(policy, lane),
    nowUs,
  );
  if (isFull) sendSymbol(env, peer, stream, group, nowUs);
  else if (group.deadlineUs !== null) peer.wakeAt(group.deadlineUs);
}

/** Groups that waited long enough leave as they are. */
export function sendOverdueSymbols(env: Environment, peer: Peer, nowUs: number): void {
  for (const [stream, group] of peer.encoders) {
    if (group.deadlineUs === null) continue;
    if (group.deadlineUs <= nowUs) sendSymbol(env, peer, stream, group, nowUs);
    else peer.wakeAt(group.deadlineUs);
  }
}

function sendSymbol(
  env: Environment,
  peer: Peer,
  stream: number,
  group: FecEncoder,
  nowUs: number,
): void {
  const at = env.scratchAt + SYMBOL_SCRATCH_AT;
  const bytes = group.write(env.arena, at, stream);
  const lane = laneForSymbol(peer, nowUs);
  if (bytes === 0 || lane === null) return;
  const sent = transmit(env, peer, lane, at, bytes, -1, nowUs);
  lane.bytesDuplicated += sent;
  peer.copies.spend(sent);
}

/** Not the path that the packets took, if another carries and has room: losses come in rows. */
function laneForSymbol(peer: Peer, nowUs: number): Lane | null {
  let own: Lane | null = null;
  let other: Lane | null = null;
  for (const lane of peer.lanes) {
    if (lane.state !== 'carrying') continue;
    const free = lane.sparedFrom > TrafficClass.interactive && lane.nextSendUs(nowUs) <= nowUs;
    if (lane.id === peer.favourite) own = lane;
    else if (free && lane.oneWayUs < (other?.oneWayUs ?? Infinity)) {
      other = lane;
    }
  }
  return other ?? own;
}

/** A data frame was delivered for the first time; does it complete what a symbol waits for? */
export function keepForSymbols(
  env: Environment,
  peer: Peer,
  at: number,
  length: number,
  nowUs: number,
): void {
  const { view } = env.arena;
  const decoder = peer.decoders.get(view.getUint8(at + STREAM_AT));
  if (decoder === undefined) return;
  const rebuilt = decoder.keep(
    env.arena,
    view.getUint32(at + STREAM_NUMBER_AT, true),
    at + DATA_HEADER_BYTES,
    length - DATA_HEADER_BYTES,
    view.getUint8(at + FLAGS_AT),
    env.scratchAt + REBUILT_SCRATCH_AT,
    nowUs,
  );
  if (rebuilt > 0)
    deliverRebuilt(env, peer, view.getUint8(at + STREAM_AT), decoder, rebuilt, nowUs);
}

/** A repair symbol arrived. False: it is damaged. */
export function takeSymbol(
  env: Environment,
  peer: Peer,
  at: number,
  length: number,
  nowUs: number,
): boolean {
  if (!repairIsSound(env.arena.view, at, length)) return false;
  const stream = env.arena.view.getUint8(at + STREAM_AT);
  // A number far from all that came would be of another run of the other end.
  if (!peer.receivers[stream]?.isNear(env.arena.view.getUint32(at + REPAIR_FIRST_AT, true))) {
    return true;
  }
  const decoder = peer.decoders.get(stream) ?? new FecDecoder(env.rings);
  peer.decoders.set(stream, decoder);
  const into = env.scratchAt + REBUILT_SCRATCH_AT;
  const rebuilt = decoder.symbol(env.arena, at, length, into, nowUs);
  if (rebuilt > 0) deliverRebuilt(env, peer, stream, decoder, rebuilt, nowUs);
  return true;
}

/** The other end began anew, or the peer goes. */
export function resetSymbols(peer: Peer): void {
  for (const decoder of peer.decoders.values()) decoder.reset();
  peer.decoders.clear();
}

function deliverRebuilt(
  env: Environment,
  peer: Peer,
  stream: number,
  decoder: FecDecoder,
  length: number,
  nowUs: number,
): void {
  const receiver = peer.receivers[stream];
  if (!receiver) return;
  if (env.deliveries.full) env.flushDeliveries();
  const into = env.scratchAt + REBUILT_SCRATCH_AT;
  const hold = holdUs(peer, stream);
  const arrival = receiver.accept(decoder.number, into, length, decoder.flags, hold, nowUs);
  planRelease(peer, receiver);
  const tally = peer.tallies[classOf(stream)];
  if (tally && (arrival === Arrival.delivered || arrival === Arrival.held)) {
    tally.received++;
    tally.rebuilt++;
  }
  // The scratch is written again by the next one.
  env.flushDeliveries();
}
