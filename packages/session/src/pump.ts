import { TrafficClass } from '@rmh/base';
import { type ClassQueue, decide, Verdict, type Wanted } from '@rmh/scheduler';
import { Drop, STREAM_AT } from '@rmh/wire';
import type { Environment } from './environment.ts';
import { classOf, type Lane, type Peer } from './peer.ts';
import { count, transmitFlight } from './send.ts';
import { protect } from './symbols.ts';

/**
 * Lets leave what may leave now, most urgent class first, each packet on the paths that `decide`
 * names. Called when a packet came, when a report or a change gave room, and when time did.
 */
export function pump(env: Environment, peer: Peer, nowUs: number): void {
  relieve(env, peer, nowUs);
  let againUs = Number.POSITIVE_INFINITY;
  for (let trafficClass = 0; trafficClass < CLASSES; trafficClass++) {
    const queue = peer.queues[trafficClass] ?? null;
    if (queue === null || queue.packets === 0) continue;
    WANTED.class = trafficClass as TrafficClass;
    againUs = Math.min(againUs, pumpRepairs(env, peer, queue, nowUs));
    againUs = Math.min(againUs, pumpFlows(env, peer, queue, nowUs));
  }
  peer.pumpAtUs = againUs;
}

/**
 * A class that more urgent ones have kept from leaving for long sends one packet before them: TCP
 * takes a longer silence for the loss of all that it has on the road, and begins anew.
 */
function relieve(env: Environment, peer: Peer, nowUs: number): void {
  let urgentUs = Number.NEGATIVE_INFINITY;
  for (let trafficClass = 0; trafficClass < CLASSES; trafficClass++) {
    const leftUs = peer.leftUs[trafficClass] as number;
    const passedOver = nowUs - leftUs >= STILL_MOST_US && nowUs - urgentUs < STILL_MOST_US;
    urgentUs = Math.max(urgentUs, leftUs);
    const queue = peer.queues[trafficClass] ?? null;
    if (!passedOver || trafficClass < TrafficClass.interactive || queue === null) continue;
    const bucket = queue.turn();
    if (bucket < 0) continue;
    const flight = queue.head(bucket);
    const ageUs = env.flights.ageUs(flight, nowUs);
    if (ageUs < STILL_MOST_US) continue;
    WANTED.class = trafficClass as TrafficClass;
    WANTED.repair = false;
    if (!mayLeave(env, peer, flight, queue.bytesOf(bucket), ageUs, nowUs)) continue;
    if (queue.shift(bucket)) leave(env, peer, flight, false, nowUs);
  }
}

/** Does anything wait for its turn? */
export function waits(peer: Peer): boolean {
  for (const queue of peer.queues) if (queue !== null && queue.packets > 0) return true;
  return false;
}

/** Packets that never left go to another gateway with their traffic. */
export function moveQueues(env: Environment, from: Peer, to: Peer, nowUs: number): void {
  for (const [trafficClass, queue] of from.queues.entries()) {
    if (queue === null) continue;
    const target = to.queueOf(trafficClass as TrafficClass, env.flights);
    for (let bucket = queue.turn(); bucket >= 0; bucket = queue.turn()) {
      const flight = queue.head(bucket);
      if (!queue.shift(bucket)) continue;
      env.flights.handOver(flight, to.index);
      target.push(bucket, flight);
    }
  }
  pump(env, to, nowUs);
}

/** The peer goes: nothing of its waits any more. */
export function clearQueues(env: Environment, peer: Peer): void {
  for (const queue of peer.queues) {
    if (queue === null) continue;
    while (queue.hasRepairs) giveUp(env, peer, queue.headRepair, queue.shiftRepair());
    for (let bucket = queue.turn(); bucket >= 0; bucket = queue.turn()) {
      giveUp(env, peer, queue.head(bucket), queue.shift(bucket));
    }
  }
}

function pumpRepairs(env: Environment, peer: Peer, queue: ClassQueue, nowUs: number): number {
  WANTED.repair = true;
  while (queue.hasRepairs) {
    const flight = queue.headRepair;
    const ageUs = env.flights.ageUs(flight, nowUs);
    if (ageUs > peer.policy.classes[WANTED.class].repairUntilUs) {
      giveUp(env, peer, flight, queue.shiftRepair());
      continue;
    }
    if (!mayLeave(env, peer, flight, queue.bytes, ageUs, nowUs)) return blocked(peer, nowUs);
    if (queue.shiftRepair()) leave(env, peer, flight, true, nowUs);
  }
  return Number.POSITIVE_INFINITY;
}

function pumpFlows(env: Environment, peer: Peer, queue: ClassQueue, nowUs: number): number {
  WANTED.repair = false;
  const mostUs = waitMostUs(peer);
  let againUs = Number.POSITIVE_INFINITY;
  let passes = 0;
  for (let bucket = queue.turn(); bucket >= 0; bucket = queue.turn()) {
    const flight = queue.head(bucket);
    const ageUs = env.flights.ageUs(flight, nowUs);
    if (ageUs > mostUs) {
      giveUp(env, peer, flight, queue.shift(bucket));
      continue;
    }
    if (mayLeave(env, peer, flight, queue.bytesOf(bucket), ageUs, nowUs)) {
      if (queue.shift(bucket)) leave(env, peer, flight, false, nowUs);
      continue;
    }
    againUs = Math.min(againUs, blocked(peer, nowUs));
    // Another flow may be content with a path that this one does not want.
    if (WANTED.class <= TrafficClass.realtime || ++passes >= Math.min(queue.flows, PASSES_MAX))
      break;
    queue.passTurn();
  }
  return againUs;
}

function mayLeave(
  env: Environment,
  peer: Peer,
  flight: number,
  backlogBytes: number,
  ageUs: number,
  nowUs: number,
): boolean {
  const { recent } = peer;
  if (holdsStill(peer, nowUs)) {
    VERDICT.count = 1;
    VERDICT.chosen[0] = recent.lane;
    return true;
  }
  WANTED.ageUs = ageUs;
  WANTED.bytes = env.flights.lengthOf(flight);
  WANTED.backlogBytes = backlogBytes;
  WANTED.creditBytes = peer.copies.creditBytes;
  const policy = peer.policy.classes[WANTED.class];
  decide(peer.lanes, peer.favourite, WANTED, policy, peer.fate, nowUs, VERDICT);
  recent.lane = VERDICT.count === 1 ? (VERDICT.chosen[0] as number) : -1;
  recent.class = WANTED.class;
  recent.atUs = nowUs;
  return VERDICT.count > 0;
}

/**
 * A train has up to 64 packets of one moment: what was decided for the first of those that take
 * one path and may wait holds for the others, as long as that path has room.
 */
function holdsStill({ recent, lanes }: Peer, nowUs: number): boolean {
  if (WANTED.repair || recent.atUs !== nowUs || recent.class !== WANTED.class) return false;
  if (recent.lane < 0 || WANTED.class <= TrafficClass.realtime) return false;
  const lane = lanes[recent.lane];
  return lane?.state === 'carrying' && lane.nextSendUs(nowUs) <= nowUs;
}

/** The verdict was to wait: whose rate holds us back learns that there was more to send. */
function blocked(peer: Peer, nowUs: number): number {
  peer.lanes[VERDICT.heldBackBy]?.congestion.backlogged(nowUs);
  const tried = peer.lanes[VERDICT.tries];
  if (tried !== undefined) {
    peer.trial.laneId = tried.id;
    peer.trial.untilUs = nowUs + TRIAL_US;
  }
  return VERDICT.againUs;
}

/** Sends the flight on the paths of the verdict. */
function leave(env: Environment, peer: Peer, flight: number, repair: boolean, nowUs: number): void {
  const first = peer.lanes[VERDICT.chosen[0] as number];
  if (first !== undefined) peer.favourite = first.id;
  peer.leftUs[WANTED.class] = nowUs;
  for (let i = 0; i < VERDICT.count; i++) {
    const lane = peer.lanes[VERDICT.chosen[i] as number];
    if (lane === undefined) continue;
    if (i > 0 || repair) sendCopy(env, peer, lane, flight, nowUs);
    else peer.copies.earn(transmitFlight(env, peer, lane, flight, nowUs), nowUs);
  }
  if (VERDICT.count === 1 && !repair && first !== undefined) {
    protect(env, peer, first, flight, nowUs);
    if (nowUs < peer.trial.untilUs) tryOut(env, peer, first, flight, nowUs);
  }
}

/** A copy on the path that was left out: what it carries is seen, and nobody waits for it. */
function tryOut(env: Environment, peer: Peer, first: Lane, flight: number, nowUs: number): void {
  const lane = peer.laneById[peer.trial.laneId] ?? null;
  if (lane === null || lane === first || lane.state !== 'carrying') return;
  if (lane.sparedFrom <= WANTED.class) return;
  if (WANTED.class <= TrafficClass.realtime || peer.copies.creditBytes < WANTED.bytes) return;
  if (lane.nextSendUs(nowUs) > nowUs) lane.congestion.backlogged(nowUs);
  else sendCopy(env, peer, lane, flight, nowUs);
}

function sendCopy(env: Environment, peer: Peer, lane: Lane, flight: number, nowUs: number): void {
  const bytes = transmitFlight(env, peer, lane, flight, nowUs);
  lane.bytesDuplicated += bytes;
  peer.copies.spend(bytes);
}

function giveUp(env: Environment, peer: Peer, flight: number, wanted: boolean): void {
  if (!wanted) return;
  env.flights.abandon(flight);
  const stream = env.arena.view.getUint8(env.flights.placeOf(flight) + STREAM_AT);
  const tally = peer.tallies[classOf(stream)];
  if (tally && env.flights.sendsOf(flight) > 0) tally.lost++;
  else if (tally) tally.unsent++;
  count(env, Drop.tooLate);
}

/**
 * How long a packet may wait. A realtime packet that would come too late only delays the next one:
 * it is dropped in favour of those behind it, which may still be in time.
 */
function waitMostUs(peer: Peer): number {
  const policy = peer.policy.classes[WANTED.class];
  if (WANTED.class !== TrafficClass.realtime) return policy.queueMostUs;
  let leastUs = Number.POSITIVE_INFINITY;
  for (const lane of peer.lanes) {
    if (lane.state === 'carrying') leastUs = Math.min(leastUs, lane.oneWayUs);
  }
  if (leastUs === Number.POSITIVE_INFINITY) return policy.queueMostUs;
  return Math.max(
    REALTIME_WAIT_LEAST_US,
    Math.min(policy.queueMostUs, policy.deadlineUs - leastUs),
  );
}

const CLASSES = 4;
const PASSES_MAX = 8;
/** Half of TCP's least timeout; 1,340 bytes each time are 107 kbit/s. */
const STILL_MOST_US = 100_000;
/** A path on trial has its turn well within that, and the verdict is asked anew. */
const TRIAL_US = 100_000;
/** On a path slower than the deadline itself late is still better than never. */
const REALTIME_WAIT_LEAST_US = 20_000;

// Nothing is allocated a packet: one question and one answer serve all.
const VERDICT = new Verdict();
const WANTED: Wanted = {
  class: TrafficClass.critical,
  repair: false,
  ageUs: 0,
  bytes: 0,
  backlogBytes: 0,
  creditBytes: 0,
};
