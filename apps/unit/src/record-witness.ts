// Who sees everything that happens to the unit, and remembers it: the history that the status
// socket is asked for, and the drive on disk when one is recorded.
import {
  type DataplaneEvent,
  type DataplaneStatus,
  type HistoryEvent,
  HistoryRing,
  type HistorySlice,
  type LinkStatus,
  type LogFields,
} from '@rmh/contract';
import type { Answer, Log } from '@rmh/contract/daemon';
import type { Recorder } from './record.ts';
import { type HistoryFile, MINUTE_MS, minuteOf } from './record-history.ts';
import { Looks } from './record-looks.ts';

export interface WitnessPorts {
  readonly name: string;
  readonly log: Log;
  readonly file: HistoryFile;
  /** Null: no drive is recorded. */
  readonly recorder: Recorder | null;
  /** Unix ms, and ms of a clock that nobody sets. */
  nowMs(): number;
  steadyMs(): number;
}

/** NTP moves a clock by less in 0.2 s; a fix after a flat battery by far more. */
const STEP_MS_MIN = 1_000;

export class Witness {
  readonly #ports: WitnessPorts;
  readonly #ring: HistoryRing;
  readonly #looks = new Looks();
  #recorder: Recorder | null;
  /** The recording before this one is still being packed. */
  #changing: Promise<void> = Promise.resolve();
  #minute: HistorySlice[] = [];
  #clockMs: number | null = null;

  constructor(ports: WitnessPorts) {
    this.#ports = ports;
    this.#recorder = ports.recorder;
    this.#ring = new HistoryRing(ports.name, ports.nowMs());
    const { events, slices } = ports.file.read();
    for (const slice of slices) this.#ring.add(slice);
    for (const event of events) this.#ring.note(event);
  }

  /** The second that is over with this look, or null. */
  look(status: DataplaneStatus | null, links: readonly LinkStatus[]): HistorySlice | null {
    const nowMs = this.#ports.nowMs();
    this.#watchClock(nowMs);
    if (status === null) return null;
    const ended = this.#looks.look(status, links, nowMs);
    this.#recorder?.take(ended, nowMs);
    if (ended.second === null) return null;
    const { slice } = ended.second;
    this.#ring.add(slice);
    this.#minute.push(slice);
    const beganMs = this.#minute[0]?.atMs ?? nowMs;
    if (Math.abs(nowMs - beganMs) >= MINUTE_MS) this.#keepMinute();
    return slice;
  }

  /** An event of the data plane; its own time is better than that of its coming. */
  event(event: DataplaneEvent): void {
    if (event.kind !== 'log') return;
    this.#note({
      atMs: Math.round(event.atMs ?? this.#ports.nowMs()),
      event: event.event,
      fields: event.fields,
    });
  }

  /** An event of the daemon. */
  note(event: string, fields: LogFields): void {
    this.#note({ atMs: Math.round(this.#ports.nowMs()), event, fields });
  }

  /** GET /history?from=MS&to=MS, Unix ms. */
  answer(query: URLSearchParams): Answer {
    const fromMs = Number(query.get('from') ?? 'none');
    const toMs = Number(query.get('to') ?? 'none');
    if (!Number.isFinite(fromMs) || !Number.isFinite(toMs)) {
      return { status: 400, body: { error: 'from and to are Unix times in ms' } };
    }
    return { status: 200, body: this.#ring.between(fromMs, toMs, this.#ports.nowMs()) };
  }

  /** Drives are recorded so from now on (null: not at all), once what was written is packed. */
  async record(next: Recorder | null): Promise<void> {
    const before = this.#recorder;
    this.#recorder = null;
    const packed = before?.close([], this.#ports.nowMs());
    this.#changing = Promise.all([this.#changing, packed]).then(() => {
      this.#recorder = next;
    });
    await this.#changing;
  }

  async close(): Promise<void> {
    this.#keepMinute();
    await this.#changing;
    await this.#recorder?.close(this.#looks.flush(), this.#ports.nowMs());
  }

  #note(event: HistoryEvent): void {
    this.#ring.note(event);
    this.#ports.file.append(event);
  }

  #keepMinute(): void {
    const minute = minuteOf(this.#minute);
    this.#minute = [];
    if (minute !== null) this.#ports.file.append(minute);
  }

  #watchClock(nowMs: number): void {
    const offsetMs = nowMs - this.#ports.steadyMs();
    const stepMs = offsetMs - (this.#clockMs ?? offsetMs);
    this.#clockMs = offsetMs;
    if (Math.abs(stepMs) < STEP_MS_MIN) return;
    this.#ports.log.write('clock.stepped', { seconds: Math.round(stepMs / 1000) });
  }
}

/** The log, with a witness that hears what the daemon itself writes to it. */
export function heardBy(log: Log, hear: (event: string, fields: LogFields) => void): Log {
  return {
    ...log,
    write: (event, fields) => {
      log.write(event, fields);
      hear(event, fields);
    },
  };
}
