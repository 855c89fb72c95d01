// One test file: a Node process of its own, counted from the report it leaves.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChildOutcome, runChild } from './child.ts';
import { REPORT_FILE_VARIABLE, type ReportLine } from './json-reporter.ts';
import { emptyTally, type Tally } from './tally.ts';

const REPORTER = new URL('./json-reporter.ts', import.meta.url).href;

export type TestFileRequest = {
  file: string;
  env: Readonly<Record<string, string>>;
  timeoutMs: number;
  signal: AbortSignal;
  onOutput?: (text: string) => void;
};

export async function runTestFile(request: TestFileRequest): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'rmh-test-'));
  try {
    const report = join(folder, 'report.jsonl');
    writeFileSync(report, '');
    const outcome = await runWithReport(request, report);
    const lines = readFileSync(report, 'utf8').split('\n');
    const counted = countReport(request.file, lines.slice(0, -1));
    judgeEnd(outcome, request, counted);
    return counted.tally;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runWithReport(request: TestFileRequest, report: string): Promise<ChildOutcome> {
  const { onOutput } = request;
  return runChild({
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', `--test-reporter=${REPORTER}`, request.file],
    env: { ...request.env, [REPORT_FILE_VARIABLE]: report },
    timeoutMs: request.timeoutMs,
    signal: request.signal,
    ...(onOutput === undefined ? {} : { onOutput }),
  });
}

type Counted = { tally: Tally; unfinished: string[]; complete: boolean };

function countReport(file: string, lines: readonly string[]): Counted {
  const tally = emptyTally();
  const unfinished: string[] = [];
  let complete = false;
  for (const text of lines) {
    const line = JSON.parse(text) as ReportLine;
    if (line.kind === 'complete') {
      complete = true;
      continue;
    }
    const { name } = line;
    if (line.kind === 'start') {
      unfinished.push(name);
      continue;
    }
    const at = unfinished.indexOf(name);
    if (at >= 0) unfinished.splice(at, 1);
    if (line.kind === 'pass') tally.passed++;
    if (line.kind === 'skip') tally.skips.push({ where: file, name, reason: line.reason });
    if (line.kind === 'fail') tally.failures.push({ where: file, name, detail: line.error });
  }
  return { tally, unfinished, complete };
}

// The counts say what the tests found; how the process ended says whether to believe them.
function judgeEnd(
  outcome: ChildOutcome,
  { file, timeoutMs, signal }: TestFileRequest,
  { tally, unfinished, complete }: Counted,
): void {
  const tail = outcome.output === '' ? '' : `\n${outcome.output.trimEnd()}`;
  const fail = (detail: string): void => {
    tally.failures.push({ where: file, name: '(the file)', detail: `${detail}${tail}` });
  };
  const seen = tally.passed + tally.failures.length + tally.skips.length;
  if (signal.aborted) return;
  if (outcome.kind === 'notStarted') fail(`could not be started: ${outcome.reason}`);
  else if (outcome.kind === 'timedOut') fail(timedOutText(timeoutMs, unfinished));
  else if (outcome.kind === 'killed') fail(`was killed by ${outcome.signal}`);
  else if (seen === 0 && outcome.code === 0) fail('holds no tests, or ended in the first');
  else if (outcome.code !== 0 && tally.failures.length === 0) fail(`exited with ${outcome.code}`);
  else if (!complete) fail(`ended before its tests were over, in: ${unfinished.join(', ')}`);
}

function timedOutText(timeoutMs: number, unfinished: readonly string[]): string {
  const limit = `was stopped after its limit of ${timeoutMs / 1000} s`;
  if (unfinished.length > 0) return `${limit}, in: ${unfinished.join(', ')}`;
  return `${limit}: all its tests ended, but a timer, socket or worker keeps the process alive`;
}
