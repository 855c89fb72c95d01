// The unit's own recorder: what its carriers are like, second by second, as drives that the lab
// and the simulator replay. When it cannot write it says so once, tries again each minute, and
// the unit drives on.
import { lineOf } from '@rmh/contract';
import type { Log } from '@rmh/contract/daemon';
import { DriveFiles } from './record-files.ts';
import type { Ended } from './record-looks.ts';
import { HEADS, probeLines, rowLines } from './record-text.ts';

export interface RecordSettings {
  readonly directory: string;
  readonly mostMb: number;
}

const RETRY_MS = 60_000;

export class Recorder {
  readonly #settings: RecordSettings;
  readonly #log: Log;
  readonly #files: DriveFiles;
  #opened = false;
  #lastMs = Number.NEGATIVE_INFINITY;
  /** Lines that wait for the end of the second. */
  #probes = '';
  /** Since when nothing can be written: the next try, or null. */
  #retryMs: number | null = null;

  constructor(settings: RecordSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
    this.#files = new DriveFiles(settings.directory, settings.mostMb * 1e6, HEADS);
  }

  take({ second, probes }: Ended, nowMs: number): void {
    this.#probes += probeLines(probes);
    if (second === null) return;
    const lines = rowLines(second.slice.atMs, second.rows);
    const probeText = this.#probes;
    this.#probes = '';
    if (lines === '' && probeText === '') return;
    if (this.#retryMs !== null && nowMs < this.#retryMs && nowMs >= this.#lastMs) return;
    this.#write(lines, probeText, nowMs);
    this.#lastMs = nowMs;
  }

  /** The end: what is still held back is written, and the part is packed. */
  async close(held: Ended['probes'], nowMs: number): Promise<void> {
    const probeText = this.#probes + probeLines(held);
    if (this.#opened && this.#retryMs === null && probeText !== '') {
      this.#write('', probeText, nowMs);
    }
    try {
      this.#files.closePart();
    } catch {
      // Nothing more is written, and what is there can be read.
    }
    await this.#files.packed();
  }

  #write(lines: string, probes: string, nowMs: number): void {
    const { directory, mostMb } = this.#settings;
    try {
      if (!this.#opened) this.#files.open();
      // The clock was set back: times in one file only rise.
      if (nowMs < this.#lastMs) this.#files.closePart();
      this.#files.append(lines, probes, nowMs);
      if (!this.#opened) this.#log.write('record.started', { directory, mostMb });
      else if (this.#retryMs !== null) this.#log.write('record.resumed', { directory });
      this.#opened = true;
      this.#retryMs = null;
    } catch (error) {
      this.#files.abandon();
      if (this.#retryMs === null) {
        this.#log.write('record.failed', { directory, message: lineOf(error) });
      }
      this.#retryMs = nowMs + RETRY_MS;
    }
  }
}
