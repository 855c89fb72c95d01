import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { parsePaths } from '../carriers/paths-syntax.ts';
import { figuresOf, worstOf } from './bond-figures.ts';
import { fairFigures } from './fair.ts';
import { bondOptions, fairOptions, pacedOptions, tunnelOptions } from './options.ts';
import { comparisonOf } from './paced.ts';
import { ratiosOf } from './sample-rows.ts';
import { headlinesOf } from './tunnel.ts';
import type { BondOptions, BondSample, FairOptions, FairSample, Sample } from './words.ts';

test('a ratio is taken within its round, and is null for what was not measured', () => {
  const samples = [
    sample({ round: 1, mbit: 300 }),
    sample({ round: 1, subject: 'wireguard-go', mbit: 100, cpuSecondsPerGb: 2 }),
    sample({ round: 2, mbit: 90 }),
    sample({ round: 2, subject: 'wireguard-go', mbit: 30, cpuSecondsPerGb: 2 }),
  ];
  const [up, down] = headlinesOf(samples);
  assert.equal(up?.ratioToWireguardGo, 3);
  assert.equal(up?.cpuRatioToWireguardGo, 0.5);
  assert.equal(up?.twoPathsToOne, null);
  assert.equal(up?.ratioToAgainst, null);
  assert.equal(down?.ratioToWireguardGo, null);
});

test('loads are compared with their like, and the comparison spans them all', () => {
  const samples = [20, 60].flatMap((pathMbit) => [
    sample({ pathMbit, cpuSecondsPerGb: pathMbit }),
    sample({ pathMbit, cpuSecondsPerGb: 30, subject: 'against-1' }),
  ]);
  const ratios = ratiosOf(samples, 'rmh-1', 'against-1');
  assert.deepEqual(
    ratios.map(({ cpuRatio }) => cpuRatio),
    [20 / 30, 2],
  );
  const [comparison] = comparisonOf(samples, 'against-1');
  assert.deepEqual(comparison?.cpuRatio, { median: 4 / 3, least: 2 / 3, most: 2 });
  assert.deepEqual(comparisonOf(samples, 'wireguard-go'), []);
});

test('the headline of bond is the worst congestion control, over what the paths carry', () => {
  const options = bondOptions(['--paths', '50mbit/15ms,30mbit/35ms']) as BondOptions;
  const samples = (['cubic', 'bbr'] as const).flatMap((congestion) =>
    ([60, 70, 65] as const).map(
      (mbit, i): BondSample => ({
        round: i + 1,
        congestion,
        subject: 'bond',
        direction: 'up',
        mbit: congestion === 'bbr' ? mbit : mbit - 5,
        wholeMbit: 50,
      }),
    ),
  );
  const figures = options.congestions.map((each) => figuresOf(options, samples, each));
  assert.equal(figures[1]?.upMbit, 65);
  assert.deepEqual(figures[1]?.up, { median: 65, least: 60, most: 70 });
  assert.equal(figures[1]?.aloneUpMbit, null);
  const worst = worstOf(figures);
  assert.equal(worst.upMbit, 60);
  assert.ok(Math.abs(worst.sumMbit - 72.77) < 0.01);
  assert.ok(Math.abs(worst.upRatio - 60 / 72.77) < 0.001);
  assert.equal(worst.downRatio, 0);
});

test('a case of fair is its rounds: median, Jain’s index, and round trips of them all', () => {
  const samples = ([10, 30, 20] as const).map(
    (oursMbit, i): FairSample => ({
      round: i + 1,
      congestion: 'cubic',
      bufferMs: 50,
      first: 'rival',
      direction: 'up',
      oursMbit,
      theirsMbit: 60 - oursMbit,
      rttsMs: [20 + i],
    }),
  );
  const figures = fairFigures([
    ...samples,
    { ...samples[0], bufferMs: 200, rttsMs: [] } as FairSample,
  ]);
  assert.equal(figures.length, 2);
  const { share, jain, rttMsP50 } = figures[0] ?? assert.fail();
  assert.deepEqual(share, { median: 1 / 3, least: 1 / 6, most: 1 / 2 });
  assert.equal(jain, 0.9);
  assert.equal(rttMsP50, 21);
  assert.equal(figures[1]?.rttMsP95, null);
});

test('the command lines: defaults, and what is refused', () => {
  const fair = fairOptions([]) as FairOptions;
  assert.deepEqual(fair.buffersMs, [50, 200, 1000]);
  assert.deepEqual([fair.firsts, fair.directions], [['rival'], ['up', 'down']]);
  const bond = bondOptions(['--paths', '50mbit/15ms']) as BondOptions;
  assert.deepEqual(bond.congestions, ['cubic', 'bbr']);
  assert.deepEqual(bond.paths, parsePaths('50mbit/15ms'));
  const refused: [unknown, RegExp][] = [
    [bondOptions([]), /--paths says/],
    [bondOptions(['--paths', '50/15']), /--paths: path 1/],
    [bondOptions(['--paths', '5mbit/1ms', '--skip', '10']), /--skip/],
    [bondOptions(['--paths', '5mbit/1ms', '--cc', 'reno']), /--cc/],
    [bondOptions(['--paths', '5mbit/1ms', '--faults', 'gateway1:kill@1s']), /a bench knows/],
    [bondOptions(['--paths', '5mbit/1ms', '--faults', '2:rebind@1s']), /no path "2"/],
    [pacedOptions(['--rates', '20,x']), /--rates/],
    [pacedOptions(['--against', '/nonexistent']), /no checkout/],
    [fairOptions(['--path', '5mbit/1ms,5mbit/1ms']), /--path is one/],
    [fairOptions(['--buffers', '50,']), /--buffers/],
    [fairOptions(['--first', 'us']), /--first/],
    [tunnelOptions(['--seconds', '0']), /--seconds/],
    [tunnelOptions(['twice']), /twice/],
  ];
  for (const [outcome, message] of refused) {
    assert.equal(typeof outcome, 'string');
    assert.match(String(outcome), message);
  }
});

function sample(fields: Partial<Sample>): Sample {
  return {
    round: 1,
    subject: 'rmh-1',
    direction: 'up',
    protocol: 'tcp',
    pathMbit: 0,
    offeredMbit: 0,
    mbit: 1,
    lossPct: 0,
    cpuSecondsPerGb: 1,
    ...fields,
  };
}
