// Loads over one subject, by two processes of the generator, and what they cost.
import type { Ground } from './addresses.ts';
import { cpuSecondsOf, nextWord, spawnGenerator } from './children.ts';
import type { Measured } from './subjects.ts';
import type {
  Congestion,
  Direction,
  GeneratorWord,
  Load,
  LoadResult,
  Sample,
  Window,
} from './words.ts';

/** Where a load runs: two namespaces, and the addresses that its ends have in them. */
export interface Hosts {
  readonly ground: Ground;
  readonly carHost: string;
  readonly siteHost: string;
}

export interface TcpOrder {
  readonly direction: Direction;
  readonly seconds: number;
  readonly congestion: Congestion;
  readonly window: Window | null;
}

/** What the receiver saw. */
export async function runTcp(hosts: Hosts, order: TcpOrder): Promise<LoadResult> {
  const { direction, seconds, congestion, window } = order;
  const { ground, siteHost: host } = hosts;
  const isUp = direction === 'up';
  const receive: Load = { kind: 'tcp-receive', host, opens: !isUp, window };
  const send: Load = { kind: 'tcp-send', host, opens: isUp, seconds, congestion };
  const [car, site] = isUp ? [send, receive] : [receive, send];
  const limitMs = seconds * 1000 + GRACE_MS;
  const siteChild = spawnGenerator(ground.site, site);
  await nextWord(siteChild, isListening, GRACE_MS);
  const siteDone = nextWord(siteChild, isDone, limitMs);
  const carDone = nextWord(spawnGenerator(ground.car, car), isDone, limitMs);
  const [carWord, siteWord] = await Promise.all([carDone, siteDone]);
  return (isUp ? siteWord : carWord).result;
}

export async function runUdp(
  { ground, carHost, siteHost }: Hosts,
  direction: Direction,
  seconds: number,
  mbit: number,
): Promise<{ sent: LoadResult; received: LoadResult }> {
  const isUp = direction === 'up';
  const host = isUp ? siteHost : carHost;
  const [from, to] = isUp ? [ground.car, ground.site] : [ground.site, ground.car];
  const receiver = spawnGenerator(to, { kind: 'udp-receive', host, seconds });
  await nextWord(receiver, isListening, GRACE_MS);
  const limitMs = seconds * 1000 + GRACE_MS;
  const received = nextWord(receiver, isDone, limitMs);
  const sender = spawnGenerator(from, { kind: 'udp-send', host, seconds, mbit });
  const [out, back] = await Promise.all([nextWord(sender, isDone, limitMs), received]);
  return { sent: out.result, received: back.result };
}

export type SampleHead = Pick<Sample, 'round' | 'subject' | 'direction' | 'pathMbit'>;

export async function sampleTcp(
  subject: Measured,
  head: SampleHead,
  seconds: number,
  congestion: Congestion,
): Promise<Sample> {
  const before = cpuOf(subject);
  const order = { direction: head.direction, seconds, congestion, window: null };
  const result = await runTcp(subject, order);
  const cpuSecondsPerGb = cpuPerGb(cpuOf(subject) - before, result.bytes);
  const mbit = mbitOf(result.bytes, result.seconds);
  return { ...head, protocol: 'tcp', offeredMbit: 0, mbit, lossPct: 0, cpuSecondsPerGb };
}

export async function sampleUdp(
  subject: Measured,
  head: SampleHead,
  seconds: number,
  offeredMbit: number,
): Promise<Sample> {
  const before = cpuOf(subject);
  const { sent, received } = await runUdp(subject, head.direction, seconds, offeredMbit);
  return {
    ...head,
    protocol: 'udp',
    offeredMbit,
    mbit: mbitOf(received.bytes, received.seconds),
    lossPct: Math.max(0, 100 * (1 - received.pieces / Math.max(1, sent.pieces))),
    cpuSecondsPerGb: cpuPerGb(cpuOf(subject) - before, received.bytes),
  };
}

/** Compilers and caches get warm; what is measured is the running service. */
export async function warmUp(
  subject: Measured,
  seconds: number,
  congestion: Congestion,
): Promise<void> {
  await subject.prepare();
  for (const direction of ['up', 'down'] as const) {
    const order = { direction, seconds: Math.min(WARM_SECONDS, seconds), congestion, window: null };
    await runTcp(subject, order);
  }
}

export function mbitOf(bytes: number, seconds: number): number {
  return seconds <= 0 ? 0 : (bytes * 8) / seconds / 1e6;
}

function cpuOf(subject: Measured): number {
  return subject.pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
}

function cpuPerGb(seconds: number, bytes: number): number {
  return bytes === 0 ? 0 : seconds / (bytes / 1e9);
}

function isListening(word: GeneratorWord): word is { kind: 'listening' } {
  return word.kind === 'listening';
}

function isDone(word: GeneratorWord): word is Extract<GeneratorWord, { kind: 'done' }> {
  return word.kind === 'done';
}

const GRACE_MS = 20_000;
/** Measured: after 3 s V8 has compiled what is hot; before, a GB costs a third more. */
const WARM_SECONDS = 3;
