// For the tests of bearers here: packets at given times over a window, and what becomes of them.
import { Chronicle } from '../chronicle.ts';
import { NO_FAULTS } from '../faults.ts';
import { LEAD_US, SimRoad } from '../road.ts';
import type { Bearer, DriveWindow, Road, SimPacket } from '../types.ts';
import { World } from '../world.ts';

/** `atUs` from the start of the window; `id` is filled in by its place. */
export interface Sending extends Omit<SimPacket, 'id'> {
  readonly atUs: number;
}

export interface Played {
  /** First arrival of each sending, µs from the start of the window; null: never. */
  readonly arrivedUs: readonly (number | null)[];
  readonly bytesOffered: number;
  readonly bearer: Bearer;
}

/** Plays until `untilMs` of the window. Sendings in the order of their times. */
export function play(
  window: DriveWindow,
  make: (road: Road) => Bearer,
  sendings: readonly Sending[],
  untilMs = window.lengthMs,
  seed = 1,
): Played {
  const world = new World();
  const arrivedUs: (number | null)[] = sendings.map(() => null);
  const road = new SimRoad({
    world,
    window,
    faults: NO_FAULTS,
    seed,
    chronicle: new Chronicle(window.carriers.map(({ name }) => name)),
    onDelivery: ({ id }, nowUs) => {
      arrivedUs[id] ??= nowUs - LEAD_US;
    },
  });
  const bearer = make(road);
  road.carry(bearer);
  const alarm = world.add({
    wake: (nowUs) => {
      bearer.poll(nowUs);
      world.arm(alarm, bearer.nextDeadlineUs);
    },
  });
  let next = 0;
  const sender = world.add({
    wake: (nowUs) => {
      for (let sending = sendings[next]; sending !== undefined; sending = sendings[next]) {
        if (sending.atUs + LEAD_US > nowUs) {
          world.arm(sender, sending.atUs + LEAD_US);
          break;
        }
        bearer.send({ ...sending, id: next++ }, nowUs);
      }
      world.arm(alarm, bearer.nextDeadlineUs);
    },
  });
  world.arm(alarm, bearer.nextDeadlineUs);
  world.arm(sender, LEAD_US);
  world.run(LEAD_US + untilMs * 1000);
  return { arrivedUs, bytesOffered: road.bytesOffered, bearer };
}

/** One packet each `everyMs` from `fromMs` to `toMs`. */
export function steadily(
  everyMs: number,
  fromMs: number,
  toMs: number,
  more: Partial<Sending> = {},
): Sending[] {
  const sendings: Sending[] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += everyMs) {
    const plain = { side: 'car', class: 'critical', bucket: 0, bytes: 200 } as const;
    sendings.push({ ...plain, ...more, atUs: atMs * 1000 });
  }
  return sendings;
}
