import assert from 'node:assert/strict';
import test from 'node:test';
import { Pacer } from './pacer.ts';

/** Sends 1,400 bytes whenever it may, waking each 200 µs; the bytes of each burst. */
function bursts(pacer: Pacer, fromUs: number, toUs: number): number[] {
  const seen: number[] = [];
  for (let nowUs = fromUs; nowUs < toUs; nowUs += 200) {
    let bytes = 0;
    while (pacer.nextSendUs(nowUs) <= nowUs) {
      pacer.sent(1400, nowUs);
      bytes += 1400;
    }
    if (bytes > 0) seen.push(bytes);
  }
  return seen;
}

test('Pacer keeps the rate, in bursts of about a millisecond', () => {
  const pacer = new Pacer();
  pacer.setRate(6_250_000, 0);
  bursts(pacer, 0, 20_000);
  const seen = bursts(pacer, 20_000, 1_020_000);
  const bytes = seen.reduce((sum, each) => sum + each, 0);
  assert.ok(Math.abs(bytes - 6_250_000) < 15_000, `${bytes}`);
  assert.ok(Math.max(...seen) <= 12_500 / 2 + 2800, `${Math.max(...seen)}`);
});

test('Pacer sends one packet at a time where one takes 5 ms or more', () => {
  for (const [bytesPerSecond, most] of [
    [125_000, 1400],
    [1_250_000, 2800],
  ] as const) {
    const pacer = new Pacer();
    pacer.setRate(bytesPerSecond, 0);
    bursts(pacer, 0, 100_000);
    assert.equal(Math.max(...bursts(pacer, 100_000, 1_100_000)), most, `${bytesPerSecond}`);
  }
});

test('Pacer leaves trains of 64 KB whole at 1 Gbit/s', () => {
  const pacer = new Pacer();
  pacer.setRate(125_000_000, 0);
  const [, ...seen] = bursts(pacer, 0, 100_000);
  assert.ok(
    seen.every((bytes) => bytes >= 65_536),
    seen.join(' '),
  );
});

test('idleness saves no more than a quantum, and a debt no more than 100 ms', () => {
  const pacer = new Pacer();
  pacer.setRate(1_000_000, 0);
  assert.ok((bursts(pacer, 60_000_000, 60_000_200)[0] ?? 0) <= 4200);
  for (let i = 0; i < 1000; i++) pacer.sent(1400, 61_000_000);
  const waitUs = pacer.nextSendUs(61_000_000) - 61_000_000;
  assert.ok(waitUs > 100_000 && waitUs < 102_000, `${waitUs}`);
});
