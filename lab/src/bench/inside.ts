// The bench inside its sandbox, process 1 of a pid namespace: builds everything, measures in
// interleaved rounds, says each sample to the launcher, ends. The kernel removes what is left.
import { availableParallelism } from 'node:os';
import { type Cables, layCables } from './cables.ts';
import { cpuSecondsOf, nextWord, spawnScript } from './children.ts';
import { type Measured, ownTunnel, plain, wireguardGo } from './subjects.ts';
import type {
  BenchOptions,
  BenchWord,
  Direction,
  GeneratorWord,
  Load,
  LoadResult,
  Sample,
} from './words.ts';

const options = JSON.parse(process.argv[2] ?? '') as BenchOptions;
process.on('disconnect', () => process.exit(1));
main().then(
  () => process.send?.({ kind: 'end' } satisfies BenchWord, () => process.exit(0)),
  (error: unknown) => {
    process.stderr.write(`rmh: bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);

async function main(): Promise<void> {
  say({ kind: 'progress', text: `two namespaces, ${availableParallelism()} cores` });
  const cables = await layCables();
  const subjects = [plain(), ...(await ownTunnel(cables))];
  if (!options.brief) {
    await addWireguardGo(cables, subjects);
    for (const subject of subjects) await warmUp(cables, subject);
  }
  for (let round = 1; round <= options.rounds; round++) {
    for (const subject of subjects) await measure(cables, subject, round);
  }
}

async function addWireguardGo(cables: Cables, subjects: Measured[]): Promise<void> {
  const peer = await wireguardGo(cables, INNER_MTU);
  if (typeof peer === 'string') say({ kind: 'missing', subject: 'wireguard-go', reason: peer });
  else subjects.push(peer);
}

/** Compilers and caches get warm; what is measured is the running service. */
async function warmUp(cables: Cables, subject: Measured): Promise<void> {
  await subject.prepare();
  for (const direction of DIRECTIONS) {
    await runTcp(cables, subject, direction, Math.min(WARM_SECONDS, options.seconds));
  }
}

async function measure(cables: Cables, subject: Measured, round: number): Promise<void> {
  await subject.prepare();
  for (const direction of DIRECTIONS) {
    const before = cpuOf(subject);
    const tcp = await runTcp(cables, subject, direction, options.seconds);
    const head = { round, subject: subject.subject, direction };
    const cpu = cpuPerGb(cpuOf(subject) - before, tcp.bytes);
    const mbit = mbitOf(tcp);
    note({ ...head, protocol: 'tcp', offeredMbit: 0, mbit, lossPct: 0, cpuSecondsPerGb: cpu });
    for (const offeredMbit of options.brief ? [BRIEF_MBIT] : UDP_LADDER) {
      const cpuBefore = cpuOf(subject);
      const { sent, received } = await runUdp(cables, subject, direction, offeredMbit);
      note({
        ...head,
        protocol: 'udp',
        offeredMbit,
        mbit: mbitOf(received),
        lossPct: Math.max(0, 100 * (1 - received.pieces / Math.max(1, sent.pieces))),
        cpuSecondsPerGb: cpuPerGb(cpuOf(subject) - cpuBefore, received.bytes),
      });
    }
  }
}

async function runTcp(
  cables: Cables,
  subject: Measured,
  direction: Direction,
  seconds: number,
): Promise<LoadResult> {
  const host = receiverHost(subject, direction);
  const { congestion } = options;
  const receive: Load = { kind: 'tcp-receive', host };
  const send: Load = { kind: 'tcp-send', host, seconds, congestion };
  return (await runLoad(cables, direction, receive, send, seconds)).received;
}

function runUdp(cables: Cables, subject: Measured, direction: Direction, mbit: number) {
  const seconds = Math.max(0.3, options.seconds / 5);
  const host = receiverHost(subject, direction);
  const receive: Load = { kind: 'udp-receive', host, seconds };
  const send: Load = { kind: 'udp-send', host, seconds, mbit };
  return runLoad(cables, direction, receive, send, seconds);
}

async function runLoad(
  cables: Cables,
  direction: Direction,
  receive: Load,
  send: Load,
  seconds: number,
): Promise<{ sent: LoadResult; received: LoadResult }> {
  const [from, to] = direction === 'up' ? [cables.car, cables.site] : [cables.site, cables.car];
  const receiver = spawnScript(to, 'generator.ts', [JSON.stringify(receive)]);
  await nextWord(receiver, isListening, GRACE_MS);
  const limitMs = seconds * 1000 + GRACE_MS;
  const received = nextWord(receiver, isDone, limitMs);
  const sent = nextWord(spawnScript(from, 'generator.ts', [JSON.stringify(send)]), isDone, limitMs);
  const [out, back] = await Promise.all([sent, received]);
  return { sent: out.result, received: back.result };
}

function receiverHost(subject: Measured, direction: Direction): string {
  return direction === 'up' ? subject.siteHost : subject.carHost;
}

function cpuOf(subject: Measured): number {
  return subject.pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
}

function cpuPerGb(seconds: number, bytes: number): number {
  return bytes === 0 ? 0 : seconds / (bytes / 1e9);
}

function mbitOf(result: LoadResult): number {
  return result.seconds <= 0 ? 0 : (result.bytes * 8) / result.seconds / 1e6;
}

function note(sample: Sample): void {
  say({ kind: 'sample', sample });
}

function say(word: BenchWord): void {
  process.send?.(word);
}

function isListening(word: GeneratorWord): word is { kind: 'listening' } {
  return word.kind === 'listening';
}

function isDone(word: GeneratorWord): word is Extract<GeneratorWord, { kind: 'done' }> {
  return word.kind === 'done';
}

const DIRECTIONS: readonly Direction[] = ['up', 'down'];
/** Mbit/s: what four modems carry, more, and as fast as the sender can (0). */
const UDP_LADDER: readonly number[] = [200, 500, 0];
const BRIEF_MBIT = 50;
const INNER_MTU = 1340;
const GRACE_MS = 20_000;
/** Measured: after 3 s V8 has compiled what is hot; before, a GB costs a third more. */
const WARM_SECONDS = 3;
