// Closes the circle: probes → timeline → links → probes. What the reader made of a recording,
// the link model turns back into the echoes that were recorded.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { Random } from '@rmh/base';
import { directionOf } from '../carriers/condition.ts';
import { Link } from '../carriers/link.ts';
import { ColumnReader, type Samples } from './columns.ts';
import type { Drive } from './drive.ts';
import { readDrive } from './read.ts';
import { SHIPPED_DRIVES } from './shipped.ts';

const PING_BYTES = 64;

/** Sends the recorded probes over two links that follow the drive; the RTT of each, or NaN. */
function replay(drive: Drive, carrier: string, sentMs: readonly number[]): number[] {
  const random = new Random(1);
  const condition = drive.sample(carrier, sentMs[0] ?? 0);
  const up = new Link({ random, condition: directionOf(condition, 'up') });
  const down = new Link({ random, condition: directionOf(condition, 'down') });
  const rtts = sentMs.map(() => Number.NaN);
  const changeAfter = (tMs: number) => drive.nextChangeMs(carrier, tMs);
  let changeMs = changeAfter(sentMs[0] ?? 0);
  let next = 0;
  const endUs = ((sentMs.at(-1) ?? 0) + 30_000) * 1000;
  for (;;) {
    const sendUs = (sentMs[next] ?? Number.POSITIVE_INFINITY) * 1000;
    const nowUs = Math.min(sendUs, changeMs * 1000, up.nextDueUs(), down.nextDueUs());
    if (nowUs > endUs) return rtts;
    if (changeMs * 1000 <= nowUs) {
      const changed = drive.sample(carrier, changeMs);
      up.setCondition(directionOf(changed, 'up'), nowUs);
      down.setCondition(directionOf(changed, 'down'), nowUs);
      changeMs = changeAfter(changeMs);
    }
    if (sendUs <= nowUs) up.offer(next++, PING_BYTES, nowUs);
    for (let token = up.poll(nowUs); token >= 0; token = up.poll(nowUs)) {
      down.offer(token, PING_BYTES, up.deliveredUs);
    }
    for (let token = down.poll(nowUs); token >= 0; token = down.poll(nowUs)) {
      rtts[token] = down.deliveredUs / 1000 - (sentMs[token] ?? 0);
    }
  }
}

interface Fidelity {
  /** Of the probes recorded as lost in outages, those lost again. */
  lostAgain: number;
  answeredAgain: number;
  /** Of the probes answered over 0.5 s late, those late by the same, within a third or 0.25 s. */
  lateAgain: number;
}

function compare(recorded: readonly number[], replayed: readonly number[]): Fidelity {
  const share = (
    is: (rtt: number, i: number) => boolean,
    again: (a: number, b: number) => boolean,
  ) => {
    const chosen = recorded.map((rtt, i) => ({ rtt, i })).filter(({ rtt, i }) => is(rtt, i));
    const met = chosen.filter(({ rtt, i }) => again(rtt, replayed[i] ?? Number.NaN));
    return met.length / chosen.length;
  };
  const isLost = (i: number) => Number.isNaN(recorded[i] ?? 0);
  const inRun = (i: number) => isLost(i) && (isLost(i - 1) || isLost(i + 1));
  return {
    lostAgain: share(
      (_, i) => inRun(i),
      (_, b) => Number.isNaN(b),
    ),
    answeredAgain: share(
      (rtt) => !Number.isNaN(rtt),
      (_, b) => !Number.isNaN(b),
    ),
    lateAgain: share(
      (rtt) => rtt > 500,
      (a, b) => Math.abs(a - b) < Math.max(250, a / 3),
    ),
  };
}

async function fidelityOf(path: string, from?: number, to?: number): Promise<Fidelity> {
  const drive = await readDrive(path);
  const { fromMs, toMs } = drive.window(from, to);
  const reader = new ColumnReader('probes');
  const text = gunzipSync(await readFile(path.replace('.csv.gz', '.probe.csv.gz'))).toString();
  for (const line of text.split('\n')) reader.push(line);
  const probes = [...reader.finish().entries()];
  const recorded: number[] = [];
  const replayed: number[] = [];
  for (const [carrier, { tMs, rttMs }] of probes) {
    const { times, rtts } = within(tMs, rttMs, fromMs, toMs);
    recorded.push(...rtts, 0, 0);
    replayed.push(...replay(drive, carrier, times), 0, 0);
  }
  return compare(recorded, replayed);
}

function within(tMs: Samples['tMs'], rttMs: Samples['rttMs'], fromMs: number, toMs: number) {
  const at = tMs.map((_, i) => i).filter((i) => (tMs[i] ?? 0) >= fromMs && (tMs[i] ?? 0) < toMs);
  return { times: at.map((i) => tMs[i] ?? 0), rtts: at.map((i) => rttMs[i] ?? Number.NaN) };
}

for (const { name, path } of SHIPPED_DRIVES) {
  test(`replaying ${name} loses and delays what the drive lost and delayed`, async (t) => {
    const fidelity = await fidelityOf(path);
    t.diagnostic(JSON.stringify(fidelity));
    assert.ok(fidelity.lostAgain > 0.9 && fidelity.answeredAgain > 0.99);
    assert.ok(fidelity.lateAgain > 0.9);
  });
}

const CANYON = fileURLToPath(
  new URL('../../../../shared/traces/imc23_wheels.csv.gz', import.meta.url),
);

const skip = existsSync(CANYON) ? false : `outside the checkout: ${CANYON} is not there`;

test('so does the recorded canyon, where it is at hand', { skip }, async (t) => {
  const fidelity = await fidelityOf(CANYON, 1_660_188_600_000, 1_660_196_800_000);
  t.diagnostic(JSON.stringify(fidelity));
  assert.ok(fidelity.lostAgain > 0.7 && fidelity.answeredAgain > 0.98);
  assert.ok(fidelity.lateAgain > 0.7);
});
