// Draws `./rmh up`: in a terminal the view in place, twice a second; elsewhere a block of lines
// each ten seconds, for logs.
import type { WriteStream } from 'node:tty';
import type { Watcher } from './conduct.ts';
import type { RunPhase, Snapshot } from './protocol.ts';
import { SentBefore, type VehicleFigures, vehicleFigures } from './up-figures.ts';
import { frameLines } from './up-view.ts';
import type { Words } from './words.ts';

const BLOCK_EVERY_MS = 10_000;
const TO_OTHER_SCREEN = '\x1b[?1049h\x1b[?25l';
const BACK_TO_FIRST_SCREEN = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_TO_LINE_END = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

export class Screen implements Watcher {
  readonly #words: Words;
  readonly #seconds: number | null;
  readonly #out: WriteStream;
  readonly #sentBefore = new SentBefore();
  #isOther = false;
  #head: readonly string[] = [];
  #notice: string | null = null;
  #nextBlockMs = BLOCK_EVERY_MS;

  constructor(words: Words, seconds: number | null, out: WriteStream) {
    this.#words = words;
    this.#seconds = seconds;
    this.#out = out;
  }

  /** Lines that stay above the view, such as an address to open: never cut, so that they can be. */
  keepAbove(lines: readonly string[]): void {
    this.#head = lines;
  }

  onPhase(phase: RunPhase): void {
    const text = this.#words.phases[phase];
    if (phase === 'draining') this.#notice = text;
    else if (phase !== 'running' || !this.#out.isTTY) this.#out.write(`${text}\n`);
  }

  onSnapshot(snapshot: Snapshot): void {
    const vehicles = snapshot.vehicles.map(vehicleFigures);
    this.#sentBefore.note(snapshot.elapsedMs, vehicles);
    if (this.#out.isTTY) this.#draw(this.#lines(snapshot, vehicles));
    else this.#printBlock(snapshot, vehicles);
  }

  onStop(): void {
    this.#notice = this.#words.stopping;
    if (!this.#out.isTTY) this.#out.write(`${this.#notice}\n`);
  }

  onEnd(): void {
    if (this.#isOther) this.#out.write(BACK_TO_FIRST_SCREEN);
    this.#isOther = false;
  }

  #lines(snapshot: Snapshot, vehicles: readonly VehicleFigures[]): string[] {
    const { elapsedMs, gateways } = snapshot;
    const frame = { elapsedMs, seconds: this.#seconds, vehicles, gateways, notice: this.#notice };
    return frameLines(frame, this.#sentBefore, this.#words);
  }

  /** All in one write, each line over its old self: nothing flickers. */
  #draw(lines: readonly string[]): void {
    const { rows, columns } = this.#out;
    const headRows = this.#head.reduce((sum, line) => sum + Math.ceil(line.length / columns), 0);
    const shown = lines.slice(0, rows - 1 - headRows).map((line) => line.slice(0, columns - 1));
    const body = [...this.#head, ...shown].map((line) => line + CLEAR_TO_LINE_END).join('\n');
    const before = this.#isOther ? HOME : TO_OTHER_SCREEN + HOME;
    this.#isOther = true;
    this.#out.write(`${before}${body}${CLEAR_TO_LINE_END}\n${CLEAR_BELOW}`);
  }

  #printBlock(snapshot: Snapshot, vehicles: readonly VehicleFigures[]): void {
    if (snapshot.elapsedMs < this.#nextBlockMs) return;
    this.#nextBlockMs += BLOCK_EVERY_MS;
    this.#out.write(`${this.#lines(snapshot, vehicles).join('\n')}\n\n`);
  }
}
