import { fileURLToPath } from 'node:url';
import { Inhabitant, until } from './ground.ts';
import type { Stream, Talk } from './talk.ts';

const TALK = fileURLToPath(new URL('./talk.ts', import.meta.url));

export async function startServer(netns: number, address: string): Promise<Inhabitant> {
  const server = new Inhabitant(netns, [process.execPath, TALK, 'serve', address]);
  await until('the server listens', () => server.out.includes('serving'));
  return server;
}

export async function ask(
  netns: number,
  address: string,
  datagrams: number,
  tcpBytes: number,
): Promise<Talk> {
  const words = [process.execPath, TALK, 'ask', address, String(datagrams), String(tcpBytes)];
  const { out, err } = await new Inhabitant(netns, words).ended;
  if (out === '') throw new Error(err);
  return JSON.parse(out) as Talk;
}

/** Resolves when the seconds are over. */
export async function stream(netns: number, address: string, seconds: number): Promise<Stream> {
  const words = [process.execPath, TALK, 'stream', address, String(seconds)];
  const { out, err } = await new Inhabitant(netns, words).ended;
  if (out === '') throw new Error(err);
  return JSON.parse(out) as Stream;
}
