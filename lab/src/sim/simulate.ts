// One run: a drive window, a seed, a mix, a bearer.

import { handshakeCrypto } from '@rmh/aead';
import { present, Random } from '@rmh/base';
import { NATIONAL_POLICY, type Policy } from '@rmh/scheduler';
import { Chronicle } from './chronicle.ts';
import { type FaultPlan, isRoadFault, NO_FAULTS, randomFaults, wordsOf } from './faults.ts';
import { type Losses } from './invariants.ts';
import { type MixName, mixOf, workloadOf } from './mix.ts';
import { LEAD_US, SimRoad } from './road.ts';
import { Traffic } from './traffic.ts';
import { TunnelBearer } from './tunnel/bearer.ts';
import type { Sabotage } from './tunnel/sabotage.ts';
import type {
  Bearer,
  BearerResult,
  Datagram,
  DriveWindow,
  EndFault,
  Forecast,
  Road,
  SimPacket,
  Workload,
} from './types.ts';
import { type Actor, World } from './world.ts';

export interface SimRun {
  readonly window: DriveWindow;
  readonly seed: number;
  readonly mix: MixName;
  readonly policy?: Policy;
  readonly faults?: 'none' | 'random';
  readonly sabotage?: Sabotage;
}

export interface SimOutcome {
  readonly tunnel: BearerResult;
  readonly losses: Losses;
  readonly wakes: number;
}

/** A run broke: what, when, and the last moments in words. */
export class RunFailed extends Error {
  override name = 'RunFailed';
  readonly timeline: readonly string[];

  constructor(run: SimRun, atUs: number, timeline: readonly string[], cause: unknown) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const where = `${run.window.drive} from ${run.window.fromMs} ms, seed ${run.seed}`;
    super(`${where}, after ${(atUs / 1e6).toFixed(6)} s: ${why}`, { cause });
    this.timeline = timeline;
  }
}

/** The tunnel over one window. Throws RunFailed where an invariant or an assertion breaks. */
export function simulate(run: SimRun): SimOutcome {
  const seeds = seedsOf(run.seed);
  const chronicle = new Chronicle(run.window.carriers.map(({ name }) => name));
  const bearers: TunnelBearer[] = [];
  const make = (road: Road): Bearer => {
    const bearer = new TunnelBearer({
      road,
      crypto: handshakeCrypto,
      seed: seeds.ends,
      clocks: faultsOf(run, seeds).clocks,
      policy: run.policy ?? NATIONAL_POLICY,
      memory: mixOf(run.mix).memory,
      chronicle,
      ...(run.sabotage === undefined ? {} : { sabotage: run.sabotage }),
    });
    bearers.push(bearer);
    return bearer;
  };
  const { result, wakes } = play(run, make, chronicle);
  const { losses } = present(bearers[0], 'the run had a bearer').ledger;
  return { tunnel: result, losses, wakes };
}

/** Any bearer over the same road, with the same traffic at the same times. */
export function runBearer(makeBearer: (road: Road) => Bearer, run: SimRun): BearerResult {
  const chronicle = new Chronicle(run.window.carriers.map(({ name }) => name));
  return play(run, makeBearer, chronicle).result;
}

/** What `run` sends of itself: the bound is computed from it. */
export function workloadOfRun(run: SimRun): Workload {
  return workloadOf(mixOf(run.mix), seedsOf(run.seed).traffic, run.window.lengthMs * 1000);
}

function play(
  run: SimRun,
  makeBearer: (road: Road) => Bearer,
  chronicle: Chronicle,
): { result: BearerResult; wakes: number } {
  const { window } = run;
  const seeds = seedsOf(run.seed);
  const world = new World();
  const faults = faultsOf(run, seeds);
  let traffic: Traffic | null = null;
  const onDelivery = (packet: SimPacket, nowUs: number) => traffic?.arrived(packet, nowUs);
  const road = new SimRoad({ world, window, faults, seed: seeds.road, chronicle, onDelivery });
  try {
    const bearer = new BearerActor(world, makeBearer(road));
    road.carry(bearer);
    new FaultActor(world, faults, road, bearer, chronicle).begin();
    for (const [carrier, { foreseen }] of window.carriers.entries()) {
      if (foreseen !== undefined) new Foreseer(world, bearer, carrier, foreseen).begin();
    }
    const lengthUs = window.lengthMs * 1000;
    traffic = new Traffic(world, mixOf(run.mix), seeds.traffic, lengthUs, bearer);
    world.run(LEAD_US + lengthUs);
    bearer.end(world.nowUs);
    const result = {
      name: bearer.name,
      classes: traffic.classes,
      delays: traffic.figures(),
      bytesSent: road.bytesOffered,
      bytesDuplicated: bearer.bytesDuplicated,
    };
    return { result, wakes: world.wakes };
  } catch (error) {
    throw new RunFailed(run, world.nowUs, chronicle.lines(), error);
  }
}

interface Seeds {
  readonly road: number;
  readonly ends: number;
  readonly traffic: number;
  readonly faults: number;
}

/** Each part draws from its own stream, so that bearers and policies meet one and the same road. */
function seedsOf(seed: number): Seeds {
  const random = new Random(seed);
  return {
    road: random.u32(),
    ends: random.u32(),
    traffic: random.u32(),
    faults: random.u32(),
  };
}

function faultsOf({ faults, window }: SimRun, seeds: Seeds): FaultPlan {
  if (faults !== 'random') return NO_FAULTS;
  return randomFaults(seeds.faults, window.carriers.length, window.lengthMs * 1000);
}

/** Polls a bearer when its time has come, whatever moved its deadline. */
export class BearerActor implements Actor, Bearer {
  readonly name: string;
  readonly #world: World;
  readonly #actor: number;
  readonly #bearer: Bearer;

  constructor(world: World, bearer: Bearer) {
    this.#world = world;
    this.#actor = world.add(this);
    this.#bearer = bearer;
    this.name = bearer.name;
    this.#plan();
  }

  get nextDeadlineUs(): number {
    return this.#bearer.nextDeadlineUs;
  }

  get bytesDuplicated(): number {
    return this.#bearer.bytesDuplicated ?? 0;
  }

  send(packet: SimPacket, nowUs: number): void {
    this.#bearer.send(packet, nowUs);
    this.#plan();
  }

  arrived(datagram: Datagram, carrier: number, nowUs: number): void {
    this.#bearer.arrived(datagram, carrier, nowUs);
    this.#plan();
  }

  poll(nowUs: number): void {
    this.#bearer.poll(nowUs);
    this.#plan();
  }

  wake(nowUs: number): void {
    this.poll(nowUs);
  }

  gone(datagram: Datagram): void {
    this.#bearer.gone?.(datagram);
  }

  copy(datagram: Datagram, damage: number): Datagram | null {
    if (this.#bearer.copy === undefined) return damage === 0 ? datagram : null;
    return this.#bearer.copy(datagram, damage);
  }

  end(nowUs: number): void {
    this.#bearer.end?.(nowUs);
  }

  suffer(fault: EndFault, nowUs: number): void {
    this.#bearer.suffer?.(fault, nowUs);
    this.#plan();
  }

  foresee(carrier: number, risk: number): void {
    this.#bearer.foresee?.(carrier, risk);
  }

  #plan(): void {
    this.#world.arm(this.#actor, this.#bearer.nextDeadlineUs);
  }
}

/** Tells the bearer what is foreseen of a carrier, as the window goes on. */
class Foreseer implements Actor {
  readonly #world: World;
  readonly #actor: number;
  readonly #bearer: BearerActor;
  readonly #carrier: number;
  readonly #forecast: Forecast;
  #next = 0;

  constructor(world: World, bearer: BearerActor, carrier: number, forecast: Forecast) {
    this.#world = world;
    this.#actor = world.add(this);
    this.#bearer = bearer;
    this.#carrier = carrier;
    this.#forecast = forecast;
  }

  begin(): void {
    this.#arm();
  }

  wake(): void {
    this.#bearer.foresee(this.#carrier, this.#forecast.risk[this.#next++] ?? 0);
    this.#arm();
  }

  #arm(): void {
    const startMs = this.#forecast.startMs[this.#next] ?? Number.POSITIVE_INFINITY;
    this.#world.arm(this.#actor, LEAD_US + startMs * 1000);
  }
}

/** Carries out the plan of faults. */
class FaultActor implements Actor {
  readonly #world: World;
  readonly #actor: number;
  readonly #plan: FaultPlan;
  readonly #road: SimRoad;
  readonly #bearer: BearerActor;
  readonly #chronicle: Chronicle;
  #next = 0;

  constructor(
    world: World,
    plan: FaultPlan,
    road: SimRoad,
    bearer: BearerActor,
    chronicle: Chronicle,
  ) {
    this.#world = world;
    this.#actor = world.add(this);
    this.#plan = plan;
    this.#road = road;
    this.#bearer = bearer;
    this.#chronicle = chronicle;
  }

  begin(): void {
    this.#arm();
  }

  wake(nowUs: number): void {
    const planned = this.#plan.planned[this.#next++];
    if (planned === undefined) return;
    const { fault } = planned;
    this.#chronicle.note(nowUs, `fault: ${wordsOf(fault, this.#road.carriers)}`);
    if (isRoadFault(fault)) this.#road.suffer(fault);
    else this.#bearer.suffer(fault, nowUs);
    this.#arm();
  }

  #arm(): void {
    const atUs = this.#plan.planned[this.#next]?.atUs ?? Number.POSITIVE_INFINITY;
    this.#world.arm(this.#actor, LEAD_US + atUs);
  }
}
