// One vehicle of the simulated fleet: asked at rising times, it tells what a unit would have.
import { Random } from '@rmh/base';
import type { CarrierSample, NowSent, Outage, Sample } from '@rmh/contract/api';
import { type AreaOutage, CARRIERS, isOut, kmBetween, receptionAt } from './coverage.ts';
import type { Home } from './geography.ts';
import { Motion, type Whereabouts } from './motion.ts';

/** What stands in a sample beside its number. */
export type Told = Omit<Sample, 'sequence'>;

interface Line {
  up: boolean;
  sinceMs: number;
  /** Of the sample that is being lived, ms, as far as `countedMs`. */
  upMs: number;
  countedMs: number;
  level: number;
  outage: Outage | null;
}

/** How soon the tunnel moves its traffic, as measured for the real one (docs/acceptance.md). */
const MOVED_AFTER_MS = 60;
const SOFTWARE = 'simulated';

export class SimulatedCar {
  readonly #home: Home;
  readonly #motion: Motion;
  readonly #random: Random;
  readonly #outages: readonly AreaOutage[];
  readonly #lines: Line[];
  #service: Line;
  #numbers = 0;
  #finished: Outage[] = [];
  #recent: Outage[] = [];
  #began = true;
  #where: Whereabouts;

  constructor(home: Home, seed: number, startMs: number, outages: readonly AreaOutage[]) {
    this.#home = home;
    this.#motion = new Motion(home.town, seed, startMs);
    this.#random = new Random(seed + 0.5 * 2 ** 32);
    this.#outages = outages;
    const line = (): Line => {
      return { up: true, sinceMs: startMs, upMs: 0, countedMs: startMs, level: 1, outage: null };
    };
    this.#lines = CARRIERS.map(line);
    this.#service = line();
    this.#where = this.#motion.at(startMs);
  }

  get isOff(): boolean {
    return this.#where.off;
  }

  /**
   * Lives on to `atMs` and says whether a carrier came or went. Looked at each second or so: a
   * change is dated to a moment since the last look.
   */
  look(atMs: number, lookMs: number): boolean {
    this.#where = this.#motion.at(atMs);
    if (this.#where.off) return false;
    const { latitude, longitude } = this.#where;
    const { town } = this.#home;
    const kmToTown = kmBetween(latitude, longitude, town.latitude, town.longitude);
    let changed = false;
    for (const [i, carrier] of CARRIERS.entries()) {
      const { up, level } = receptionAt(carrier, latitude, longitude, kmToTown);
      const line = this.#lines[i] as Line;
      line.level = level;
      const answers = up && !isOut(this.#outages, carrier.key, latitude, longitude, atMs);
      if (this.#turn(line, answers, carrier.key, atMs, lookMs)) changed = true;
    }
    const served = this.#lines.some(({ up }) => up);
    return this.#turn(this.#service, served, null, atMs, lookMs) || changed;
  }

  now(atMs: number, waiting: number): NowSent {
    return {
      atMs,
      up: this.#service.up,
      sinceMs: this.#service.sinceMs,
      gateway: 'gateway1',
      place: this.#place(),
      carriers: this.#lines.map((line, i) => ({
        link: CARRIERS[i]?.key ?? '',
        state: line.up ? 'up' : 'down',
        sinceMs: line.sinceMs,
        rttMs: line.up ? this.#rttMs(i) : null,
        lossShare: line.up ? lossOf(line.level) : null,
        radio: this.#radio(line),
      })),
      outages: [...this.#open(), ...this.#recent].slice(0, 5),
      softwareVersion: SOFTWARE,
      configurationVersion: null,
      waiting,
      goodbye: this.#where.off,
    };
  }

  /** The span before `endMs`, which the looks since have covered. */
  sample(endMs: number, spanMs: number): Told {
    const atMs = endMs - spanMs;
    const [serviceMs = 0, ...upMs] = [this.#service, ...this.#lines].map((line) => {
      return Math.min(spanMs, taken(line, endMs));
    });
    const told: Told = {
      atMs,
      spanMs,
      previous: this.#began ? 'stopped' : null,
      upMs: serviceMs,
      downMs: spanMs - serviceMs,
      gateway: 'gateway1',
      place: this.#place(),
      health: {
        cpuShare: 0.2 + 0.1 * this.#random.unit(),
        memoryShare: 0.4,
        diskShare: 0.1,
        temperatureC: Math.round(30 + 15 * this.#random.unit()),
        supply: 'ignition',
      },
      carriers: this.#lines.map((line, i) => this.#carrier(i, line, upMs[i] ?? 0, spanMs)),
      classes: this.#classes(spanMs, serviceMs),
      outages: [...this.#finished, ...this.#open()].slice(0, 100),
    };
    this.#finished = [];
    this.#began = false;
    return told;
  }

  /** It was switched off: the next sample begins a run. */
  begin(atMs: number): void {
    this.#began = true;
    for (const line of [...this.#lines, this.#service]) {
      line.sinceMs = line.countedMs = atMs;
      line.upMs = 0;
    }
  }

  #turn(line: Line, up: boolean, link: string | null, atMs: number, lookMs: number): boolean {
    if (line.up === up) return false;
    const drawnMs = Math.round(atMs - this.#random.unit() * lookMs);
    const turnedMs = Math.max(line.countedMs, drawnMs);
    count(line, turnedMs);
    line.up = up;
    line.sinceMs = turnedMs;
    if (!up) line.outage = this.#outage(link, turnedMs);
    else if (line.outage !== null) {
      const lasted = turnedMs - line.outage.fromMs;
      const frozenMs = link === null ? lasted : line.outage.frozenMs;
      const criticalLost = link === null ? Math.round(lasted / 25) : 0;
      const ended = { ...line.outage, toMs: turnedMs, frozenMs, criticalLost };
      line.outage = null;
      this.#finished.push(ended);
      this.#recent = [ended, ...this.#recent].slice(0, 3);
    }
    return true;
  }

  #outage(link: string | null, fromMs: number): Outage {
    const left = this.#lines.findIndex(({ up }) => up);
    const movedTo = link === null ? null : (CARRIERS[left]?.key ?? null);
    return {
      number: ++this.#numbers,
      link,
      fromMs,
      toMs: null,
      movedTo,
      movedAfterMs: movedTo === null ? null : MOVED_AFTER_MS,
      criticalLost: 0,
      frozenMs: movedTo === null ? 0 : MOVED_AFTER_MS,
    };
  }

  #open(): Outage[] {
    return [...this.#lines, this.#service].flatMap(({ outage }) => outage ?? []);
  }

  #carrier(i: number, line: Line, upMs: number, spanMs: number): CarrierSample {
    const share = upMs / spanMs;
    const packets = Math.round((spanMs / 1000) * (i === 0 ? 180 : 45) * share);
    const lost = Math.round(packets * lossOf(line.level));
    return {
      link: CARRIERS[i]?.key ?? '',
      state: line.up ? 'up' : 'down',
      upMs,
      downMs: spanMs - upMs,
      rttMs: upMs > 0 ? this.#rttMs(i) : null,
      lossShare: upMs > 0 ? lossOf(line.level) : null,
      packetsSent: packets,
      packetsLost: lost,
      bytesSent: packets * 900,
      bytesReceived: packets * 500,
      bytesDuplicated: Math.round(packets * 100),
      radio: this.#radio(line),
    };
  }

  #classes(spanMs: number, serviceMs: number): Sample['classes'] {
    const share = serviceMs / spanMs;
    const of = (name: Sample['classes'][number]['class'], perSecond: number) => {
      const sent = Math.round((spanMs / 1000) * perSecond);
      const lost = Math.round(sent * (1 - share));
      return {
        class: name,
        sent,
        received: sent - lost,
        repaired: 0,
        late: 0,
        lost,
        quietMs: spanMs - serviceMs,
      };
    };
    return [of('critical', 45), of('realtime', 210), of('interactive', 20), of('bulk', 5)];
  }

  #place() {
    const { latitude, longitude, speedMs, headingDeg } = this.#where;
    const rounded = (value: number) => Math.round(value * 1e5) / 1e5;
    return {
      latitude: rounded(latitude),
      longitude: rounded(longitude),
      speedMs: Math.round(speedMs * 10) / 10,
      headingDeg: Math.round(headingDeg),
    };
  }

  #rttMs(i: number): number {
    const { level } = this.#lines[i] as Line;
    const least = CARRIERS[i]?.rttMs ?? 40;
    return Math.round(least * (1 + (1 - level) * 0.8) + this.#random.exponential(4));
  }

  #radio(line: Line) {
    const rsrpDbm = Math.round(-122 + 50 * line.level);
    return line.up
      ? {
          technology: 'lte' as const,
          rsrpDbm,
          rsrqDb: -11,
          sinrDb: Math.round(25 * line.level),
          cell: null,
        }
      : null;
  }
}

function count(line: Line, toMs: number): void {
  if (line.up) line.upMs += toMs - line.countedMs;
  line.countedMs = toMs;
}

/** How long it was up since the last sample; the next begins. */
function taken(line: Line, endMs: number): number {
  count(line, endMs);
  const { upMs } = line;
  line.upMs = 0;
  return upMs;
}

function lossOf(level: number): number {
  return Math.round(Math.max(0, 0.03 * (1 - 4 * level)) * 1e4) / 1e4;
}
