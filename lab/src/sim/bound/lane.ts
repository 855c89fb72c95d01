// One direction of one carrier over a run, as the all-knowing sender sees it: how much is served
// when, and how long it flies then. Chance is left out: no loss, no jitter.
import { present } from '@rmh/base';
import { type Direction, directionOf } from '../../carriers/condition.ts';
import { indexAt, type Timeline } from '../../carriers/timeline.ts';

/** Piece i holds from startUs[i] until startUs[i + 1]; the last one for ever. */
export interface Lane {
  readonly startUs: Float64Array;
  /** Outer bytes served per µs; 0 while the link stands still. */
  readonly bytesPerUs: Float64Array;
  readonly oneWayUs: Float64Array;
  /** 1 where the link discards what it holds, also what it has served in part. */
  readonly drops: Uint8Array;
  /**
   * When a packet arrives at the earliest that is served in part in this piece and completed in a
   * later one: the delay that counts is the one at its completion.
   */
  readonly laterArrivalUs: Float64Array;
}

/** An unlimited link serves a full packet in 1.5 ns: nothing, and arithmetic stays finite. */
const BYTES_PER_US_MAX = 1e6;

/** The carrier as `Playback` plays it once over a window: the last condition stays. */
export function laneOf(timeline: Timeline, direction: Direction, lengthMs: number): Lane {
  const pieces: Piece[] = [];
  for (let i = indexAt(timeline, 0); i < timeline.startMs.length; i++) {
    const startMs = present(timeline.startMs[i], 'a piece has a start');
    if (startMs >= lengthMs && pieces.length > 0) break;
    const condition = present(timeline.conditions[i], 'as many conditions as starts');
    const { rateKbps, oneWayUs, state } = directionOf(condition, direction);
    pieces.push({
      startUs: pieces.length === 0 ? 0 : startMs * 1000,
      bytesPerUs: state === 'up' ? Math.min(rateKbps / 8000, BYTES_PER_US_MAX) : 0,
      oneWayUs,
      drops: state === 'drops',
    });
  }
  return laneOfPieces(pieces);
}

export interface Piece {
  readonly startUs: number;
  readonly bytesPerUs: number;
  readonly oneWayUs: number;
  readonly drops: boolean;
}

export function laneOfPieces(pieces: readonly Piece[]): Lane {
  const laterArrivalUs = new Float64Array(pieces.length);
  let laterUs = Number.POSITIVE_INFINITY;
  for (const [i, { startUs, bytesPerUs, oneWayUs, drops }] of [...pieces.entries()].reverse()) {
    laterArrivalUs[i] = laterUs;
    if (drops) laterUs = Number.POSITIVE_INFINITY;
    else if (bytesPerUs > 0) laterUs = Math.min(laterUs, startUs + oneWayUs);
  }
  return {
    startUs: Float64Array.from(pieces, ({ startUs }) => startUs),
    bytesPerUs: Float64Array.from(pieces, ({ bytesPerUs }) => bytesPerUs),
    oneWayUs: Float64Array.from(pieces, ({ oneWayUs }) => oneWayUs),
    drops: Uint8Array.from(pieces, ({ drops }) => (drops ? 1 : 0)),
    laterArrivalUs,
  };
}

/** The last moment of this piece at which to serve a byte that is due by deadlineUs. */
export function latestServiceUs(lane: Lane, piece: number, deadlineUs: number): number {
  if ((lane.laterArrivalUs[piece] ?? 0) <= deadlineUs) return Number.POSITIVE_INFINITY;
  return deadlineUs - (lane.oneWayUs[piece] ?? 0);
}

/** The piece in force at timeUs, sought forward from `piece`. */
export function pieceAt(lane: Lane, piece: number, timeUs: number): number {
  while ((lane.startUs[piece + 1] ?? Number.POSITIVE_INFINITY) <= timeUs) piece++;
  return piece;
}
