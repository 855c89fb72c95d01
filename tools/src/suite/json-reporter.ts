// A node:test reporter: one JSON line per event, in the file that the runner names. The
// runner counts from these lines, never from text that was written for a person. Each is
// written at once and synchronously, so a test that ends its process loses none.
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

export type ReportLine = TestLine | { kind: 'complete' }; // Node's own summary: all were over

/** `file`: the absolute path of the file that declares the test. */
export type TestLine = { name: string; file: string } & (
  | { kind: 'start' }
  // Over, and not counted: a suite, or a parent that fails only for its children.
  | { kind: 'over' }
  | { kind: 'empty' }
  | { kind: 'pass' }
  | { kind: 'skip'; reason: string }
  | { kind: 'fail'; error: string }
);

export const REPORT_FILE_VARIABLE = 'RMH_TEST_REPORT';

// Node asks for a generator; what it yields would go to the console, so it yields nothing.
async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const file = process.env[REPORT_FILE_VARIABLE];
  for await (const event of events) {
    const line = toLine(event);
    if (line !== null && file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
  }
}

function toLine(event: TestEvent): ReportLine | null {
  switch (event.type) {
    case 'test:dequeue':
      return { kind: 'start', name: event.data.name, file: event.data.file ?? '' };
    case 'test:pass':
    case 'test:fail':
      return outcomeLine(event);
    case 'test:summary':
      return { kind: 'complete' };
    default:
      return null;
  }
}

function outcomeLine({
  type,
  data,
}: Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>): ReportLine {
  const { details, skip, todo } = data;
  const which = { name: data.name, file: data.file ?? '' };
  if (skip !== undefined) return { kind: 'skip', ...which, reason: reasonText(skip) };
  if (todo !== undefined) return { kind: 'skip', ...which, reason: `todo: ${reasonText(todo)}` };
  const error: unknown = 'error' in details ? details.error : undefined;
  if (type === 'test:fail' && failureType(error) !== 'subtestsFailed') {
    return { kind: 'fail', ...which, error: errorText(error) };
  }
  // A file that holds no tests passes as a test of its own name.
  if (resolve(which.name) === which.file) return { kind: 'empty', ...which };
  const counted = type === 'test:pass' && details.type !== 'suite';
  return { kind: counted ? 'pass' : 'over', ...which };
}

function reasonText(reason: string | boolean): string {
  return typeof reason === 'string' && reason !== '' ? reason : 'no reason given';
}

function failureType(error: unknown): unknown {
  return error instanceof Error && 'failureType' in error ? error.failureType : undefined;
}

// node:test wraps what was thrown; the reader wants what was thrown.
function errorText(error: unknown): string {
  const thrown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (thrown instanceof Error) return thrown.stack ?? thrown.message;
  return typeof thrown === 'string' ? thrown : inspect(thrown);
}

// Node takes a reporter as a default export and in no other way.
export { report as default };
