import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatPath, PathSyntaxError, parseLink, parsePaths } from './paths-syntax.ts';

test('paths are rate, one-way delay and loss, named in order', () => {
  assert.deepEqual(parsePaths('50mbit/15ms, 30mbit/35ms/1%,500kbit/1.5s/0.5%'), [
    { name: 'carrier1', mbit: 50, delayMs: 15, loss: 0 },
    { name: 'carrier2', mbit: 30, delayMs: 35, loss: 0.01 },
    { name: 'carrier3', mbit: 0.5, delayMs: 1500, loss: 0.005 },
  ]);
  assert.deepEqual(parseLink('telenor:1gbit/0ms/100%'), {
    name: 'telenor',
    mbit: 1000,
    delayMs: 0,
    loss: 1,
  });
});

test('every error says which path and which part of it', () => {
  const cases: [string, RegExp][] = [
    ['', /path 1: "" is not rate\/delay/],
    ['50mbit', /path 1: "50mbit" is not/],
    ['50mbit/15ms,30/35ms', /path 2: rate "30"/],
    ['50mbit/15', /path 1: one-way delay "15"/],
    ['50mbit/15ms/1', /path 1: loss "1" is no number with %/],
    ['50mbit/15ms/101%', /over 100%/],
    ['0mbit/15ms', /not within 8kbit/],
    ['50mbit/99s', /over 60s/],
    ['50mbit/15ms/1%/x', /is not rate/],
    [Array(17).fill('1mbit/1ms').join(','), /17 paths/],
  ];
  for (const [text, words] of cases) assert.throws(() => parsePaths(text), words);
  assert.throws(() => parseLink('tele nor:1mbit/1ms'), /"tele nor" is no name/);
  assert.throws(() => parseLink('telenor'), /name:path is expected/);
});

test('what is formatted is parsed to the same numbers', () => {
  const paths = fc.array(
    fc.record({
      mbit: fc.integer({ min: 1, max: 10_000 }),
      delayMs: fc.integer({ min: 0, max: 60_000 }),
      loss: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
    }),
    { minLength: 1, maxLength: 16 },
  );
  fc.assert(
    fc.property(paths, (specs) => {
      const read = parsePaths(specs.map(formatPath).join(','));
      assert.equal(read.length, specs.length);
      for (const [i, spec] of specs.entries()) {
        assert.equal(read[i]?.mbit, spec.mbit);
        assert.equal(read[i]?.delayMs, spec.delayMs);
        assert.ok(Math.abs((read[i]?.loss ?? -1) - spec.loss) < 1e-9);
      }
    }),
  );
});

test('any text is either paths or a PathSyntaxError', () => {
  const words = fc.constantFrom('50mbit', '/', '15ms', ',', '1%', ' ', '-', 'e9', '0', ':', '٣');
  const texts = fc.oneof(
    fc.string(),
    fc.array(words).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        for (const { mbit, delayMs, loss } of parsePaths(text)) {
          assert.ok(mbit > 0 && delayMs >= 0 && loss >= 0 && loss <= 1);
        }
      } catch (error) {
        assert.ok(error instanceof PathSyntaxError, String(error));
      }
    }),
    { numRuns: Number(process.env['RMH_FUZZ_RUNS'] ?? 2000) },
  );
});
