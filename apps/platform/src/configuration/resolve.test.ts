import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import { BUILT_IN, type LayerValues } from '@rmh/contract/api';
import { diffOf, EMPTY, FIELDS, type LayerFacts, lockConflicts, resolve } from './resolve.ts';

const KINDS = ['national', 'rhf', 'hf', 'kind', 'unit'] as const;
const NUMBERS = ['duplicateShareMost', 'recordMb', 'sampleKeepDays'] as const;

function layer(id: number, values: LayerValues, locked: string[] = []): LayerFacts {
  const kind = KINDS[id - 1] ?? 'unit';
  return { id, kind, name: kind, values, locked };
}

test('Where no layer says anything, the built-in values hold', () => {
  const { values, origins } = resolve([]);
  assert.deepEqual(values, BUILT_IN);
  assert.equal(origins['logLevel']?.name, 'built-in');
});

test('The nearest layer decides, unless one above it locked the value', () => {
  const layers = [
    layer(1, { recordMb: 100, logLevel: 'warn' }, ['logLevel']),
    layer(2, { recordMb: 300, logLevel: 'debug' }),
    layer(5, { recordMb: 500 }),
  ];
  const { values, origins } = resolve(layers);
  assert.equal(values.recordMb, 500);
  assert.equal(values.logLevel, 'warn');
  assert.deepEqual(origins['logLevel'], {
    layerId: 1,
    kind: 'national',
    name: 'national',
    locked: true,
  });
  assert.equal(origins['recordMb']?.kind, 'unit');
});

test('A null that a layer gives is a value, and not silence', () => {
  const layers = [layer(1, { preferGateway: 'oslo' }), layer(3, { preferGateway: null })];
  assert.equal(resolve(layers).values.preferGateway, null);
  assert.equal(resolve(layers).origins['preferGateway']?.kind, 'hf');
});

/** The rule in other words: the highest lock wins, else the lowest that speaks. */
function slowly(layers: readonly LayerFacts[], field: (typeof NUMBERS)[number]) {
  const speaking = layers.filter((one) => one.values[field] !== undefined);
  const locker = speaking.find((one) => one.locked.includes(field));
  const decider = locker ?? speaking.at(-1);
  return { value: decider?.values[field] ?? BUILT_IN[field], layerId: decider?.id ?? null };
}

function anyLayers(random: Random): LayerFacts[] {
  return KINDS.flatMap((_, i) => {
    if (random.unit() < 0.2) return [];
    const values: Record<string, number> = {};
    for (const field of NUMBERS) if (random.unit() < 0.5) values[field] = random.below(90);
    // Locks without a value too: they must hold nothing.
    return [
      layer(
        i + 1,
        values,
        NUMBERS.filter(() => random.unit() < 0.3),
      ),
    ];
  });
}

test('Resolving says of 2,000 random towers of layers what the plain rule says', () => {
  const random = new Random(41);
  let lockedByUpper = 0;
  for (let i = 0; i < 2_000; i++) {
    const layers = anyLayers(random);
    const { values, origins } = resolve(layers);
    for (const field of NUMBERS) {
      const { value, layerId } = slowly(layers, field);
      assert.equal(values[field], value, `tower ${i}, ${field}`);
      assert.equal(origins[field]?.layerId, layerId, `tower ${i}, ${field}`);
      const last = layers.findLast((one) => one.values[field] !== undefined);
      if (last !== undefined && last.id !== layerId) lockedByUpper++;
    }
  }
  assert.ok(lockedByUpper > 100, 'the towers had locks that mattered');
});

test('A write meets no lock exactly when every value in it would be heard', () => {
  const random = new Random(43);
  let refused = 0;
  for (let i = 0; i < 2_000; i++) {
    const layers = anyLayers(random);
    const above = layers.slice(0, random.below(layers.length + 1));
    const mine = layer(9, { recordMb: 1, sampleKeepDays: 2 });
    const conflicts = lockConflicts(above, mine.values).map(({ field }) => field);
    const { origins } = resolve([...above, mine]);
    for (const field of ['recordMb', 'sampleKeepDays'] as const) {
      assert.equal(conflicts.includes(field), origins[field]?.layerId !== 9, `tower ${i}`);
    }
    refused += conflicts.length;
  }
  assert.ok(refused > 100);
});

test('A diff names what was given, changed, withdrawn, locked and freed', () => {
  const before = { values: { recordMb: 100, logLevel: 'info' as const }, locked: ['recordMb'] };
  const after = { values: { recordMb: 200, reportPlace: false }, locked: [] };
  assert.deepEqual(
    diffOf(before, after).map(({ field, change, lock }) => [field, change, lock]),
    [
      ['logLevel', 'withdrawn', 'same'],
      ['reportPlace', 'given', 'same'],
      ['recordMb', 'changed', 'unlocked'],
    ],
  );
  assert.deepEqual(diffOf(EMPTY, EMPTY), []);
  assert.equal(
    diffOf(before, before).every(({ change }) => change === 'same'),
    true,
  );
});

test('Fields stand for all of the configuration', () => {
  assert.deepEqual(FIELDS, Object.keys(BUILT_IN));
});
