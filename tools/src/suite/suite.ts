// Runs a plan and tells it: plan → real peers → steps in order → skips → failures → count.
import { join } from 'node:path';
import { listFiles, ROOT } from '../checkout.ts';
import { type ChildOutcome, runChild } from './child.ts';
import type { TestOptions } from './options.ts';
import { needsRealPeers, type PlannedStep, planSteps } from './plan.ts';
import { ensureRealPeers } from './real-peers.ts';
import type { CommandStep, Step } from './steps.ts';
import * as tallies from './tally.ts';
import { runTestProcess } from './test-process.ts';

// tsc takes 1–10 s on two cores; past two minutes it hangs.
const COMMAND_TIMEOUT_MS = 120_000;
const EXIT_INTERRUPTED = 130;

type Ground = {
  print: (line: string) => void;
  verbose: boolean;
  signal: AbortSignal;
};

export async function runSuite(steps: readonly Step[], options: TestOptions): Promise<number> {
  const startedMs = performance.now();
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => interrupt.abort());
  }
  const ground: Ground = {
    print: (line) => void process.stdout.write(`${line}\n`),
    verbose: options.verbose,
    signal: interrupt.signal,
  };
  const strict = process.env['CI'] === 'true';
  if (strict) process.env['RMH_SKIP_IS_FAILURE'] = '1';

  const plan = planSteps(steps, listFiles(), options);
  if (needsRealPeers(plan)) await ensureRealPeers(ground.print, ground.signal);
  const counted: tallies.Tally[] = plan.length > 0 ? [] : [nothingToRun(options)];
  for (const planned of plan) {
    if (ground.signal.aborted) break;
    counted.push(await runStep(planned, ground));
  }
  const total = tallies.sumTallies(counted);
  if (ground.signal.aborted) {
    ground.print(`interrupted; until then ${tallies.tallyText(total)}`);
    return EXIT_INTERRUPTED;
  }
  const judged = strict ? tallies.withSkipsAsFailures(total) : total;
  tell(judged, startedMs, ground.print);
  ground.print(tallies.tallyText(judged));
  return tallies.isSuccess(judged) ? 0 : 1;
}

function nothingToRun({ only }: TestOptions): tallies.Tally {
  const detail = `no step and no file has "${only}" in its name`;
  return { ...tallies.emptyTally(), failures: [{ where: 'rmh test', name: '--only', detail }] };
}

async function runStep(planned: PlannedStep, ground: Ground): Promise<tallies.Tally> {
  const startedMs = performance.now();
  if (planned.kind === 'command') {
    const tally = await runCommandStep(planned.step, ground);
    const verdict = tally.failures.length === 0 ? 'ok' : 'FAILED';
    ground.print(`${planned.step.name}: ${verdict} (${tallies.secondsText(startedMs)})`);
    return tally;
  }
  const { step, files } = planned;
  ground.print(`${step.name}: ${files.length} files`);
  const tally = await runFiles(planned, ground);
  ground.print(`${step.name}: ${tallies.tallyText(tally)} (${tallies.secondsText(startedMs)})`);
  return tally;
}

async function runCommandStep(step: CommandStep, ground: Ground): Promise<tallies.Tally> {
  const outcome = await runChild({
    command: process.execPath,
    args: [join(ROOT, step.script), ...step.args],
    timeoutMs: COMMAND_TIMEOUT_MS,
    signal: ground.signal,
  });
  const tally = tallies.emptyTally();
  if (outcome.kind === 'exited' && outcome.code === 0) tally.passed = 1;
  else tally.failures.push({ where: step.name, name: step.script, detail: endText(outcome) });
  return tally;
}

function endText(outcome: ChildOutcome): string {
  const output = outcome.output.trimEnd();
  if (outcome.kind === 'timedOut') return `${output}\nno end after ${COMMAND_TIMEOUT_MS / 1000} s`;
  if (outcome.kind === 'notStarted') return `could not be started: ${outcome.reason}`;
  if (outcome.kind === 'killed') return `${output}\nkilled by ${outcome.signal}`;
  return output === '' ? `exited with ${outcome.code} and said nothing` : output;
}

async function runFiles(
  { step, files }: Extract<PlannedStep, { kind: 'files' }>,
  ground: Ground,
): Promise<tallies.Tally> {
  if (files.length === 0) {
    const failure = { where: step.name, name: '(the step)', detail: 'no test files were found' };
    return { ...tallies.emptyTally(), failures: [failure] };
  }
  const done: tallies.Tally[] = [];
  const waiting = groupsOf(files, step.filesPerProcess);
  const work = async (): Promise<void> => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
      if (ground.signal.aborted) return;
      const startedMs = performance.now();
      const tally = await runTestProcess({
        files: group,
        env: step.env,
        timeoutMs: step.timeoutMs,
        signal: ground.signal,
        ...(ground.verbose ? { onOutput: (text) => void process.stdout.write(text) } : {}),
      });
      done.push(tally);
      const counted = `${tallies.tallyText(tally)} (${tallies.secondsText(startedMs)})`;
      const names = group.join(`\n${' '.repeat(9)}`);
      ground.print(`  ${tally.failures.length === 0 ? 'ok    ' : 'FAILED'} ${names}: ${counted}`);
    }
  };
  await Promise.all(Array.from({ length: step.concurrency }, work));
  return tallies.sumTallies(done);
}

function groupsOf(files: readonly string[], most: number): string[][] {
  const groups: string[][] = [];
  for (let at = 0; at < files.length; at += most) groups.push(files.slice(at, at + most));
  return groups;
}

function tell(tally: tallies.Tally, startedMs: number, print: (line: string) => void): void {
  for (const { where, name, reason } of tally.skips)
    print(`\nskipped: ${where}: ${name}: ${reason}`);
  for (const { where, name, detail } of tally.failures) {
    print(`\nFAILED: ${where}: ${name}\n${detail.replaceAll(/^/gm, '    ')}`);
  }
  print(`\ntook ${tallies.secondsText(startedMs)}`);
}
