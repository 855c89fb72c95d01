import { TrafficClass } from '@rmh/base';
import {
  DATA_HEADER_BYTES,
  Drop,
  FLAG_REPAIR,
  FLAGS_AT,
  FrameKind,
  STREAM_AT,
  writeFrameHeader,
} from '@rmh/wire';
import type { Environment } from './environment.ts';
import { classOf, type Peer } from './peer.ts';
import { pump } from './pump.ts';
import { count } from './send.ts';

/**
 * The way out of one packet:
 * 1. the shell takes a flight slot and puts the inner packet behind the data header;
 * 2. `submit` queues it with its class;
 * 3. with the last of a train `pump` asks which paths carry each, when its turn has come, and what
 *    their flow then has too much of goes, oldest first;
 * 4. `transmitFlight` numbers it in its stream when it leaves for the first time;
 * 5. `transmit` stamps, encrypts and queues one copy a path.
 */
export function submit(
  env: Environment,
  peer: Peer,
  flight: number,
  stream: number,
  flags: number,
  innerBytes: number,
  nowUs: number,
  ends: number,
): void {
  writeFrameHeader(env.arena.view, env.flights.placeOf(flight), FrameKind.data, 0, stream, flags);
  env.flights.setLength(flight, DATA_HEADER_BYTES + innerBytes);
  const reason = refusal(env, peer, stream);
  if (reason === 0) {
    peer.queueOf(classOf(stream), env.flights).push(stream & BUCKET_MASK, flight);
    const tally = peer.tallies[classOf(stream)];
    if (tally) tally.sent++;
  } else drop(env, peer, stream, flight, reason);
  if (ends === 0) return;
  pump(env, peer, nowUs);
  cutBacklog(env, peer, stream, ends, nowUs);
}

function cutBacklog(
  env: Environment,
  peer: Peer,
  stream: number,
  came: number,
  nowUs: number,
): void {
  const queue = peer.queueOf(classOf(stream), env.flights);
  const bucket = stream & BUCKET_MASK;
  if (queue.bytesOf(bucket) <= BACKLOG_LEAST_BYTES) return;
  const mostBytes = backlogMostBytes(peer, stream);
  let surplus = queue.surplus(bucket, mostBytes, came, nowUs);
  for (; surplus > 0 && queue.bytesOf(bucket) > mostBytes; surplus--) {
    const oldest = queue.head(bucket);
    if (queue.shift(bucket)) drop(env, peer, stream, oldest, Drop.queueFull);
  }
}

function drop(env: Environment, peer: Peer, stream: number, flight: number, reason: Drop): void {
  env.flights.abandon(flight);
  const tally = peer.tallies[classOf(stream)];
  if (tally) tally.unsent++;
  count(env, reason);
}

/**
 * Why the packet can not be taken: no address to send to, or every queue is full. Critical ones may
 * take the room of repairs: no backlog of other vehicles at a gateway shuts them out.
 */
function refusal(env: Environment, peer: Peer, stream: number): Drop | 0 {
  const critical = classOf(stream) === TrafficClass.critical;
  if (critical ? env.flights.repairsFull : env.flights.queuesFull) return Drop.queueFull;
  for (const { state } of peer.lanes) {
    if (state === 'carrying' || state === 'suspect' || state === 'parked') return 0;
  }
  return Drop.noPath;
}

/** What a flow may have waiting: the policy's time at the rate of all paths that carry it. */
function backlogMostBytes(peer: Peer, stream: number): number {
  let bytesPerSecond = 0;
  const trafficClass = classOf(stream);
  const urgent = trafficClass <= TrafficClass.realtime;
  for (const lane of peer.lanes) {
    if (lane.sparedFrom <= trafficClass && !urgent) continue;
    if (lane.state === 'carrying') bytesPerSecond += lane.congestion.bytesPerSecond;
  }
  const { backlogMostUs } = peer.treatmentOf(stream);
  return Math.max(BACKLOG_LEAST_BYTES, (bytesPerSecond * backlogMostUs) / 1e6);
}

/** A packet whose last copy was lost goes back into its queue, before what never left [RP-1]. */
export function repairFlight(env: Environment, peer: Peer, flight: number, nowUs: number): void {
  if (!env.flights.waits(flight, peer.index)) return;
  if (env.flights.noteLoss(flight) > 0) return;
  const at = env.flights.placeOf(flight);
  const stream = env.arena.view.getUint8(at + STREAM_AT);
  const tooOld = env.flights.ageUs(flight, nowUs) > peer.treatmentOf(stream).repairUntilUs;
  const tally = peer.tallies[classOf(stream)];
  if (tooOld || env.flights.repairsFull) {
    env.flights.abandon(flight);
    if (tally) tally.lost++;
    return;
  }
  env.arena.view.setUint8(at + FLAGS_AT, env.arena.view.getUint8(at + FLAGS_AT) | FLAG_REPAIR);
  peer.queueOf(classOf(stream), env.flights).pushRepair(flight);
  if (tally) tally.repaired++;
}

const BUCKET_MASK = 63;
/** The longest train of TUN fits, whatever the rate. */
const BACKLOG_LEAST_BYTES = 65_536;
