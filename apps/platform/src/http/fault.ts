// Our own faults in the log: enough to find the line, and nothing of what people or machines sent.

import type { Log } from '@rmh/contract/daemon';
import { DatabaseError } from '../db/database.ts';

export function fault(log: Log, where: string, requestId: string, error: unknown): void {
  log.write('platform.fault', { where, requestId, what: whatOf(error), stack: stackOf(error) });
}

// The message of a database error may repeat a value; its SQLSTATE never does.
export function whatOf(error: unknown): string {
  if (error instanceof DatabaseError) return `SQLSTATE ${error.sqlState} ${error.constraint ?? ''}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
}

export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return frames
    .slice(0, 8)
    .map((line) => line.trim())
    .join(' < ');
}
