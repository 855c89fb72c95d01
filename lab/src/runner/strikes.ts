// Faults while a run goes on: `rmh lab fault telia:blackhole+20s` speaks one line to the run's
// socket, and hears in one line whether it happens.
import { existsSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { lineOf, RmhError } from '@rmh/contract';
import { livingWorkspaces } from '../topology/workspace.ts';
import { type Fault, parseFaults, parseTime } from './faults.ts';
import { usage } from './lab-options.ts';
import type { RunOrder } from './protocol.ts';

export type Strike =
  /** `vehicle` counts from 1. */
  | { readonly kind: 'fault'; readonly vehicle: number; readonly fault: Fault }
  /** The platform is killed, and started again after `forMs`. */
  | { readonly kind: 'platform'; readonly forMs: number };

const SOCKET = 'strikes.sock';
/** A line is "3 telia:blackhole+20s"; a whole script of faults still fits. */
const LINE_BYTES_MAX = 4_096;
const TAKEN = 'ok';

/** The directory of the run is its owner's alone, and so is this socket. */
export function takeStrikes(
  { vehicles, workspace, enrolled }: Pick<RunOrder, 'vehicles' | 'workspace' | 'enrolled'>,
  onStrike: (strike: Strike) => void,
): Server {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let line = '';
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (part: string) => {
      line += part;
      if (line.length > LINE_BYTES_MAX) socket.destroy();
    });
    socket.on('end', () => {
      const names = vehicles.map(({ carriers }) => carriers.map(({ name }) => name));
      const read = readStrikes(line, names, enrolled !== undefined);
      if (typeof read === 'string') return socket.end(read);
      for (const strike of read) onStrike(strike);
      return socket.end(TAKEN);
    });
  });
  server.listen(join(workspace, SOCKET));
  return server;
}

/** A string says what is wrong. */
export function readStrikes(
  line: string,
  carriers: readonly string[][],
  hasPlatform: boolean,
): Strike[] | string {
  const [, number = '', text = ''] = /^(\d{1,3}) (.+)$/s.exec(line.trim()) ?? [];
  const vehicle = Number(number);
  const names = carriers[vehicle - 1];
  if (names === undefined) return `there are vehicles 1 to ${carriers.length}`;
  if (text.startsWith('platform:')) return readPlatformStrike(text, hasPlatform);
  const items = text.split(',').map(withNow);
  const verdict = parseFaults(items.join(','), names);
  if (verdict.kind === 'error') return verdict.why;
  return verdict.faults.map((fault) => ({ kind: 'fault', vehicle, fault }));
}

function readPlatformStrike(text: string, hasPlatform: boolean): Strike[] | string {
  if (!hasPlatform) return 'this run has no platform';
  const [, duration = ''] = /^platform:kill\+(.+)$/.exec(text) ?? [];
  const forMs = parseTime(duration);
  if (forMs === null || forMs === 0) {
    return 'the platform knows kill with a duration, such as platform:kill+120s';
  }
  return [{ kind: 'platform', forMs }];
}

/** "telia:blackhole+20s" happens now; a run that is planned names its time. */
function withNow(item: string): string {
  return item.includes('@') ? item : item.replace(/^([^+]*)/, '$1@0s');
}

/** `rmh lab fault …`: to the run that was started last. Throws RmhError. */
export async function strike(vehicle: number, text: string): Promise<void> {
  const workspace = livingWorkspaces().find((directory) => existsSync(join(directory, SOCKET)));
  if (workspace === undefined) {
    throw new RmhError('RMH_USAGE', 'nothing runs here that could be struck', {
      hint: 'start "rmh up" or "rmh lab" first, as the same user',
    });
  }
  const socket = connect(join(workspace, SOCKET));
  socket.end(`${vehicle} ${text}`);
  const answer = await textOf(socket).catch((error: unknown) => lineOf(error));
  if (answer !== TAKEN) throw usage(answer === '' ? 'the run did not answer' : answer);
}
