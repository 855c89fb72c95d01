import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RmhError } from '@rmh/contract';
import { FLOWS } from '../devices/flows.ts';
import { LAB_USAGE, parseLabOptions } from './lab-options.ts';
import { parseUpOptions } from './up-options.ts';

async function orderOf(...argv: string[]) {
  const request = await parseLabOptions(argv);
  assert.equal(request.kind, 'run');
  return request.kind === 'run' ? request : assert.fail();
}

async function refusal(parse: Promise<unknown>): Promise<string> {
  try {
    await parse;
  } catch (error) {
    assert.ok(error instanceof RmhError && error.code === 'RMH_USAGE', String(error));
    return error.message;
  }
  return assert.fail('it was accepted');
}

test('the line of the issue is an order', async () => {
  const { order, json } = await orderOf(
    ...['--paths', '50mbit/15ms,30mbit/35ms', '--faults', '2:blackhole@3s+8s'],
    ...['--seconds', '16', '--seed', '7', '--json', '-'],
  );
  assert.deepEqual(
    order.vehicles.map(({ carriers }) => carriers.map(({ name }) => name)),
    [['carrier1', 'carrier2']],
  );
  assert.deepEqual([order.seconds, order.seed, json], [16, 7, '-']);
  assert.equal(order.faults[0]?.kind, 'blackhole');
  assert.equal(order.flowIds.length, FLOWS.length);
});

test('without options: a minute of a shipped drive with three carriers', async () => {
  const { order } = await orderOf();
  const [vehicle] = order.vehicles;
  assert.equal(order.seconds, 60);
  assert.deepEqual(
    vehicle?.carriers.map(({ device }) => device),
    ['ice0', 'telenor0', 'telia0'],
  );
});

test('a stretch of a drive is as long as it says', async () => {
  const { order } = await orderOf('--drive', 'oslo', '--from', '10000', '--to', '35000');
  assert.equal(order.seconds, 25);
});

test('flows are chosen by their names, both directions of one family together', async () => {
  const { order } = await orderOf('--paths', '5mbit/1ms', '--flows', 'dispatch, journal-up');
  const names = FLOWS.filter(({ id }) => order.flowIds.includes(id)).map(({ name }) => name);
  assert.deepEqual(names, ['dispatch-up', 'dispatch-down', 'journal-up', 'journal-down']);
});

test('what excludes each other is refused', async () => {
  const paths = ['--paths', '5mbit/1ms'];
  assert.match(await refusal(parseLabOptions([...paths, '--from', '5'])), /exclude/);
  assert.match(await refusal(parseLabOptions([...paths, '--drive', 'oslo'])), /exclude/);
  const backwards = ['--drive', 'oslo', '--from', '9000', '--to', '8000'];
  assert.match(await refusal(parseLabOptions(backwards)), /--to is not after --from/);
  const nine = Array.from({ length: 9 }, () => '1mbit/1ms').join(',');
  assert.match(await refusal(parseLabOptions(['--paths', nine])), /at most 8/);
});

test('three vehicles by default, each on another drive', async () => {
  const request = await parseUpOptions([]);
  assert.equal(request.kind, 'run');
  if (request.kind !== 'run') return;
  const files = request.order.vehicles.map(({ source }) => source.kind === 'drive' && source.file);
  assert.equal(new Set(files).size, 3);
  assert.equal(request.order.seconds, null);
  assert.match(await refusal(parseUpOptions(['--lang', 'se'])), /en or nb/);
  assert.match(await refusal(parseUpOptions(['--vehicles', '0'])), /from 1 to 9/);
});

test('the help fits a terminal', () => {
  for (const line of LAB_USAGE.split('\n')) assert.ok(line.length <= 100, line);
});
