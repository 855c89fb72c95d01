// How many bytes of some demands all lanes together can serve in time, if bytes could be split at
// will: at every moment each lane serves the demand with the earliest deadline that would still
// arrive in time over it. docs/bound.md says why no schedule serves more.
import { present } from '@rmh/base';
import { type Lane, latestServiceUs, pieceAt } from './lane.ts';

/** Demands of one direction as columns, in the order of their releases. */
export interface DemandTable {
  readonly count: number;
  readonly releaseUs: Float64Array;
  readonly deadlineUs: Float64Array;
  readonly outerBytes: Float64Array;
  readonly group: Uint8Array;
}

/** Bytes served in time of the demands whose group lies in [fromGroup, toGroup]. */
export function servedBytes(
  lanes: readonly Lane[],
  table: DemandTable,
  fromGroup: number,
  toGroup: number,
): number {
  return new Sweep(lanes, table, fromGroup, toGroup).run();
}

const NONE = -1;

class Sweep {
  readonly #table: DemandTable;
  readonly #fromGroup: number;
  readonly #toGroup: number;
  readonly #lanes: readonly Lane[];
  readonly #pieces: Int32Array;
  readonly #changeUs: Float64Array;
  /** The demand that each lane serves now. */
  readonly #target: Int32Array;
  /** Released, unfinished and not too late, by deadline. */
  readonly #active: number[] = [];
  readonly #leftBytes: Float64Array;
  readonly #speed: Float64Array;
  #nextDemand = 0;
  #nowUs = 0;
  #servedBytes = 0;

  constructor(lanes: readonly Lane[], table: DemandTable, fromGroup: number, toGroup: number) {
    this.#lanes = lanes;
    this.#table = table;
    this.#fromGroup = fromGroup;
    this.#toGroup = toGroup;
    this.#pieces = new Int32Array(lanes.length);
    this.#changeUs = Float64Array.from(lanes, changeOf(0));
    this.#target = new Int32Array(lanes.length);
    this.#leftBytes = Float64Array.from(table.outerBytes);
    this.#speed = new Float64Array(table.count);
    this.#skipOthers();
  }

  run(): number {
    for (;;) {
      this.#admit();
      this.#dropLate();
      if (this.#active.length === 0) {
        if (this.#nextDemand === this.#table.count) return this.#servedBytes;
        this.#nowUs = this.#nextReleaseUs();
        continue;
      }
      this.#step();
    }
  }

  /** Serves until anything changes: a release, a lane, a demand finished or too late for a lane. */
  #step(): void {
    const { deadlineUs } = this.#table;
    let untilUs = Math.min(this.#nextReleaseUs(), deadlineUs[this.#active.at(-1) ?? 0] ?? 0);
    for (let i = 0; i < this.#lanes.length; i++) untilUs = Math.min(untilUs, this.#assign(i));
    let finished = NONE;
    for (let i = 0; i < this.#lanes.length; i++) {
      const demand = this.#target[i] ?? NONE;
      if (demand === NONE) continue;
      const doneUs = this.#nowUs + (this.#leftBytes[demand] ?? 0) / (this.#speed[demand] ?? 0);
      if (doneUs > untilUs) continue;
      untilUs = doneUs;
      finished = demand;
    }
    this.#serve(untilUs - this.#nowUs);
    // Named, not found by a zero: rounding must not leave crumbs that stop the clock.
    if (finished !== NONE) this.#finish(finished);
    this.#nowUs = untilUs;
  }

  /** Gives the lane its demand; returns when that choice has to be made anew. */
  #assign(index: number): number {
    const lane = present(this.#lanes[index], 'a lane');
    if ((this.#changeUs[index] ?? 0) <= this.#nowUs) {
      const piece = pieceAt(lane, this.#pieces[index] ?? 0, this.#nowUs);
      this.#pieces[index] = piece;
      this.#changeUs[index] = changeOf(piece)(lane);
    }
    this.#target[index] = NONE;
    const changeUs = this.#changeUs[index] ?? 0;
    const piece = this.#pieces[index] ?? 0;
    const bytesPerUs = lane.bytesPerUs[piece] ?? 0;
    if (bytesPerUs <= 0) return changeUs;
    for (const demand of this.#active) {
      const latestUs = latestServiceUs(lane, piece, this.#table.deadlineUs[demand] ?? 0);
      if (latestUs <= this.#nowUs) continue;
      this.#target[index] = demand;
      this.#speed[demand] = (this.#speed[demand] ?? 0) + bytesPerUs;
      return Math.min(changeUs, latestUs);
    }
    return changeUs;
  }

  #serve(elapsedUs: number): void {
    for (const demand of this.#target) {
      if (demand === NONE) continue;
      const bytes = Math.min(
        this.#leftBytes[demand] ?? 0,
        elapsedUs * (this.#speed[demand] ?? 0), // 0 for the second lane on the same demand
      );
      this.#leftBytes[demand] = (this.#leftBytes[demand] ?? 0) - bytes;
      this.#servedBytes += bytes;
      this.#speed[demand] = 0;
    }
  }

  #finish(demand: number): void {
    this.#servedBytes += this.#leftBytes[demand] ?? 0;
    this.#leftBytes[demand] = 0;
    this.#active.splice(this.#active.indexOf(demand), 1);
  }

  #admit(): void {
    const { releaseUs, deadlineUs, count } = this.#table;
    while (this.#nextDemand < count && (releaseUs[this.#nextDemand] ?? 0) <= this.#nowUs) {
      const demand = this.#nextDemand++;
      this.#skipOthers();
      let at = this.#active.length;
      while (at > 0 && (deadlineUs[this.#active[at - 1] ?? 0] ?? 0) > (deadlineUs[demand] ?? 0)) {
        at--;
      }
      this.#active.splice(at, 0, demand);
    }
  }

  #dropLate(): void {
    let late = 0;
    while (
      late < this.#active.length &&
      (this.#table.deadlineUs[this.#active[late] ?? 0] ?? 0) <= this.#nowUs
    ) {
      late++;
    }
    if (late > 0) this.#active.splice(0, late);
  }

  #skipOthers(): void {
    const { group, count } = this.#table;
    while (this.#nextDemand < count) {
      const its = group[this.#nextDemand] ?? 0;
      if (its >= this.#fromGroup && its <= this.#toGroup) return;
      this.#nextDemand++;
    }
  }

  #nextReleaseUs(): number {
    return this.#table.releaseUs[this.#nextDemand] ?? Number.POSITIVE_INFINITY;
  }
}

function changeOf(piece: number): (lane: Lane) => number {
  return ({ startUs }) => startUs[piece + 1] ?? Number.POSITIVE_INFINITY;
}
