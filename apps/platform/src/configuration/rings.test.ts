import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import { ringsOf, ringVerdict } from './rings.ts';

const SHARES = [0.01, 0.1, 0.5, 1];
const fleet = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

function sizes(rings: Map<number, number>, count: number): number[] {
  return Array.from(
    { length: count },
    (_, ring) => [...rings.values()].filter((r) => r === ring).length,
  );
}

test('Rings of 700 vehicles have 7, 63, 280 and 350 of them', () => {
  assert.deepEqual(sizes(ringsOf(fleet(700), SHARES), 4), [7, 63, 280, 350]);
});

test('A unit belongs to the same ring whatever the order in which units are named', () => {
  const there = ringsOf(fleet(50), SHARES);
  const back = ringsOf(fleet(50).reverse(), SHARES);
  for (const id of fleet(50)) assert.equal(there.get(id), back.get(id));
});

test('Every unit is in one ring, the first ring has one at least, and the shares hold', () => {
  const random = new Random(7);
  for (let i = 0; i < 500; i++) {
    const count = 1 + random.below(40);
    const shares = [random.unit(), random.unit(), random.unit()].sort((a, b) => a - b);
    const all = [...shares, 1];
    const rings = ringsOf(fleet(count), all);
    assert.equal(rings.size, count);
    const ofRing = sizes(rings, all.length);
    assert.ok((ofRing[0] ?? 0) >= 1);
    let sum = 0;
    all.forEach((share, ring) => {
      sum += ofRing[ring] ?? 0;
      assert.ok(sum >= share * count - 1e-9 && sum < share * count + 1, `${count} at ${share}`);
    });
  }
});

test('A ring waits, is through at nine of ten, and pauses when that can no longer be', () => {
  const count = { units: 20, confirmed: 0, fellBack: 0, forgiven: 0 };
  const verdict = (change: object, isLast = false) =>
    ringVerdict({ ...count, ...change }, 0.9, isLast);
  assert.equal(verdict({}), 'wait');
  assert.equal(verdict({ confirmed: 17, fellBack: 2 }), 'wait');
  assert.equal(verdict({ confirmed: 18, fellBack: 2 }), 'next');
  assert.equal(verdict({ confirmed: 18 }, true), 'done');
  assert.equal(verdict({ confirmed: 17, fellBack: 3 }), 'pause');
});

test('What somebody has seen and forgiven holds nothing up', () => {
  const count = { units: 20, confirmed: 15, fellBack: 0, forgiven: 5 };
  assert.equal(ringVerdict(count, 0.9, false), 'next');
  assert.equal(ringVerdict({ ...count, units: 5, confirmed: 0 }, 1, true), 'done');
});

test('Needed shares are not lost in the last digit: 7 of 100 are 0.07', () => {
  const count = { units: 100, confirmed: 7, fellBack: 0, forgiven: 0 };
  assert.equal(ringVerdict(count, 0.07, false), 'next');
});

test('A verdict never both passes and could not have passed', () => {
  const random = new Random(11);
  for (let i = 0; i < 5_000; i++) {
    const units = random.below(30);
    const confirmed = random.below(units + 1);
    const fellBack = random.below(units - confirmed + 1);
    const successLeast = random.unit();
    const verdict = ringVerdict({ units, confirmed, fellBack, forgiven: 0 }, successLeast, false);
    const enough = confirmed >= successLeast * units - 1e-9;
    const possible = units - fellBack >= successLeast * units - 1e-9;
    assert.equal(verdict, possible ? (enough ? 'next' : 'wait') : 'pause');
  }
});
