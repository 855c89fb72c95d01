// `rmh status`: what a running unit or gateway sees, for a person or, with --json, a program.
import { existsSync } from 'node:fs';
import { type DaemonStatus, RmhError } from '@rmh/contract';
import { askStatus, DEFAULT_SOCKETS, parseOptions } from '@rmh/contract/daemon';
import { type Language, renderStatus } from './status-text.ts';

const USAGE = `Usage: rmh status [--socket PATH] [--json] [--watch] [--lang nb|en]

  --socket PATH  the daemon's statusSocket (default: that of a unit, else of a gateway)
  --json         for programs: the whole answer of the daemon
  --watch        again every second until Ctrl-C
  --lang         Norwegian or English (default: from LANG)
Exit: 0 running, 1 no daemon answers or it waits for something, 2 not understood or not allowed.
`;

const WATCH_MS = 1000;
// Cursor home and clear: the table stays where it is while it is watched.
const CLEAR = '\u001b[H\u001b[2J';

export async function run(argv: string[]): Promise<number> {
  try {
    return await perform(argv);
  } catch (error) {
    if (!(error instanceof RmhError)) throw error;
    process.stderr.write(`${error.describe()}\n`);
    return error.heals ? 1 : 2;
  }
}

async function perform(argv: string[]): Promise<number> {
  const { values } = parseOptions(argv, {
    socket: { type: 'string' },
    json: { type: 'boolean' },
    watch: { type: 'boolean' },
    lang: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values['help'] === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const language = languageOf(values['lang'], process.env);
  const socket = typeof values['socket'] === 'string' ? values['socket'] : defaultSocket();
  const show = async () => {
    const status = await askStatus(socket);
    const text = values['json'] === true ? JSON.stringify(status) : renderStatus(status, language);
    return { status, text };
  };
  if (values['watch'] === true) return await watch(show, values['json'] === true);
  const { status, text } = await show();
  process.stdout.write(`${text}\n`);
  return status.state === 'running' ? 0 : 1;
}

type Show = () => Promise<{ status: DaemonStatus; text: string }>;

// Ends by Ctrl-C. A daemon that restarts is waited for, since that is what one watches.
async function watch(show: Show, json: boolean): Promise<number> {
  for (;;) {
    const text = await show().then(
      ({ text }) => text,
      (error: unknown) => {
        if (error instanceof RmhError && error.heals) return json ? null : error.describe();
        throw error;
      },
    );
    const clear = !json && process.stdout.isTTY ? CLEAR : '';
    if (text !== null) process.stdout.write(`${clear}${text}\n`);
    await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
  }
}

function defaultSocket(): string {
  const [unit = ''] = DEFAULT_SOCKETS;
  return DEFAULT_SOCKETS.find((path) => existsSync(path)) ?? unit;
}

export function languageOf(
  asked: string | boolean | undefined,
  env: Record<string, string | undefined>,
): Language {
  if (asked === 'nb' || asked === 'en') return asked;
  if (asked !== undefined) throw new RmhError('RMH_USAGE', `--lang ${asked}: expected nb or en`);
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return /^(nb|no|nn)(_|\.|$)/.test(locale) ? 'nb' : 'en';
}
