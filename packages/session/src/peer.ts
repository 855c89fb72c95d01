import { TrafficClass } from '@rmh/base';
import type { CookieJar, InitiatorState, RemoteIdentity } from '@rmh/handshake';
import { Path } from '@rmh/paths';
import {
  type ClassPolicy,
  ClassQueue,
  CopyBudget,
  type FecDecoder,
  type FecEncoder,
  type Flights,
  Load,
  NOT_SPARED,
  OutageRate,
  type Policy,
  SharedFate,
  type StreamReceiver,
} from '@rmh/scheduler';
import { PATHS_MAX, STREAMS_MAX } from '@rmh/wire';
import type { Environment } from './environment.ts';
import { type KeyOwner, KeyRing } from './keys.ts';

/** A path with where it leads: the link here, the address block there. */
export class Lane extends Path {
  /** The local link (unit) or socket (gateway). */
  link: number;
  /** Where to send: only an address that answered, or that our own configuration names. */
  readonly endpointAt: number;
  /** An address that this path was heard from and that has not answered yet [PA-3]. */
  readonly candidateAt: number;
  candidateLink = 0;
  candidate: CandidateState | null = null;
  /** When the path is to be probed next, µs. */
  pingAtUs = 0;
  /** When a report on what arrived here is due, or null. */
  reportAtUs: number | null = null;
  /** How often this path fails, for the price of copies. */
  readonly outages = new OutageRate();
  /** What it carries of each class: the others have the rest. */
  readonly load = new Load();
  /** Unit: is the link there? Gateway: did the address answer? Else nothing may be sent. */
  open = false;
  /** Chance that this path fails within the next seconds, by what others met here; 0: unknown. */
  foreseenRisk = 0;
  /** From which class on this end, and the other, want no packets on this path [PA-7]. */
  sparedFromHere: number = NOT_SPARED;
  sparedFromThere: number = NOT_SPARED;

  constructor(
    id: number,
    link: number,
    endpointAt: number,
    candidateAt: number,
    queueTargetUs: number,
  ) {
    super(id, queueTargetUs);
    this.link = link;
    this.endpointAt = endpointAt;
    this.candidateAt = candidateAt;
  }

  get sparedFrom(): number {
    return Math.min(this.sparedFromHere, this.sparedFromThere);
  }
}

/** An address under validation gets no more bytes than it sent [PA-4]. */
export interface CandidateState {
  readonly token: Uint8Array;
  received: number;
  sent: number;
  againAtUs: number;
  readonly sinceUs: number;
}

export interface PeerSettings {
  readonly name: string;
  readonly remote: RemoteIdentity;
  /** Address block of the configured endpoint, or −1: wait for the peer to come. */
  readonly endpointAt: number;
  readonly multipath: boolean;
}

/** Does the other end speak our frames? Unknown until it answered, or stayed silent, to hello. */
export type Speech = 'unknown' | 'multipath' | 'stock';

/** One peer: its keys, its paths, its streams. Behaviour lives in the files named for it. */
export class Peer {
  readonly index: number;
  settings: PeerSettings;
  readonly keys: KeyRing<Peer>;
  readonly lanes: Lane[] = [];
  readonly laneById: (Lane | null)[] = new Array<Lane | null>(PATHS_MAX).fill(null);
  /** The path that carried the last packet: it keeps the traffic unless another is quicker. */
  favourite = -1;
  /** The lane of the last verdict that named one only; its class and moment, µs. */
  readonly recent = { lane: -1, class: -1, atUs: -1 };
  policy: Policy;
  /** What waits for its turn, by class. */
  readonly queues: (ClassQueue | null)[] = [null, null, null, null];
  /** When a packet of each class last left, µs. */
  readonly leftUs = [0, 0, 0, 0];
  readonly copies: CopyBudget;
  /** The lane (its id) whose rate copies are to find out, and until when. */
  readonly trial = { laneId: -1, untilUs: 0 };
  readonly fate: SharedFate;

  speech: Speech = 'unknown';
  hello: { triesLeft: number; againAtUs: number } | null = null;
  /** Ours names this run of this end; theirs changes when they lost their state [FR-11]. */
  theirIncarnation = -1;

  /** A handshake that we began, or null. */
  handshake: HandshakeProgress | null = null;
  handshakes = 0;
  lastHandshakeUs = 0;
  lastTimestamp = new Uint8Array(12);
  /** When a handshake from far behind may be spoken of again. */
  behindSayAtUs = 0;
  readonly cookieJars = new Map<number, CookieJar>();

  /** Where the peer was last heard from: for handshakes and stock peers. */
  readonly roaming: { link: number; endpointAt: number; known: boolean };
  heardUs = 0;
  sentUs = 0;
  /** First unanswered data to a stock peer since it was last heard, or null. */
  owedSinceUs: number | null = null;
  keepaliveAtUs: number | null = null;

  /** Unit: does this gateway carry our traffic? Gateway: is the unit's traffic here? */
  active = false;
  draining = false;
  /** A draining gateway asks this unit again then, µs. */
  askAgainAtUs = 0;
  activation: { epoch: number; active: boolean; againAtUs: number; triesLeft: number } | null =
    null;
  theirEpoch = 0;

  readonly sendNumbers = new Uint32Array(STREAMS_MAX);
  readonly receivers: (StreamReceiver | null)[] = new Array<StreamReceiver | null>(
    STREAMS_MAX,
  ).fill(null);
  readonly holding = new Set<StreamReceiver>();
  /** By stream, for those whose losses are rebuilt from symbols; at most STREAMS_MAX. */
  readonly encoders = new Map<number, FecEncoder>();
  readonly decoders = new Map<number, FecDecoder>();
  readonly tallies = Object.values(TrafficClass).map(() => new ClassTally());
  deadlineUs = 0;
  /** When what waits may go on although nothing gave it room, µs; each `pump` says it anew. */
  pumpAtUs = Number.POSITIVE_INFINITY;

  constructor(
    index: number,
    settings: PeerSettings,
    policy: Policy,
    byIndex: Map<number, KeyOwner<Peer>>,
    roamingAt: number,
  ) {
    this.index = index;
    this.settings = settings;
    this.policy = policy;
    this.copies = new CopyBudget(policy.duplicateShareMost);
    this.fate = new SharedFate(policy.sharedFate);
    this.roaming = { link: 0, endpointAt: roamingAt, known: false };
    this.keys = new KeyRing<Peer>(byIndex, this);
  }

  /** From the next packet on; what is learned of the paths, and what waits, stays. */
  setPolicy(policy: Policy): void {
    this.policy = policy;
    this.copies.share = policy.duplicateShareMost;
    this.fate.prior = policy.sharedFate;
    for (const { congestion } of this.lanes) congestion.queueTargetUs = policy.queueTargetUs;
    this.recent.atUs = -1;
  }

  addLane(environment: Environment, id: number, link: number): Lane | null {
    const endpointAt = environment.endpoints.take();
    const candidateAt = environment.endpoints.take();
    if (candidateAt < 0) {
      if (endpointAt >= 0) environment.endpoints.give(endpointAt);
      return null;
    }
    const lane = new Lane(id, link, endpointAt, candidateAt, this.policy.queueTargetUs);
    this.lanes.push(lane);
    this.laneById[id] = lane;
    return lane;
  }

  /** Gives every address block back: the peer is gone. */
  release(environment: Environment): void {
    for (const lane of this.lanes) {
      environment.endpoints.give(lane.endpointAt);
      environment.endpoints.give(lane.candidateAt);
    }
    environment.endpoints.give(this.roaming.endpointAt);
    this.keys.wipe();
  }

  /** The queue of a class, made when its first packet comes. */
  queueOf(trafficClass: TrafficClass, flights: Flights): ClassQueue {
    const known = this.queues[trafficClass];
    if (known) return known;
    const quantum = trafficClass === TrafficClass.critical ? CRITICAL_TURN_BYTES : undefined;
    const queue = new ClassQueue(flights, quantum);
    this.queues[trafficClass] = queue;
    return queue;
  }

  treatmentOf(stream: number): ClassPolicy {
    return this.policy.classes[classOf(stream)];
  }

  get carries(): boolean {
    return this.lanes.some((lane) => lane.state === 'carrying');
  }

  /** When time brings something next, µs. */
  get nextUs(): number {
    return Math.min(this.deadlineUs, this.pumpAtUs);
  }

  /** Something must happen at `atUs`: never later than what is already planned. */
  wakeAt(atUs: number): void {
    if (atUs < this.deadlineUs) this.deadlineUs = atUs;
  }
}

export interface HandshakeProgress {
  state: InitiatorState;
  readonly localIndex: number;
  tries: number;
  readonly sinceUs: number;
  againAtUs: number;
}

/** Counts of one class with one peer. */
export class ClassTally {
  sent = 0;
  received = 0;
  repaired = 0;
  duplicatesDropped = 0;
  reordered = 0;
  late = 0;
  unsent = 0;
  /** Lost on the road, and too old to be sent again. */
  lost = 0;
  /** Lost on the road and rebuilt from a symbol. */
  rebuilt = 0;
}

/** One full packet: vitals need not wait for eight packets of an ECG, 0.4 s at 0.2 Mbit/s. */
const CRITICAL_TURN_BYTES = 1356;

/** Class of a stream: its upper two bits [FR-4]. */
export function classOf(stream: number): TrafficClass {
  return (stream >> 6) as TrafficClass;
}
