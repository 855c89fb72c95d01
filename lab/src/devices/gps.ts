// A lab vehicle's receiver: a server that speaks gpsd's protocol (gpsd_json(5)) and drives a made-
// up route. It reports each second and does not stand for long: whoever looks sees it move.
import { createServer, type Server, type Socket } from 'node:net';
import { largestTowns } from '../fleet/geography.ts';
import { Motion, type Whereabouts } from '../fleet/motion.ts';

/** gpsd's own, and what a unit asks by default. */
export const GPSD_PORT = 2947;
const TICK_MS = 1_000;
/** So long it stands at a place before the hours that it would stay there are left out. */
const STAND_MS_MAX = 60_000;
const DEVICE = '/dev/lab0';
const GREETING = { class: 'VERSION', release: 'lab', rev: 'lab', proto_major: 3, proto_minor: 14 };
const WATCHED = [
  { class: 'DEVICES', devices: [{ class: 'DEVICE', path: DEVICE, activated: 1 }] },
  { class: 'WATCH', enable: true, json: true, nmea: false, raw: 0, scaled: false, pps: false },
];

/** Where the vehicle of that number is: out from the largest town of a region, and back. */
export class Route {
  readonly #motion: Motion;
  #atMs = 0;
  #stoodMs = STAND_MS_MAX;

  /** `vehicle` counts from 1, as the workshop hands them out to the regions. */
  constructor(vehicle: number, seed: number) {
    const homes = largestTowns();
    const home = homes[(vehicle - 1) % homes.length];
    if (home === undefined) throw new Error('the country has no towns');
    this.#motion = new Motion(home.town, seed + vehicle, 0);
  }

  /** After so much more time. */
  drive(ms: number): Whereabouts {
    this.#atMs += ms;
    let here = this.#motion.at(this.#atMs);
    this.#stoodMs = here.speedMs > 0 ? 0 : this.#stoodMs + ms;
    while (this.#stoodMs >= STAND_MS_MAX && here.speedMs === 0) {
      this.#atMs += ms;
      here = this.#motion.at(this.#atMs);
    }
    return here;
  }
}

/** Serves until it is closed, and drives whether somebody watches or not. */
export function openGps(route: Route): Server {
  const watchers = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('close', () => watchers.delete(socket));
    socket.write(linesOf([GREETING]));
    socket.on('data', (asked) => {
      if (!String(asked).includes('?WATCH=')) return;
      if (!watchers.has(socket)) socket.write(linesOf(WATCHED));
      watchers.add(socket);
    });
  });
  const timer = setInterval(() => {
    const report = linesOf([reportOf(route.drive(TICK_MS), new Date())]);
    for (const socket of watchers) socket.write(report);
  }, TICK_MS);
  server.on('close', () => clearInterval(timer));
  return server;
}

export function reportOf({ latitude, longitude, speedMs, headingDeg }: Whereabouts, at: Date) {
  const place = { lat: latitude, lon: longitude, speed: speedMs, track: headingDeg };
  return { class: 'TPV', device: DEVICE, mode: 3, time: at.toISOString(), ...place };
}

function linesOf(words: readonly object[]): string {
  return words.map((word) => `${JSON.stringify(word)}\r\n`).join('');
}
