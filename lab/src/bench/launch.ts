// What every bench does outside its sandbox: starts the inside, hears its samples, and hands out
// the report.
import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '../topology/sandbox.ts';
import type { BenchWord } from './words.ts';

export interface Report {
  readonly bench: string;
  readonly options: object;
  readonly missing: Record<string, string>;
  /** What the bench itself says. */
  readonly results: object;
  readonly table: string;
}

/** The table goes to the terminal, the rest as JSON where `json` says. */
export function publish(report: Report, json: string | null, loadBefore: number[]): void {
  const { bench, options, missing, results, table } = report;
  const [before = 0, after = 0] = [loadBefore[0], loadavg()[0]];
  const load = `load ${before.toFixed(1)} before, ${after.toFixed(1)} after`;
  const machine = {
    cores: availableParallelism(),
    kernel: release(),
    node: process.version,
    loadBefore,
    loadAfter: loadavg(),
  };
  // The JSON may want standard output for itself.
  const terminal = json === '-' ? process.stderr : process.stdout;
  terminal.write(`\n${table}\n${load}, ${machine.cores} cores\n`);
  if (json === null) return;
  const text = `${JSON.stringify({ bench, options, machine, missing, ...results }, null, 2)}\n`;
  if (json === '-') process.stdout.write(text);
  else writeFileSync(json, text);
}

/**
 * Runs `inside` (a script of this folder) with the options, and hands each word to `hear`, which
 * returns the line to show for it. Null: it failed, and has said why on standard error. Otherwise
 * what could not be measured, and the reasons.
 */
export function runInSandbox(
  inside: string,
  options: object,
  hear: (word: BenchWord) => string | null,
): Promise<Record<string, string> | null> {
  const main = fileURLToPath(new URL(inside, import.meta.url));
  const child = startSandbox({ main, args: [JSON.stringify(options)] });
  const missing: Record<string, string> = {};
  let ended = false;
  child.on('message', (word: BenchWord) => {
    if (word.kind === 'end') ended = true;
    if (word.kind === 'missing') missing[word.subject] = word.reason;
    const line = commonLine(word) ?? hear(word);
    if (line !== null) process.stderr.write(`${line}\n`);
  });
  const stop = () => child.disconnect();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve(ended ? missing : null);
    });
  });
}

function commonLine(word: BenchWord): string | null {
  if (word.kind === 'progress') return word.text;
  return word.kind === 'missing' ? `${word.subject}: ${word.reason}` : null;
}
