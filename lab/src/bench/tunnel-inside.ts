// `rmh bench tunnel` inside its sandbox: builds everything, measures in interleaved rounds.
import { availableParallelism } from 'node:os';
import { CABLES } from './addresses.ts';
import { layCables } from './cables.ts';
import { OWN_ROOT } from './children.ts';
import { runInside, say } from './inside-main.ts';
import { sampleTcp, sampleUdp, warmUp } from './loads.ts';
import { inRound, type Measured, OwnTunnel, plain } from './subjects.ts';
import { wireguardGo } from './wireguard.ts';
import { DIRECTIONS, type TunnelOptions } from './words.ts';

runInside(async (json) => {
  const options = JSON.parse(json) as TunnelOptions;
  const subjects = await buildSubjects(options);
  if (!options.brief) {
    for (const subject of subjects) await warmUp(subject, options.seconds, options.congestion);
  }
  for (let round = 1; round <= options.rounds; round++) {
    for (const subject of inRound(subjects, round)) await measure(options, subject, round);
  }
});

async function buildSubjects({ brief, against }: TunnelOptions): Promise<Measured[]> {
  say({ kind: 'progress', text: `two namespaces, ${availableParallelism()} cores` });
  const ground = await layCables();
  const devices = CABLES.map(({ carDevice }) => carDevice);
  const ours = await OwnTunnel.start(ground, OWN_ROOT);
  const subjects = [
    plain(ground),
    ours.over('rmh-1', devices.slice(0, 1)),
    ours.over('rmh-2', devices),
  ];
  if (against !== null) {
    // Same names and addresses as ours: it needs cables of its own.
    const theirs = await OwnTunnel.start(await layCables(), against);
    subjects.push(theirs.over('against-1', devices.slice(0, 1)), theirs.over('against-2', devices));
  }
  if (brief) return subjects;
  const peer = await wireguardGo(ground);
  if (typeof peer === 'string') say({ kind: 'missing', subject: 'wireguard-go', reason: peer });
  else subjects.push(peer);
  return subjects;
}

async function measure(options: TunnelOptions, subject: Measured, round: number): Promise<void> {
  const { seconds, congestion, brief } = options;
  await subject.prepare();
  for (const direction of DIRECTIONS) {
    const head = { round, subject: subject.subject, direction, pathMbit: 0 };
    say({ kind: 'sample', sample: await sampleTcp(subject, head, seconds, congestion) });
    for (const offeredMbit of brief ? [BRIEF_MBIT] : UDP_LADDER) {
      const udpSeconds = Math.max(0.3, seconds / 5);
      say({ kind: 'sample', sample: await sampleUdp(subject, head, udpSeconds, offeredMbit) });
    }
  }
}

/** Mbit/s: what four modems carry, more, and as fast as the sender can (0). */
const UDP_LADDER: readonly number[] = [200, 500, 0];
const BRIEF_MBIT = 50;
