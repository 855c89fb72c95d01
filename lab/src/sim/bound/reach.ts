// Can one packet, with every carrier to itself, come in time at all? Packets that cannot are
// taken out before the sweep, which would otherwise split them over carriers and over outages.
import { present } from '@rmh/base';
import type { Demand } from './demand.ts';
import { type Lane, pieceAt } from './lane.ts';

/** Asked in the order of releases. */
export class Reach {
  readonly #lanes: readonly Lane[];
  readonly #pieces: Int32Array;

  constructor(lanes: readonly Lane[]) {
    this.#lanes = lanes;
    this.#pieces = new Int32Array(lanes.length);
  }

  isInTime({ outerBytes, releaseUs, deadlineUs }: Demand): boolean {
    for (let i = 0; i < this.#lanes.length; i++) {
      const lane = present(this.#lanes[i], 'a lane');
      const piece = pieceAt(lane, this.#pieces[i] ?? 0, releaseUs);
      this.#pieces[i] = piece;
      if (arrivesBy(lane, piece, outerBytes, releaseUs, deadlineUs)) return true;
    }
    return false;
  }
}

/** Served from releaseUs on, begun anew after each outage that drops, then flown. */
function arrivesBy(
  lane: Lane,
  piece: number,
  outerBytes: number,
  releaseUs: number,
  deadlineUs: number,
): boolean {
  let leftBytes = outerBytes;
  for (let fromUs = releaseUs; fromUs < deadlineUs; piece++) {
    const untilUs = lane.startUs[piece + 1] ?? Number.POSITIVE_INFINITY;
    const bytesPerUs = lane.bytesPerUs[piece] ?? 0;
    const oneWayUs = lane.oneWayUs[piece] ?? 0;
    if (lane.drops[piece] === 1) leftBytes = outerBytes;
    else if (leftBytes > 0 && bytesPerUs > 0) {
      const doneUs = fromUs + leftBytes / bytesPerUs;
      if (doneUs <= untilUs && doneUs + oneWayUs <= deadlineUs) return true;
      leftBytes = Math.max(0, leftBytes - (untilUs - fromUs) * bytesPerUs);
      // Too late with this delay; a sender may also wait for a shorter one.
    } else if (leftBytes === 0 && bytesPerUs > 0 && fromUs + oneWayUs <= deadlineUs) return true;
    fromUs = untilUs;
  }
  return false;
}
