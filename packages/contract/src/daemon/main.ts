// From argv to exit code, the same for both daemons.
import { RmhError } from '../error.ts';
import { parseDaemonArgs } from './argv.ts';
import { Daemon } from './daemon.ts';
import { type DaemonPart, type DaemonPorts, EXIT } from './daemon-part.ts';

export interface DaemonProgram<Loaded> {
  readonly usage: string;
  /** Throws RmhError. */
  load(file: string): Loaded;
  /** One line that says what was checked. */
  summary(loaded: Loaded): string;
  start(loaded: Loaded): Promise<{ part: DaemonPart; ports: DaemonPorts }>;
}

export async function runProgram<L>(argv: string[], program: DaemonProgram<L>): Promise<number> {
  try {
    const args = parseDaemonArgs(argv);
    if (args.kind === 'help') {
      process.stdout.write(program.usage);
      return EXIT.done;
    }
    const loaded = program.load(args.config);
    if (args.kind === 'check') {
      process.stdout.write(`${args.config}: ok, ${program.summary(loaded)}\n`);
      return EXIT.done;
    }
    const { part, ports } = await program.start(loaded);
    return await withSignals(new Daemon(part, ports));
  } catch (error) {
    if (!(error instanceof RmhError)) throw error; // ours to mend: main shows the stack
    process.stderr.write(`${error.describe()}\n`);
    return error.heals ? EXIT.failed : EXIT.cannotHeal;
  }
}

async function withSignals(daemon: Daemon): Promise<number> {
  let askedMs: number | null = null;
  const stop = (signal: string) => {
    // Asked again: whoever asks will not wait. But one Ctrl-C may come twice at once, from the
    // terminal and from a wrapper, and routes and sockets are to be removed all the same.
    const again = askedMs !== null && performance.now() - askedMs > SAME_REQUEST_MS;
    if (again) process.exit(EXIT.failed);
    askedMs ??= performance.now();
    daemon.stop(signal);
  };
  const reload = () => daemon.reload();
  process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', reload);
  try {
    return await daemon.run();
  } finally {
    process.off('SIGTERM', stop).off('SIGINT', stop).off('SIGHUP', reload);
  }
}

const SAME_REQUEST_MS = 1_000;
