// Child processes of the bench, in the namespace that they measure in.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inNetns } from '@rmh/netio';
import type { Load } from './words.ts';

/** One end of a load. */
export function spawnGenerator(netns: number, load: Load): ChildProcess {
  return spawnScript(netns, [fileURLToPath(new URL('generator.ts', import.meta.url))], load);
}

/** One end of a tunnel, by the code of the checkout at `root` but always by our own node. */
export function spawnTunnelEnd(netns: number, root: string): ChildProcess {
  const flags = (process.env['RMH_BENCH_NODE_FLAGS'] ?? '').split(' ').filter(Boolean);
  return spawnScript(netns, [...flags, join(root, TUNNEL_END)]);
}

/** This checkout, where the benches lie in lab/src/bench. */
export const OWN_ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Why the data plane of the checkout at `root` can not be measured; null: it can. */
export function cannotRun(root: string): string | null {
  if (!existsSync(join(root, TUNNEL_END))) return `${root} is no checkout of this project`;
  const dataplane = join(root, 'node_modules/@rmh/dataplane');
  if (!existsSync(dataplane)) return `${root} has no dependencies yet: run ./rmh --help there`;
  // A borrowed node_modules points back: what is measured would be the lender's code.
  if (realpathSync(dataplane).startsWith(`${realpathSync(root)}/`)) return null;
  return `${root}/node_modules belongs to another checkout: it needs its own`;
}

const TUNNEL_END = 'lab/src/bench/tunnel-end.ts';

function spawnScript(netns: number, words: readonly string[], order?: unknown): ChildProcess {
  const last = order === undefined ? [] : [JSON.stringify(order)];
  const args = ['--disable-warning=ExperimentalWarning', ...words, ...last];
  return spawnIn(netns, process.execPath, args, {});
}

/** The namespace is a thread's, and a child inherits that of the thread that starts it. */
export function spawnIn(
  netns: number,
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): ChildProcess {
  return inNetns(netns, () =>
    spawn(command, args, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
      env: { ...process.env, ...env },
    }),
  );
}

/** The next message that `pick` takes; fails when the child ends or time is up. */
export function nextWord<Word, Taken extends Word>(
  child: ChildProcess,
  pick: (word: Word) => word is Taken,
  msMax: number,
): Promise<Taken> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void) => {
      clearTimeout(timer);
      child.off('message', hear);
      child.off('exit', end);
      act();
    };
    const hear = (word: unknown) => {
      if (pick(word as Word)) finish(() => resolve(word as Taken));
    };
    const end = (code: number | null) => {
      finish(() => reject(new Error(`${child.spawnargs[2] ?? 'a child'} ended with ${code}`)));
    };
    const late = () => finish(() => reject(new Error(`no answer within ${msMax} ms`)));
    const timer = setTimeout(late, msMax);
    child.on('message', hear);
    child.on('exit', end);
  });
}

/** User and system time of a process with all its threads. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${procName(pid)}/stat`, 'utf8');
  // The name, in brackets, may hold anything; behind it fields 3 and on (proc(5)): 14, 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Where /proc could not be mounted anew it counts in the outer pid namespace. */
function procName(pid: number): number {
  if (readlinkSync('/proc/self') === String(process.pid)) return pid;
  const known = PROC_NAMES.get(pid);
  if (known !== undefined) return known;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const found = nspidOf(name);
    if (found.length > 1 && found.at(-1) === pid) {
      PROC_NAMES.set(pid, Number(name));
      return Number(name);
    }
  }
  throw new Error(`process ${pid} is not to be found in /proc`);
}

function nspidOf(name: string): number[] {
  try {
    const status = readFileSync(`/proc/${name}/status`, 'utf8');
    return (/^NSpid:\s+(.*)$/m.exec(status)?.[1] ?? '').split(/\s+/).map(Number);
  } catch {
    return []; // It has just ended.
  }
}

const PROC_NAMES = new Map<number, number>();
/** USER_HZ: 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
