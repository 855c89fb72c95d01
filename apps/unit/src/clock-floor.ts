// The floor of the handshake clock. A gateway refuses a handshake whose timestamp is not above
// the last one it saw, so a unit whose clock is set back (a flat battery, a wrong GPS fix) would
// be shut out. The value on disk is always ahead of every timestamp that was used.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, lineOf } from '@rmh/contract';
import { type Log, writeAtomically } from '@rmh/contract/daemon';

// Written ahead by two minutes, so one write serves a minute of handshakes and the disk of a
// vehicle sees at most 60 small writes an hour.
const AHEAD_US = 120_000_000;
const NEAR_US = 60_000_000;

export class ClockFloor {
  readonly #path: string;
  readonly #log: Log;
  #writtenUs = 0;
  #writeFailed = false;

  constructor(stateDirectory: string, log: Log) {
    this.#path = join(stateDirectory, 'handshake-clock');
    this.#log = log;
  }

  /** Microseconds since 1970; 0 where nothing was kept. */
  read(systemUs: number): number {
    try {
      this.#writtenUs = parseFloor(readFileSync(this.#path, 'utf8'));
    } catch (error) {
      this.#writtenUs = 0;
      // The first start of a new unit has no floor, and that is no news.
      if (errnoOf(error) === 'ENOENT') return 0;
      this.#log.write('clock.floor_unreadable', { message: lineOf(error) });
      return 0;
    }
    // Up to AHEAD_US behind is our own writing ahead, not the clock's fault.
    const behindUs = this.#writtenUs - AHEAD_US - systemUs;
    if (behindUs > 0) this.#log.write('clock.behind', { seconds: Math.ceil(behindUs / 1e6) });
    return this.#writtenUs;
  }

  /** A timestamp was used. */
  used(us: number): void {
    if (us < this.#writtenUs - NEAR_US) return;
    const nextUs = us + AHEAD_US;
    try {
      writeAtomically(this.#path, `${nextUs}\n`);
      this.#writtenUs = nextUs;
      this.#writeFailed = false;
    } catch (error) {
      if (!this.#writeFailed) {
        this.#log.write('clock.floor_unwritable', { message: lineOf(error) });
      }
      this.#writeFailed = true; // tried again at the next timestamp, said once
    }
  }
}

function parseFloor(text: string): number {
  const us = /^\d{1,16}\n?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(us)) throw new Error('handshake-clock does not hold a number');
  return us;
}
