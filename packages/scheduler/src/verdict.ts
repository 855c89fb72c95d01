import { TrafficClass as Class, type TrafficClass } from '@rmh/base';
import { PATHS_MAX } from '@rmh/wire';
import type { ClassPolicy } from './policy.ts';
import { missShare, type SharedFate, type Way } from './risk.ts';

/** What is to be sent, as the verdict needs to know it; reused. Bytes are of the UDP payload. */
export interface Wanted {
  class: TrafficClass;
  /** It left before and was lost. */
  repair: boolean;
  /** Since the packet came to us, µs. */
  ageUs: number;
  bytes: number;
  /** What the same flow has waiting behind it, bytes. */
  backlogBytes: number;
  /** What copies may still cost, bytes; see CopyBudget. */
  creditBytes: number;
}

/** Which paths carry a packet now; reused. */
export class Verdict {
  /** Indexes into the paths: the first carries the packet, the others a copy each. */
  readonly chosen = new Int32Array(PATHS_MAX);
  /** 0: none may carry it now. */
  count = 0;
  /** With count 0: ask again then, µs. Infinity: only an answer or a change helps. */
  againUs = Number.POSITIVE_INFINITY;
  /** With count 0: the path whose rate the packet waits for, or −1. */
  heldBackBy = -1;
  /** With count 0: a path left out for its low rate, which may have risen since, or −1. */
  tries = -1;
}

/**
 * Which paths a packet leaves on. Changes nothing but `verdict`.
 *
 * 1. Only the best state serves: carrying; else suspect, because a doubtful path is better than
 *    none; else, for critical packets, parked. A spared path serves urgent classes alone, on a
 *    mission interactive too, and interactive packets while no other carries: a journal, or whoever
 *    could raise the budget, must not be shut out by it.
 * 2. Urgent classes (critical, realtime) take the path on which they arrive first, waiting for its
 *    turn included; a short wait is made a debt of the path instead, a longer one for critical.
 * 3. The others take the quickest path that may send now. A slower one only serves if the quicker
 *    ones would take longer to work off what the flow has waiting: so a flow is spread over paths
 *    exactly when that brings its last packet sooner. One that adds hardly anything is left out,
 *    since the flow would wait for each packet that it carries; copies try whether it still does.
 * 4. Copies are added while the predicted chance of missing the deadline is above the class's
 *    limit and the budget has credit.
 */
export function decide(
  ways: readonly Way[],
  favourite: number,
  wanted: Wanted,
  policy: ClassPolicy,
  fate: SharedFate,
  nowUs: number,
  verdict: Verdict,
): void {
  verdict.count = 0;
  verdict.againUs = Number.POSITIVE_INFINITY;
  verdict.heldBackBy = -1;
  verdict.tries = -1;
  const urgent = wanted.class <= Class.realtime;
  let sparing = urgent ? NO_CLASS : wanted.class;
  let state = stateThatServes(ways, wanted.class, sparing);
  if (state !== 'carrying' && wanted.class === Class.interactive) {
    sparing = NO_CLASS;
    state = stateThatServes(ways, wanted.class, sparing);
  }
  if (state === null) return;
  if (urgent) chooseFirstToArrive(ways, state, favourite, wanted, policy, nowUs, verdict);
  else chooseByBacklog(ways, state, sparing, favourite, wanted, nowUs, verdict);
  if (verdict.count > 0) addCopies(ways, state, wanted, policy, fate, nowUs, verdict);
}

/**
 * Does any path carry, or at least serve, packets of this class?
 *
 * @param sparing the class for which spared paths do not, or NO_CLASS
 */
function stateThatServes(
  ways: readonly Way[],
  trafficClass: TrafficClass,
  sparing: number,
): 'carrying' | 'suspect' | 'parked' | null {
  let suspect = false;
  let parked = false;
  for (const { state, sparedFrom } of ways) {
    if (sparedFrom <= sparing) continue;
    if (state === 'carrying') return 'carrying';
    if (state === 'suspect') suspect = true;
    else if (state === 'parked') parked = true;
  }
  if (suspect) return 'suspect';
  return parked && trafficClass === Class.critical ? 'parked' : null;
}

function chooseFirstToArrive(
  ways: readonly Way[],
  state: string,
  favourite: number,
  wanted: Wanted,
  policy: ClassPolicy,
  nowUs: number,
  verdict: Verdict,
): void {
  let best = -1;
  let bestUs = Number.POSITIVE_INFINITY;
  let bestReadyUs = 0;
  for (let i = 0; i < ways.length; i++) {
    const way = ways[i] as Way;
    if (way.state !== state) continue;
    if (wanted.class === Class.realtime && isChoked(way, policy)) continue;
    const readyUs = readyAtUs(way, wanted, nowUs);
    const falls = wanted.class === Class.realtime && way.congestion.hasFallen(nowUs);
    const costs = costUs(way, favourite) + (falls ? FALLEN_US : 0);
    const arrivalUs = Math.max(0, readyUs - nowUs) + costs;
    // Any path is better than none: one that needs an answer first has no time of arrival.
    if (arrivalUs >= bestUs && best >= 0) continue;
    best = i;
    bestUs = arrivalUs;
    bestReadyUs = readyUs;
  }
  if (best < 0) verdict.againUs = nowUs + CHOKED_PAUSE_US;
  else if (bestReadyUs <= nowUs) take(verdict, best);
  else {
    verdict.againUs = bestReadyUs;
    verdict.heldBackBy = best;
  }
}

function chooseByBacklog(
  ways: readonly Way[],
  state: string,
  sparing: number,
  favourite: number,
  wanted: Wanted,
  nowUs: number,
  verdict: Verdict,
): void {
  let ready = -1;
  let readyCostUs = Number.POSITIVE_INFINITY;
  let soonest = -1;
  for (let i = 0; i < ways.length; i++) {
    const way = ways[i] as Way;
    if (way.state !== state || way.sparedFrom <= sparing) continue;
    const atUs = readyAtUs(way, wanted, nowUs);
    if (atUs > nowUs) {
      if (soonest < 0) soonest = i;
      if (atUs >= verdict.againUs) continue;
      verdict.againUs = atUs;
      soonest = i;
      continue;
    }
    const cost = costUs(way, favourite);
    if (cost >= readyCostUs) continue;
    ready = i;
    readyCostUs = cost;
  }
  if (ready >= 0) {
    const worth = worthOf(ways, state, sparing, favourite, ready, readyCostUs, wanted, nowUs);
    if (worth === 'yes') {
      take(verdict, ready);
      return;
    }
    const { congestion } = ways[ready] as Way;
    if (worth === 'little' && !congestion.isLimited(nowUs)) verdict.tries = ready;
  }
  verdict.heldBackBy = soonest;
}

/**
 * Would the quicker paths, with what more urgent classes leave of them, need longer for the
 * flow's backlog than this one is slower? 'little': it would be worth it, but adds hardly anything
 * to them.
 */
function worthOf(
  ways: readonly Way[],
  state: string,
  sparing: number,
  favourite: number,
  chosen: number,
  costOfChosenUs: number,
  { class: trafficClass, backlogBytes }: Wanted,
  nowUs: number,
): 'yes' | 'no' | 'little' {
  let leastUs = costOfChosenUs;
  let bytesPerSecond = 0;
  for (let i = 0; i < ways.length; i++) {
    const way = ways[i] as Way;
    if (i === chosen || way.state !== state || way.sparedFrom <= sparing) continue;
    const cost = costUs(way, favourite);
    if (cost >= costOfChosenUs) continue;
    leastUs = Math.min(leastUs, cost);
    const takenRate = way.load.before(trafficClass, nowUs);
    bytesPerSecond += Math.max(0, way.congestion.bytesPerSecond - takenRate);
  }
  if (bytesPerSecond === 0) return 'yes';
  if (costOfChosenUs > leastUs + (backlogBytes / bytesPerSecond) * 1e6) return 'no';
  const { congestion } = ways[chosen] as Way;
  const little = congestion.bytesPerSecond < LITTLE_SHARE * bytesPerSecond;
  return little && costOfChosenUs > SLOW * leastUs ? 'little' : 'yes';
}

function addCopies(
  ways: readonly Way[],
  state: string,
  wanted: Wanted,
  policy: ClassPolicy,
  fate: SharedFate,
  nowUs: number,
  verdict: Verdict,
): void {
  const critical = wanted.class === Class.critical;
  // Nobody knows whether a path in doubt carries: two are asked, whatever the class.
  const least = state === 'carrying' ? 1 : COPIES_IN_DOUBT;
  const most = Math.max(least, policy.copiesMost);
  if (most === 1) return;
  const first = ways[verdict.chosen[0] as number] as Way;
  let miss = missShare(first, policy, wanted.ageUs, !critical, nowUs);
  while (verdict.count < most) {
    const free = verdict.count < (critical ? COPIES_IN_DOUBT : least);
    if (!free && (miss <= policy.missShareMost || wanted.creditBytes < wanted.bytes)) return;
    if (critical && miss <= policy.missShareMost && verdict.count >= least) return;
    let best = -1;
    let bestMiss = Number.POSITIVE_INFINITY;
    for (let i = 0; i < ways.length; i++) {
      const way = ways[i] as Way;
      if (isChosen(verdict, i) || !mayCopy(way, state, critical)) continue;
      if (!hasRoomForCopy(way, critical, nowUs)) continue;
      const own = missShare(way, policy, wanted.ageUs, !critical, nowUs);
      const joint = miss * Math.max(own, fate.between(first.id, way.id));
      // Of two that are as good the quicker one.
      const rank = joint + way.oneWayUs * RANK_PER_US;
      if (rank >= bestMiss) continue;
      best = i;
      bestMiss = rank;
    }
    if (best < 0) return;
    const way = ways[best] as Way;
    const own = missShare(way, policy, wanted.ageUs, !critical, nowUs);
    miss *= Math.max(own, fate.between(first.id, way.id));
    take(verdict, best);
  }
}

/**
 * A critical copy on a suspect path is a probe as good as any. No other is worth a path that is
 * kept from interactive packets too.
 */
function mayCopy(way: Way, state: string, critical: boolean): boolean {
  if (way.sparedFrom <= Class.interactive && !critical) return false;
  return way.state === state || (critical && way.state === 'suspect');
}

/**
 * What waits in the operator's buffer makes a realtime packet come too late: one more would only
 * delay what is critical. Where the way itself is as long as that, late is better than never.
 */
function isChoked(way: Way, policy: ClassPolicy): boolean {
  const roomUs = policy.deadlineUs - Math.min(way.rtt.leastUs / 2, policy.deadlineUs / 2);
  if (way.queueUs > roomUs) return true;
  // Where a queue was seen, what has left since tells how long it has become.
  return way.queueUs > QUEUE_SEEN_US && way.waitUs > roomUs;
}

/**
 * When the path may take it. An urgent packet goes before its turn: the debt that it makes holds
 * back the others, and only what some ms of the path's rate repay. An interactive one that was lost
 * makes as little as a copy does: its whole flow stands still behind it.
 */
function readyAtUs(way: Way, wanted: Wanted, nowUs: number): number {
  if (wanted.class === Class.interactive && wanted.repair) {
    return afterDebtUs(way, COPY_BESIDE, nowUs);
  }
  if (wanted.class > Class.realtime) return way.nextSendUs(nowUs);
  const beside = wanted.class === Class.critical ? CRITICAL_BESIDE : REALTIME_BESIDE;
  return afterDebtUs(way, beside, nowUs);
}

/**
 * A copy makes little debt, and one that is not critical none: where room is scarce, it would delay
 * the next packet's original.
 */
function hasRoomForCopy(way: Way, critical: boolean, nowUs: number): boolean {
  return (critical ? afterDebtUs(way, COPY_BESIDE, nowUs) : way.nextSendUs(nowUs)) <= nowUs;
}

function afterDebtUs(way: Way, { mostBytes, windowUs, debtUs }: Beside, nowUs: number): number {
  const bytes = Math.min(mostBytes, (way.congestion.bytesPerSecond * windowUs) / 1e6);
  const inFlight = Math.max(0, way.inFlightBytes - bytes);
  const atUs = way.congestion.nextSendUs(nowUs, inFlight);
  return atUs - nowUs <= debtUs ? nowUs : atUs;
}

/**
 * Expected time to arrive, with what losing costs (a repair takes about a round trip more). The
 * path in use gets a discount, so that two like paths do not take turns.
 */
function costUs(way: Way, favourite: number): number {
  const rtt = way.rtt.samples === 0 ? UNMEASURED_US : way.rtt.smoothedUs;
  const cost = way.oneWayUs + way.lossShare * (rtt + REPAIR_US) + way.foreseenRisk * FORESEEN_US;
  return way.id === favourite ? cost * FAVOURITE : cost;
}

function isChosen(verdict: Verdict, index: number): boolean {
  for (let i = 0; i < verdict.count; i++) if (verdict.chosen[i] === index) return true;
  return false;
}

function take(verdict: Verdict, index: number): void {
  verdict.chosen[verdict.count++] = index;
}

/** Before the first class: no path is spared for it. */
const NO_CLASS = -1;
const COPIES_IN_DOUBT = 2;
const UNMEASURED_US = 200_000;
const REPAIR_US = 50_000;
/** A path that is about to fail is left for one that is slower by no more than this. */
const FORESEEN_US = 50_000;
const FAVOURITE = 0.75;
/** What a path that falls adds before it is known: realtime is late by less than critical is. */
const FALLEN_US = 20_000;
/** What adds less to quicker paths, and is so many times as slow, costs a flow's order more. */
const LITTLE_SHARE = 0.05;
const SLOW = 4;
const RANK_PER_US = 1e-12;
const QUEUE_SEEN_US = 8_000;
/** A report may tell any moment that the buffer has drained; this only makes sure. */
const CHOKED_PAUSE_US = 20_000;

/**
 * What urgent packets may have beside a full window: bytes, and what those take at the path's rate.
 * On a path whose rate has collapsed each of them would only wait behind the others.
 */
interface Beside {
  readonly mostBytes: number;
  readonly windowUs: number;
  /** A turn that comes within this is not waited for. */
  readonly debtUs: number;
}

/** An ECG burst of 48 kB passes beside a full window; 0.2 s leaves time for it within 0.5 s. */
const CRITICAL_BESIDE: Beside = { mostBytes: 64 * 1024, windowUs: 200_000, debtUs: 50_000 };
/** A video frame's packets come at once; what it costs is what it would have to wait. */
const REALTIME_BESIDE: Beside = { mostBytes: 16 * 1024, windowUs: 50_000, debtUs: 20_000 };
const COPY_BESIDE: Beside = { mostBytes: 8 * 1024, windowUs: 50_000, debtUs: 20_000 };
