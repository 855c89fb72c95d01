// Some test files, in a Node process of their own, counted from the report that it leaves.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ROOT } from '../checkout.ts';
import { type ChildOutcome, runChild } from './child.ts';
import { REPORT_FILE_VARIABLE, type ReportLine } from './json-reporter.ts';
import { emptyTally, type Tally } from './tally.ts';

// Hundreds of processes read the same files: what one of them compiled serves the next. Node keeps
// a folder for each version and user, tells by its content whether a file is still the same, and
// does without where it may not write.
const COMPILED = join(ROOT, 'node_modules/.cache/node-compile');

const REPORTER = new URL('./json-reporter.ts', import.meta.url).href;

export type TestProcessRequest = {
  files: readonly string[];
  env: Readonly<Record<string, string>>;
  timeoutMs: number;
  signal: AbortSignal;
  onOutput?: (text: string) => void;
};

export async function runTestProcess(request: TestProcessRequest): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'rmh-test-'));
  try {
    const report = join(folder, 'report.jsonl');
    writeFileSync(report, '');
    const outcome = await runWithReport(request, report);
    const lines = readFileSync(report, 'utf8').split('\n');
    const counted = countReport(request.files, lines.slice(0, -1));
    judgeEnd(outcome, request, counted);
    return counted.tally;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runWithReport(request: TestProcessRequest, report: string): Promise<ChildOutcome> {
  const { onOutput } = request;
  const reporting = ['--test', '--test-isolation=none', `--test-reporter=${REPORTER}`];
  return runChild({
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', ...reporting, ...request.files],
    env: { NODE_COMPILE_CACHE: COMPILED, ...request.env, [REPORT_FILE_VARIABLE]: report },
    timeoutMs: request.timeoutMs,
    signal: request.signal,
    ...(onOutput === undefined ? {} : { onOutput }),
  });
}

type Counted = { tally: Tally; unfinished: string[]; complete: boolean };

function countReport(files: readonly string[], lines: readonly string[]): Counted {
  const tally = emptyTally();
  const unfinished: string[] = [];
  const nameOf = new Map(files.map((file) => [resolve(ROOT, file), file]));
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
    if (line.kind === 'over') continue;
    const where = nameOf.get(line.file) ?? files.join(' ');
    if (line.kind === 'empty') tally.failures.push({ where, name, detail: 'holds no tests' });
    if (line.kind === 'pass') tally.passed++;
    if (line.kind === 'skip') tally.skips.push({ where, name, reason: line.reason });
    if (line.kind === 'fail') tally.failures.push({ where, name, detail: line.error });
  }
  return { tally, unfinished, complete };
}

// The counts say what the tests found; how the process ended says whether to believe them.
function judgeEnd(
  outcome: ChildOutcome,
  { files, timeoutMs, signal }: TestProcessRequest,
  { tally, unfinished, complete }: Counted,
): void {
  if (signal.aborted) return;
  const tail = outcome.output === '' ? '' : `\n${outcome.output.trimEnd()}`;
  const fail = (detail: string): void => {
    tally.failures.push({ where: files.join(' '), name: '(the file)', detail: `${detail}${tail}` });
  };
  const found = tally.failures.length;
  if (outcome.kind === 'notStarted') fail(`could not be started: ${outcome.reason}`);
  else if (outcome.kind === 'timedOut') fail(timedOutText(timeoutMs, unfinished));
  else if (outcome.kind === 'killed') fail(`was killed by ${outcome.signal}`);
  else if (outcome.code !== 0 && found === 0) fail(`exited with ${outcome.code}`);
  else if (!complete) fail(`ended before its tests were over, in: ${inText(unfinished)}`);
}

// Node tells of a test a moment after it began.
const inText = (unfinished: readonly string[]): string => unfinished.join(', ') || 'the first';

function timedOutText(timeoutMs: number, unfinished: readonly string[]): string {
  const limit = `was stopped after its limit of ${timeoutMs / 1000} s`;
  if (unfinished.length > 0) return `${limit}, in: ${unfinished.join(', ')}`;
  return `${limit}: all its tests ended, but a timer, socket or worker keeps the process alive`;
}
