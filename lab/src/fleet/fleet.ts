// The simulated fleet at work: each car looks round once a second, says at once what changed, tells
// where it is each ten seconds, and delivers its samples. All of them share a few connections.
//
//   live       a change or ten seconds   → POST /units/self/now       (newest only)
//   record     each thirty seconds       → POST /units/self/samples   (kept until received)
//   history    beside it, car after car  → the hours before the start, in samples of a minute
import { randomUUID } from 'node:crypto';
import { RECEIPT, SAMPLE_MS, SAMPLES_IN_BATCH_MAX, type Sample } from '@rmh/contract/api';
import type { Log } from '@rmh/contract/daemon';
import { type PinnedFetch, PlatformLink } from '@rmh/contract/machine';
import { z } from 'zod';
import { SimulatedCar, type Told } from './car.ts';
import type { AreaOutage } from './coverage.ts';
import type { Member } from './seed.ts';

export interface FleetPorts {
  readonly url: string;
  readonly transport: PinnedFetch;
  readonly log: Log;
  nowMs(): number;
}

export interface FleetOptions {
  readonly seed: number;
  readonly historyHours: number;
  readonly outages: readonly AreaOutage[];
}

const LOOK_MS = 1000;
const NOW_EVERY_MS = 10_000;
const SEND_EVERY_MS = 30_000;
const HISTORY_SPAN_MS = 60_000;
const HISTORY_LOOK_MS = 20_000;
/** A day of samples; the oldest go when the platform stays away longer. */
const WAITING_MOST = 8_640;
/** A full batch on a busy machine. */
const TIMEOUT_MS = 30_000;

export class Fleet {
  readonly #ports: FleetPorts;
  readonly #options: FleetOptions;
  readonly #drivers: Driver[];
  readonly #startMs: number;

  constructor(members: readonly Member[], options: FleetOptions, ports: FleetPorts) {
    this.#ports = ports;
    this.#options = options;
    this.#startMs = ports.nowMs();
    this.#drivers = members.map((member, i) => {
      const car = new SimulatedCar(member.home, options.seed + i, this.#startMs, options.outages);
      return new Driver(car, member, i / members.length, this.#startMs, ports);
    });
  }

  /** Until the process ends. */
  start(): void {
    let part = 0;
    // A twentieth of the fleet at a time: no second has a peak.
    setInterval(() => {
      const nowMs = this.#ports.nowMs();
      for (let i = part; i < this.#drivers.length; i += PARTS) this.#drivers[i]?.look(nowMs);
      part = (part + 1) % PARTS;
    }, LOOK_MS / PARTS);
  }

  /** Delivers the hours before the start; resolves when all is told. */
  async tellHistory(onTold: (cars: number) => void): Promise<void> {
    const { historyHours, seed } = this.#options;
    const fromMs = this.#startMs - historyHours * 3_600_000;
    for (const [i, driver] of this.#drivers.entries()) {
      await driver.tellPast(seed + 7919 * (i + 1), fromMs, this.#startMs);
      onTold(i + 1);
    }
  }
}

const PARTS = 20;

class Driver {
  readonly #car: SimulatedCar;
  readonly #member: Member;
  readonly #link: PlatformLink;
  readonly #journal = new Outgoing();
  #sampledMs: number;
  #saidMs: number;
  #sentMs: number;
  #off = false;
  #saying = false;
  #sending = false;

  constructor(
    car: SimulatedCar,
    member: Member,
    phase: number,
    startMs: number,
    ports: FleetPorts,
  ) {
    this.#car = car;
    this.#member = member;
    this.#link = new PlatformLink({ ...ports, identity: member.identity });
    this.#sampledMs = startMs;
    this.#saidMs = startMs - (1 - phase) * NOW_EVERY_MS;
    this.#sentMs = startMs - (1 - phase) * SEND_EVERY_MS;
  }

  get waiting(): number {
    return this.#journal.waiting;
  }

  look(nowMs: number): void {
    const changed = this.#car.look(nowMs, LOOK_MS);
    if (this.#car.isOff !== this.#off) this.#switch(nowMs);
    else if (this.#off) return;
    if (!this.#off && nowMs - this.#sampledMs >= SAMPLE_MS) {
      this.#journal.add(this.#car.sample(nowMs, nowMs - this.#sampledMs));
      this.#sampledMs = nowMs;
    }
    if (changed || nowMs - this.#saidMs >= NOW_EVERY_MS) void this.#say(nowMs);
    if (nowMs - this.#sentMs >= SEND_EVERY_MS) void this.#send(nowMs);
  }

  async tellPast(seed: number, fromMs: number, toMs: number): Promise<void> {
    const car = new SimulatedCar(this.#member.home, seed, fromMs, []);
    const past = new Outgoing();
    let sampledMs = fromMs;
    let off = false;
    for (let atMs = fromMs + HISTORY_LOOK_MS; atMs <= toMs; atMs += HISTORY_LOOK_MS) {
      car.look(atMs, HISTORY_LOOK_MS);
      if (car.isOff !== off) {
        off = car.isOff;
        sampledMs = atMs;
        car.begin(atMs);
      }
      if (off || atMs - sampledMs < HISTORY_SPAN_MS) continue;
      past.add(car.sample(atMs, atMs - sampledMs));
      sampledMs = atMs;
    }
    while (past.waiting > 0 && (await this.#deliver(past)));
  }

  #switch(nowMs: number): void {
    this.#off = this.#car.isOff;
    this.#sampledMs = nowMs;
    if (!this.#off) this.#car.begin(nowMs);
    void this.#say(nowMs);
  }

  async #say(nowMs: number): Promise<void> {
    this.#saidMs = nowMs;
    if (this.#saying) return;
    this.#saying = true;
    const body = this.#car.now(nowMs, this.waiting);
    await this.#link.ask('/units/self/now', z.unknown(), {
      method: 'POST',
      body,
      timeoutMs: TIMEOUT_MS,
    });
    this.#saying = false;
  }

  async #send(nowMs: number): Promise<void> {
    this.#sentMs = nowMs;
    if (this.#sending || this.waiting === 0) return;
    this.#sending = true;
    await this.#deliver(this.#journal);
    this.#sending = false;
  }

  /** False: it did not arrive, as far as we know. */
  async #deliver(journal: Outgoing): Promise<boolean> {
    const body = journal.batch();
    const call = { method: 'POST', body, timeoutMs: TIMEOUT_MS } as const;
    const asked = await this.#link.ask('/units/self/samples', RECEIPT, call);
    if (asked.kind !== 'answer') return false;
    journal.forget(asked.body.through);
    return true;
  }
}

/** Samples with their numbers, until the platform has them; a made-up car has no disk. */
class Outgoing {
  readonly #journal = randomUUID();
  #samples: Sample[] = [];
  #sequence = 0;

  get waiting(): number {
    return this.#samples.length;
  }

  add(told: Told): void {
    this.#samples.push({ sequence: ++this.#sequence, ...told });
    if (this.#samples.length > WAITING_MOST) this.#samples.shift();
  }

  batch() {
    return { journal: this.#journal, samples: this.#samples.slice(0, SAMPLES_IN_BATCH_MAX) };
  }

  forget(through: number): void {
    this.#samples = this.#samples.filter(({ sequence }) => sequence > through);
  }
}
