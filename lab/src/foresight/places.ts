// Where a drive was, second by second: the square of the ground and the direction of travel.
import type { Drive, Position } from '../drives/drive.ts';

const METRES_A_DEGREE = 111_200;
const HEADINGS = 8;
/** Nearer than this to the last place, a direction is only noise of the receiver. */
const MOVED_M_LEAST = 15;

/**
 * For ascending times: "row column heading" of a square of `cellM` metres, or null where the drive
 * has no positions.
 */
export function placesOf(drive: Drive, cellM: number): (tMs: number) => string | null {
  let before: Position | null = null;
  let heading = -1;
  return (tMs) => {
    const here = drive.position(tMs);
    if (here === null) return null;
    before ??= here;
    const northM = (here.lat - before.lat) * METRES_A_DEGREE;
    const eastM = (here.lon - before.lon) * metresALongitude(here.lat);
    if (Math.hypot(northM, eastM) >= MOVED_M_LEAST) {
      const turns = Math.atan2(eastM, northM) / (2 * Math.PI);
      heading = Math.round(turns * HEADINGS + HEADINGS) % HEADINGS;
      before = here;
    }
    const row = Math.floor((here.lat * METRES_A_DEGREE) / cellM);
    // The latitude of the row, not of the car: a column must not slant within its row.
    const rowLat = (row * cellM) / METRES_A_DEGREE;
    const column = Math.floor((here.lon * metresALongitude(rowLat)) / cellM);
    return `${row} ${column} ${heading}`;
  };
}

function metresALongitude(lat: number): number {
  return METRES_A_DEGREE * Math.cos((lat * Math.PI) / 180);
}
