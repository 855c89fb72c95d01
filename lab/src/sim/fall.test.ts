// A carrier whose rate falls from 50 to 0.5 Mbit/s within a second, beside an upload at full rate.
// RMH_SWEEP=all: every case, for the table of docs/benchmarks.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { steadyCondition } from './testing.ts';
import { changingWindow, type Flow, Trial } from './trial.ts';

const isWhole = process.env['RMH_SWEEP'] === 'all';
const FALL_S = 6;
const END_S = 10;
const REALTIME_MS = 150;
const RECOVERED_MS = 500;

const FALLS = {
  linear: (share: number) => 50 - 49.5 * share,
  exponential: (share: number) => 50 * 0.01 ** share,
} as const;

interface Seen {
  /** The longest wait in the falling carrier's buffer from the fall on, ms. */
  readonly queueMs: number;
  /** From the first packet that came too late to the last one, ms. */
  readonly videoMs: number;
  readonly voiceMs: number;
}

/** When it begins decides which packets stand where: of several falls the worst counts. */
const LATER_MS = isWhole ? [0, 7, 13, 19, 29, 37] : [0, 37];

function fall(shape: keyof typeof FALLS, rttMs: number, second: boolean, forS = 1): Seen {
  const seen = LATER_MS.map((laterMs) =>
    fallAfter(FALL_S + laterMs / 1000, shape, rttMs, second, forS),
  );
  const most = (of: keyof Seen) => Math.max(...seen.map((each) => each[of]));
  return { queueMs: most('queueMs'), videoMs: most('videoMs'), voiceMs: most('voiceMs') };
}

/** Video of 2 Mbit/s, voice, and an upload at full rate. */
function fallAfter(
  fromS: number,
  shape: keyof typeof FALLS,
  rttMs: number,
  second: boolean,
  forS: number,
): Seen {
  const mbitAt = (s: number) => FALLS[shape](Math.min(1, Math.max(0, (s - fromS) / forS)));
  const falling = [steadyCondition(50, rttMs / 2), mbitAt] as const;
  const carriers = second ? { falling, other: [steadyCondition(10, 40)] as const } : { falling };
  const trial = new Trial({ window: changingWindow(carriers, END_S + 1) });
  trial.runTo(0);
  trial.upload('bulk');
  const video: Flow = trial.datagrams('realtime', 1228, 4.912);
  const voice: Flow = trial.datagrams('realtime', 188, 20);
  trial.runTo(FALL_S);
  let queueUs = 0;
  for (let s = FALL_S; s < END_S; s += 0.005) {
    trial.runTo(s);
    queueUs = Math.max(queueUs, trial.road.queueUpUs(0));
  }
  return {
    queueMs: queueUs / 1000,
    videoMs: video.lateForMs(REALTIME_MS, FALL_S, END_S - 0.5),
    voiceMs: voice.lateForMs(REALTIME_MS, FALL_S, END_S - 0.5),
  };
}

const QUEUE_MS_MOST = 200;

for (const shape of ['linear', 'exponential'] as const) {
  for (const rttMs of isWhole ? [10, 20, 40, 50, 60, 70, 80] : [20, 40, 50, 80]) {
    for (const second of [true, false]) {
      const name = `${shape} at ${rttMs} ms, ${second ? 'with another' : 'alone'}`;
      test(`Realtime outlives 50 to 0.5 Mbit/s within a second: ${name}`, (t) => {
        const { queueMs, videoMs, voiceMs } = fall(shape, rttMs, second);
        const words = [queueMs, videoMs, voiceMs].map((ms) => ms.toFixed(0));
        t.diagnostic(`queue ${words[0]} ms, video late ${words[1]} ms, voice ${words[2]} ms`);
        assert.ok(queueMs <= QUEUE_MS_MOST, `queue ${queueMs} ms`);
        if (!second) return;
        assert.ok(videoMs <= RECOVERED_MS, `video ${videoMs} ms`);
        assert.ok(voiceMs <= RECOVERED_MS, `voice ${voiceMs} ms`);
      });
    }
  }
}

test('in a fall of two seconds no window is doubled to find out who stands in the queue', (t) => {
  const { queueMs } = fall('linear', 60, true, 2);
  t.diagnostic(`queue ${queueMs.toFixed(0)} ms`);
  assert.ok(queueMs < 1000, `queue ${queueMs} ms`);
});

test('the measure sees what comes too late: 2 Mbit/s of video do not fit in what is left', () => {
  assert.ok(fall('exponential', 20, false).videoMs > RECOVERED_MS);
});
