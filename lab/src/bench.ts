// ./rmh bench tunnel: what the tunnel carries without limits, beside wireguard-go
// (docs/benchmarks.md).
import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadName, ratiosOf, rowsOf, tableOf } from './bench/summary.ts';
import type { BenchOptions, BenchWord, Congestion, Sample } from './bench/words.ts';
import { startSandbox } from './topology/sandbox.ts';

export async function run(argv: string[]): Promise<number> {
  if (argv.length === 0 || argv.includes('--help')) {
    process.stdout.write(USAGE);
    return argv.length === 0 ? 2 : 0;
  }
  const options = optionsOf(argv);
  if (typeof options === 'string') {
    process.stderr.write(`rmh: bench: ${options}\n${USAGE}`);
    return 2;
  }
  const began = loadavg();
  const outcome = await runInside(options);
  if (outcome === null) return 1;
  const { samples, missing } = outcome;
  const [rows, ratios] = [rowsOf(samples), ratiosOf(samples)];
  const load = `load ${began[0]?.toFixed(1)} before, ${loadavg()[0]?.toFixed(1)} after`;
  const table = `${tableOf(rows, ratios)}\n${load}, ${availableParallelism()} cores\n`;
  // The JSON may want standard output for itself.
  (options.json === '-' ? process.stderr : process.stdout).write(`\n${table}`);
  const { seconds, rounds, congestion, brief } = options;
  const report = {
    bench: 'tunnel',
    options: { seconds, rounds, congestion, brief },
    machine: {
      cores: availableParallelism(),
      kernel: release(),
      node: process.version,
      loadBefore: began,
      loadAfter: loadavg(),
    },
    missing,
    rounds: samples,
    medians: rows,
    ratios,
  };
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (options.json === '-') process.stdout.write(text);
  else if (options.json !== null) writeFileSync(options.json, text);
  return 0;
}

interface Outcome {
  readonly samples: Sample[];
  readonly missing: Record<string, string>;
}

/** Null: it failed, and has said why on standard error. */
function runInside(options: BenchOptions): Promise<Outcome | null> {
  const main = fileURLToPath(new URL('./bench/inside.ts', import.meta.url));
  const inside = startSandbox({ main, args: [JSON.stringify(options)] });
  const outcome: Outcome = { samples: [], missing: {} };
  let ended = false;
  inside.on('message', (word: BenchWord) => {
    if (word.kind === 'sample') outcome.samples.push(word.sample);
    else if (word.kind === 'missing') outcome.missing[word.subject] = word.reason;
    else if (word.kind === 'end') ended = true;
    const line = lineOf(word);
    if (line !== '') process.stderr.write(`${line}\n`);
  });
  const stop = () => inside.disconnect();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return new Promise((resolve, reject) => {
    inside.on('error', reject);
    inside.on('exit', () => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve(ended ? outcome : null);
    });
  });
}

function lineOf(word: BenchWord): string {
  if (word.kind === 'progress') return word.text;
  if (word.kind === 'missing') return `${word.subject}: ${word.reason}`;
  if (word.kind === 'end') return '';
  const { round, subject, direction, mbit, lossPct, cpuSecondsPerGb } = word.sample;
  const loss = word.sample.protocol === 'udp' ? `, ${lossPct.toFixed(2)} % lost` : '';
  const cpu = subject === 'plain' ? '' : `, ${cpuSecondsPerGb.toFixed(1)} CPU s/GB`;
  const name = loadName(word.sample);
  return `round ${round}  ${subject} ${direction} ${name}: ${mbit.toFixed(0)} Mbit/s${loss}${cpu}`;
}

/** The options, or what is wrong with them. */
function optionsOf(argv: string[]): BenchOptions | string {
  let parsed;
  try {
    parsed = parseArgs({ args: argv, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const { values, positionals } = parsed;
  if (positionals.length !== 1 || positionals[0] !== 'tunnel') return 'say what: tunnel';
  const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
  if (!(seconds >= 0.5 && seconds <= 600)) return '--seconds is 0.5 to 600';
  if (!(Number.isInteger(rounds) && rounds >= 1 && rounds <= 100)) return '--rounds is 1 to 100';
  if (values.cc !== 'cubic' && values.cc !== 'bbr') return '--cc is cubic or bbr';
  const congestion: Congestion = values.cc;
  const brief = values.brief ?? false;
  return { seconds, rounds, congestion, brief, json: values.json ?? null };
}

const OPTIONS = {
  seconds: { type: 'string', default: '5' },
  rounds: { type: 'string', default: '3' },
  cc: { type: 'string', default: 'cubic' },
  json: { type: 'string' },
  brief: { type: 'boolean' },
} as const;

const USAGE = `usage: rmh bench tunnel [--seconds N] [--rounds N] [--cc cubic|bbr] [--brief]
                        [--json FILE|-]

TCP and UDP through the tunnel without limits, both ways, over one path and two, beside bare
cables and, where it is installed, wireguard-go. Takes about rounds × 16 × seconds.
--brief only shows that it works: no warm-up, one UDP rate, our own tunnel alone.
`;
