// Where the vehicle is, as gpsd tells it (TCP, JSON lines: gpsd_json(5)). It is optional to
// everything: while gpsd is away there is no place, and it is tried again.
//
//   connect → WATCH → lines → placeOf → the last place, for as long as it is fresh
import { connect, type Socket } from 'node:net';
import { lineOf } from '@rmh/contract';
import type { Place } from '@rmh/contract/api';
import type { Log } from '@rmh/contract/daemon';
import { Backoff, pause } from '@rmh/contract/machine';
import { Lines } from './lines.ts';
import { placeOf } from './tpv.ts';

export interface Whereabouts {
  /** Null: not known, or no longer. */
  place(): Place | null;
  /** Until the signal. */
  run(signal: AbortSignal): Promise<void>;
}

export interface GpsdPorts {
  readonly log: Log;
  /** A clock that nobody sets. */
  readonly steadyMs: () => number;
}

/**
 * Receivers tell each second. At 100 km/h an ambulance is 280 m further after ten, and the live
 * picture is sent as seldom.
 */
const FRESH_MS = 10_000;
/** gpsd with a receiver says something each second, fix or none. */
const SILENCE_MS = 60_000;
const WATCH = '?WATCH={"enable":true,"json":true};\n';

export class Gpsd implements Whereabouts {
  readonly #at: { readonly host: string; readonly port: number };
  readonly #ports: GpsdPorts;
  readonly #backoff = new Backoff();
  #last: { readonly place: Place; readonly heardMs: number } | null = null;
  #said: 'nothing' | 'heard' | 'silent' = 'nothing';

  constructor(at: { readonly host: string; readonly port: number }, ports: GpsdPorts) {
    this.#at = at;
    this.#ports = ports;
  }

  // By when it was heard, and not by its own time: the clock of a unit may be wrong. A report
  // without a fix takes nothing back: another receiver of the same gpsd may have one.
  place(): Place | null {
    if (this.#last === null) return null;
    const ageMs = this.#ports.steadyMs() - this.#last.heardMs;
    return ageMs <= FRESH_MS ? this.#last.place : null;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const reason = await this.#listen(signal);
      if (signal.aborted) return;
      this.#silent(reason);
      await pause(this.#backoff.failedMs(), signal);
    }
  }

  /** Until the connection is over; returns why. */
  async #listen(signal: AbortSignal): Promise<string> {
    const { host, port } = this.#at;
    const socket = connect({ host, port, signal });
    const lines = new Lines();
    socket.setEncoding('utf8');
    socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error('gpsd says nothing')));
    socket.on('connect', () => socket.write(WATCH));
    socket.on('data', (piece) => this.#heard(lines.take(String(piece))));
    return await endOf(socket);
  }

  #heard(lines: readonly string[]): void {
    for (const line of lines) {
      const place = placeOf(line);
      if (place === null) continue;
      this.#last = { place, heardMs: this.#ports.steadyMs() };
      // Only now: a server that lets one in and sends one off is none that does.
      this.#backoff.succeeded();
      if (this.#said !== 'heard') this.#ports.log.write('gps.heard', this.#at);
      this.#said = 'heard';
    }
  }

  #silent(message: string): void {
    if (this.#said !== 'silent') this.#ports.log.write('gps.silent', { message });
    this.#said = 'silent';
  }
}

async function endOf(socket: Socket): Promise<string> {
  return await new Promise((resolve) => {
    let reason = 'gpsd closed the connection';
    socket.on('error', (error) => {
      reason = lineOf(error);
    });
    socket.on('close', () => resolve(reason));
  });
}
