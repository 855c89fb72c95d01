// JSON lines on standard output, one a event: time, level, app, event, then catalogued fields.
import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import type { LogFields, LogLevel } from '../dataplane.ts';
import { EVENTS, type EventName, type FieldsOf } from '../events.ts';

export interface Log {
  write<E extends EventName>(event: E, fields: FieldsOf<E>): void;
  /** An event of the data plane, which keeps its own catalogue. */
  pass(level: LogLevel, event: string, fields: LogFields): void;
  setLevel(level: LogLevel): void;
}

export function openLog(app: string, level: LogLevel, destination?: DestinationStream): Log {
  const logger = pino(
    {
      level,
      base: { app },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    // Synchronous: the last line before an exit is the one that is needed.
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
  return {
    write: (event, fields) => logger[EVENTS[event].level]({ event, ...fields }),
    // The event's name comes last, so that no field can stand in for it.
    pass: (level, event, fields) => logger[level]({ ...fields, event }),
    setLevel: (level) => {
      logger.level = level;
    },
  };
}

export interface LogLine {
  readonly event: string;
  readonly level: LogLevel;
  readonly fields: LogFields;
}

/** A log that keeps its lines, for tests. */
export function keepLog(): Log & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  return {
    lines,
    write: (event, fields) => lines.push({ event, level: EVENTS[event].level, fields }),
    pass: (level, event, fields) => lines.push({ event, level, fields }),
    setLevel: () => {},
  };
}
