// Bulk through the tunnel beside somebody else's TCP in the same buffer of the same carrier: what
// each gets, and what critical packets wait there. RMH_SWEEP=all: every case, for the tables of
// docs/benchmarks.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { steadyCondition } from './testing.ts';
import { changingWindow, Trial, type Upload } from './trial.ts';
import type { Side } from './types.ts';

const isWhole = process.env['RMH_SWEEP'] === 'all';

type First = 'tunnel' | 'rival' | 'together';

interface Case {
  readonly rival: 'cubic' | 'bbr';
  readonly mbit: number;
  readonly rttMs: number;
  readonly bufferMs: number;
  /** Who fills the carrier first: the other joins him 10 s later. */
  readonly first: First;
  readonly side?: Side;
  /** In our place a second CUBIC outside the tunnel: what TCP itself would get. */
  readonly cubicForUs?: boolean;
}

interface Seen {
  /** Ours of what both got: in the 30 s from when both were there, and in the 30 s after 60. */
  readonly share: number;
  readonly later: number;
  /** Mbit/s of payload of both, later. */
  readonly mbit: number;
  readonly criticalMsP50: number;
  readonly criticalMsP95: number;
}

const LEAD_S = 10;
const LATER_S = 60;
const COUNTED_S = 30;

function beside(of: Case): Seen {
  const { rival, mbit, rttMs, bufferMs, first, side = 'car', cubicForUs = false } = of;
  const window = changingWindow({ only: [steadyCondition(mbit, rttMs / 2)] }, 101);
  // Time bounds the buffer; the lab's limit in bytes is 0.3 s at 50 Mbit/s.
  const trial = new Trial({ window, bufferMs, limits: { bufferBytesMax: 20_000_000 } });
  const begin = (who: First): Upload => {
    if (who === 'rival') return trial.rival(0, side, rival);
    return cubicForUs ? trial.rival(0, side) : trial.upload('bulk', side);
  };
  trial.runTo(0);
  const critical = trial.datagrams('critical', 228, 20);
  const early = first === 'together' ? null : begin(first);
  const fromS = first === 'together' ? 0 : LEAD_S;
  trial.runTo(fromS);
  const us = early !== null && first === 'tunnel' ? early : begin('tunnel');
  const them = early !== null && first === 'rival' ? early : begin('rival');
  const counted = (atS: number): [ours: number, both: number] => {
    trial.runTo(fromS + atS);
    const [ours, theirs] = [us.bytes, them.bytes];
    trial.runTo(fromS + atS + COUNTED_S);
    return [us.bytes - ours, us.bytes - ours + them.bytes - theirs];
  };
  const [ours, both] = counted(0);
  const [oursLater, bothLater] = counted(LATER_S);
  const untilS = fromS + LATER_S + COUNTED_S - 2;
  return {
    share: ours / both,
    later: oursLater / bothLater,
    mbit: (bothLater * 8) / COUNTED_S / 1e6,
    criticalMsP50: critical.quantileMs(0.5, fromS, untilS),
    criticalMsP95: critical.quantileMs(0.95, fromS, untilS),
  };
}

function wordsOf({ share, later, mbit, criticalMsP50, criticalMsP95 }: Seen): string {
  const percent = (part: number) => (100 * part).toFixed(0);
  const critical = `critical p50 ${criticalMsP50.toFixed(0)}, p95 ${criticalMsP95.toFixed(0)} ms`;
  return `${percent(share)} %, later ${percent(later)} % of ${mbit.toFixed(1)} Mbit/s, ${critical}`;
}

const FIRSTS: readonly First[] = ['rival', 'together', 'tunnel'];
/** A third of the rival's to three times it. */
const FAIR = [0.25, 0.75] as const;

for (const [rttMs, bufferMs] of [
  [20, 50],
  [20, 200],
  [50, 200],
] as const) {
  for (const first of FIRSTS) {
    const name = `10 Mbit/s, ${rttMs} ms, buffer ${bufferMs} ms, first ${first}`;
    test(`Bulk beside CUBIC comes to between a third of it and three times: ${name}`, (t) => {
      const seen = beside({ rival: 'cubic', mbit: 10, rttMs, bufferMs, first });
      t.diagnostic(wordsOf(seen));
      assert.ok(seen.later >= FAIR[0] && seen.later <= FAIR[1], wordsOf(seen));
      assert.ok(seen.mbit > 8.5, wordsOf(seen));
    });
  }
}

test('Bulk down that yields is not taken for a falling path: 50 Mbit/s, buffer 50 ms', (t) => {
  const road = { mbit: 50, rttMs: 20, bufferMs: 50, side: 'site' } as const;
  const seen = beside({ rival: 'cubic', first: 'tunnel', ...road });
  t.diagnostic(wordsOf(seen));
  assert.ok(seen.later >= FAIR[0], wordsOf(seen));
});

for (const first of ['rival', 'tunnel'] as const) {
  const name = `10 Mbit/s, 20 ms, buffer 200 ms, first ${first}`;
  test(`Bulk down beside BBR is not starved: ${name}`, (t) => {
    const road = { mbit: 10, rttMs: 20, bufferMs: 200, side: 'site' } as const;
    const seen = beside({ rival: 'bbr', first, ...road });
    t.diagnostic(wordsOf(seen));
    assert.ok(seen.later >= FAIR[0], wordsOf(seen));
  });
}

test('the measure sees who is starved: CUBIC beside BBR in a shallow buffer', () => {
  const sender = { rival: 'bbr', mbit: 10, rttMs: 50, bufferMs: 50, first: 'together' } as const;
  const { later } = beside({ ...sender, cubicForUs: true });
  assert.ok(later < FAIR[0], `${later}`);
});

const SWEEP: readonly Case[] = (['cubic', 'bbr'] as const).flatMap((rival) =>
  [10, 50].flatMap((mbit) =>
    [20, 50].flatMap((rttMs) =>
      [50, 200, 1000].flatMap((bufferMs) =>
        FIRSTS.map((first) => ({ rival, mbit, rttMs, bufferMs, first })),
      ),
    ),
  ),
);

for (const one of isWhole ? SWEEP : []) {
  const { rival, mbit, rttMs, bufferMs, first } = one;
  const road = `${mbit} Mbit/s, ${rttMs} ms, buffer ${bufferMs} ms`;
  test(`table: ${rival} first ${first}, ${road}`, (t) => {
    t.diagnostic(`up: ${wordsOf(beside(one))}`);
    t.diagnostic(`down: ${wordsOf(beside({ ...one, side: 'site' }))}`);
    t.diagnostic(`CUBIC for us: ${wordsOf(beside({ ...one, cubicForUs: true }))}`);
  });
}
