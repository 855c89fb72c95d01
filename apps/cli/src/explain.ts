// `rmh explain`: why was there a gap? The unit's history, in a person's words.
import { HISTORY_FORMAT, type History, RmhError } from '@rmh/contract';
import { ask, DEFAULT_SOCKETS, parseOptions } from '@rmh/contract/daemon';
import { explain } from './explain-text.ts';
import { parseTime, type Span } from './explain-time.ts';
import { languageOf } from './status.ts';

const USAGE = `Usage: rmh explain --at TIME [--socket PATH] [--json] [--lang nb|en]

Says why there was a gap: which carrier or gateway was silent, what the unit did, and what was
lost. The unit remembers two hours of seconds.
  --at TIME      14:02 (that minute), 14:02:11 (ten seconds around it), or ISO 8601
  --socket PATH  the unit's statusSocket (default: ${DEFAULT_SOCKETS[0] ?? ''})
  --json         for programs: causes and lines
  --lang         Norwegian or English (default: from LANG)
Exit: 0 answered, also when no cause is known; 1 no unit answers; 2 not understood or not allowed.
`;

/** Silences begin before what was asked for, and end after it. */
const BEFORE_MS = 900_000;
const AFTER_MS = 600_000;

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
    at: { type: 'string' },
    socket: { type: 'string' },
    json: { type: 'boolean' },
    lang: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values['help'] === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const language = languageOf(values['lang'], process.env);
  const span = spanOf(values['at']);
  const [unit = ''] = DEFAULT_SOCKETS;
  const socket = typeof values['socket'] === 'string' ? values['socket'] : unit;
  const history = await askHistory(socket, span);
  const { lines, causes } = explain(history, span, language);
  const answer = { format: HISTORY_FORMAT, unit: history.name, ...span, lines, causes };
  const text = values['json'] === true ? JSON.stringify(answer) : lines.join('\n');
  process.stdout.write(`${text}\n`);
  return 0;
}

function spanOf(text: string | boolean | undefined): Span {
  if (typeof text !== 'string') throw new RmhError('RMH_USAGE', '--at TIME is missing');
  const span = parseTime(text, Date.now());
  if (span !== null) return span;
  throw new RmhError('RMH_USAGE', `--at "${text}" is no time, such as 14:02 or 14:02:11`);
}

export async function askHistory(socket: string, { fromMs, toMs }: Span): Promise<History> {
  const path = `/history?from=${fromMs - BEFORE_MS}&to=${toMs + AFTER_MS}`;
  const { status, body } = await ask(socket, 'GET', path);
  const isOurs = typeof body === 'object' && body !== null && 'format' in body;
  if (status === 200 && isOurs && body.format === HISTORY_FORMAT) return body as History;
  throw new RmhError(
    'RMH_REQUEST_REFUSED',
    `${socket} keeps no history that this rmh understands`,
    {
      hint: 'only units keep one; do the unit and this command have the same version?',
    },
  );
}
