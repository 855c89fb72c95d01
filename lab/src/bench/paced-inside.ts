// `rmh bench paced` inside its sandbox: each tunnel over one carrier whose rate is the limit, so
// that packets leave and come one by one, as they do on the road.
import type { LinkCondition } from '../carriers/condition.ts';
import type { Ground } from './addresses.ts';
import { OWN_ROOT } from './children.ts';
import { runInside, say } from './inside-main.ts';
import { sampleTcp, sampleUdp, warmUp } from './loads.ts';
import { carrierDevice, createRoadside, linkName, roadLinks, startCarriers } from './road.ts';
import { inRound, type Measured, OwnTunnel } from './subjects.ts';
import { wireguardGo } from './wireguard.ts';
import { DIRECTIONS, type PacedOptions } from './words.ts';

runInside(async (json) => {
  const options = JSON.parse(json) as PacedOptions;
  const ours = createRoadside(1);
  const theirs = options.against === null ? null : createRoadside(1);
  const grounds = theirs === null ? [ours] : [ours, theirs];
  const source = { mbit: WARM_MBIT, delayMs: DELAY_MS };
  const links = grounds.flatMap((ground, i) => roadLinks(ground, [source], i + 1));
  const emulator = await startCarriers(links, 1);
  const setRate = async (mbit: number): Promise<void> => {
    const condition = conditionOf(mbit);
    for (const i of grounds.keys()) {
      await emulator.command({ kind: 'condition', link: linkName(0, i + 1), condition });
    }
  };
  const subjects = await buildSubjects(options, ours, theirs);
  if (!options.brief) {
    for (const subject of subjects) await warmUp(subject, options.seconds, 'cubic');
  }
  for (let round = 1; round <= options.rounds; round++) {
    for (const mbit of options.rates) {
      await setRate(mbit);
      for (const subject of inRound(subjects, round)) await measure(options, subject, round, mbit);
    }
  }
});

async function buildSubjects(
  { against, brief }: PacedOptions,
  ours: Ground,
  theirs: Ground | null,
): Promise<Measured[]> {
  const devices = [carrierDevice(0)];
  const subjects = [(await OwnTunnel.start(ours, OWN_ROOT)).over('rmh-1', devices)];
  if (theirs !== null && against !== null) {
    subjects.push((await OwnTunnel.start(theirs, against)).over('against-1', devices));
  }
  if (brief) return subjects;
  const peer = await wireguardGo(ours);
  if (typeof peer === 'string') say({ kind: 'missing', subject: 'wireguard-go', reason: peer });
  else subjects.push(peer);
  return subjects;
}

async function measure(
  { seconds }: PacedOptions,
  subject: Measured,
  round: number,
  pathMbit: number,
): Promise<void> {
  await subject.prepare();
  for (const direction of DIRECTIONS) {
    const head = { round, subject: subject.subject, direction, pathMbit };
    say({ kind: 'sample', sample: await sampleTcp(subject, head, seconds, 'cubic') });
    const offeredMbit = pathMbit * UDP_SHARE;
    say({ kind: 'sample', sample: await sampleUdp(subject, head, seconds, offeredMbit) });
  }
}

function conditionOf(mbit: number): LinkCondition {
  return {
    upKbps: mbit * 1000,
    downKbps: mbit * 1000,
    oneWayUs: DELAY_MS * 1000,
    jitterUs: 0,
    loss: 0,
    state: 'up',
    measured: true,
  };
}

const DELAY_MS = 15;
/** Warms up faster than the rates to be measured do. */
const WARM_MBIT = 100;
/** 1,300 of payload in 1,404 bytes outside fill 0.926 of the path; a little less never queues. */
const UDP_SHARE = 0.9;
