// What the small twins of the benches have in common.
import { spawnSync } from 'node:child_process';
import { sandboxCommand } from '../topology/sandbox.ts';

export const SMALL = process.env['RMH_BENCH'] === 'small';

/** Why no bench can run here, or null. */
export function noBench(): string | null {
  try {
    sandboxCommand();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'no namespaces';
  }
}

/** A bench that hangs fails its test; a large one takes minutes. */
const MS_MAX = SMALL ? 110_000 : 900_000;

export interface BenchRun {
  /** Null: it took too long. */
  readonly status: number | null;
  readonly stdout: string;
  /** Progress and table. */
  readonly stderr: string;
}

/** Runs `rmh bench` with these words, in a process of its own. */
export function runBench(words: readonly string[]): BenchRun {
  const script = `
    import { run } from ${JSON.stringify(new URL('../bench.ts', import.meta.url).href)};
    process.exitCode = await run(${JSON.stringify(words)});`;
  const node = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  return spawnSync(process.execPath, node, { encoding: 'utf8', timeout: MS_MAX });
}
