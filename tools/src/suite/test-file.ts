// One test file: a Node process of its own, counted from its report on descriptor 3.
import { type ChildOutcome, runChild } from './child.ts';
import type { ReportLine } from './json-reporter.ts';
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
  const { file } = request;
  const tally = emptyTally();
  const unfinished: string[] = [];
  const { onOutput } = request;
  const outcome = await runChild({
    command: process.execPath,
    args: [
      '--disable-warning=ExperimentalWarning',
      '--enable-source-maps',
      `--test-reporter=${REPORTER}`,
      '--test-reporter-destination=/proc/self/fd/3',
      file,
    ],
    env: request.env,
    timeoutMs: request.timeoutMs,
    signal: request.signal,
    onReportLine: (line) => count(JSON.parse(line) as ReportLine, file, tally, unfinished),
    ...(onOutput === undefined ? {} : { onOutput }),
  });
  judgeEnd(outcome, request, tally, unfinished);
  return tally;
}

function count(line: ReportLine, file: string, tally: Tally, unfinished: string[]): void {
  if (line.kind === 'start') {
    unfinished.push(line.name);
    return;
  }
  const at = unfinished.indexOf(line.name);
  if (at >= 0) unfinished.splice(at, 1);
  const { name } = line;
  if (line.kind === 'pass') tally.passed++;
  if (line.kind === 'skip') tally.skips.push({ where: file, name, reason: line.reason });
  if (line.kind === 'fail') tally.failures.push({ where: file, name, detail: line.error });
}

// The counts say what the tests found; how the process ended says whether to believe them.
function judgeEnd(
  outcome: ChildOutcome,
  { file, timeoutMs, signal }: TestFileRequest,
  tally: Tally,
  unfinished: readonly string[],
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
  else if (seen === 0 && outcome.code === 0) fail('holds no tests');
  else if (outcome.code !== 0 && tally.failures.length === 0) fail(`exited with ${outcome.code}`);
}

function timedOutText(timeoutMs: number, unfinished: readonly string[]): string {
  const limit = `was stopped after its limit of ${timeoutMs / 1000} s`;
  if (unfinished.length > 0) return `${limit}, in: ${unfinished.join(', ')}`;
  return `${limit}: all its tests ended, but a timer, socket or worker keeps the process alive`;
}
