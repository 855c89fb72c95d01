// The rmh command: choose → load → run → exit code. SIGINT keeps Node's own meaning (the
// process dies of it, which a shell reports as 130) unless the command handles it.
import { readFileSync } from 'node:fs';
import { choose } from './choose.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { describeFailure } from './failure.ts';
import { helpText } from './help.ts';

const EXIT_USAGE = 2;

async function main(argv: readonly string[]): Promise<number> {
  const choice = choose(argv, COMMANDS);
  switch (choice.kind) {
    case 'help':
      process.stdout.write(helpText(COMMANDS));
      return 0;
    case 'version':
      process.stdout.write(`rmh ${ownVersion()} (node ${process.versions.node})\n`);
      return 0;
    case 'unknown': {
      const hint = choice.nearest === null ? '' : `; did you mean "${choice.nearest}"?`;
      process.stderr.write(`rmh: unknown command "${choice.word}"${hint}\n`);
      process.stderr.write('rmh --help lists the commands\n');
      return EXIT_USAGE;
    }
    case 'run':
      return await runCommand(choice.command, choice.argv);
  }
}

async function runCommand(command: Command, argv: string[]): Promise<number> {
  try {
    const run = await command.load();
    return await run(argv);
  } catch (error) {
    const { text, exitCode } = describeFailure(command.name, error);
    process.stderr.write(`${text}\n`);
    return exitCode;
  }
}

function ownVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}

// `rmh status | head` closes the pipe early; that is the reader's right, not a fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// Pipes, files and terminals are written synchronously on Linux, so nothing is cut off.
process.exit(await main(process.argv.slice(2)));
