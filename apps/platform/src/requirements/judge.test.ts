import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import {
  CHECK,
  type Check,
  COMPARISONS_MOST,
  FACT_NAMES,
  type FactFigures,
  factOf,
  REQUIREMENT_CREATE,
  subjectsOf,
} from '@rmh/contract/api';
import { judge } from './judge.ts';
import { NATIONAL_SET } from './shipped.ts';

const OPERATORS = ['at-least', 'at-most', 'exactly'] as const;
const pick = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)] as T;

function randomCheck(random: Random): Check {
  const comparisons = Array.from({ length: 1 + random.below(COMPARISONS_MOST) }, () => ({
    fact: pick(random, FACT_NAMES),
    is: pick(random, OPERATORS),
    value: random.below(4),
  }));
  return { need: pick(random, ['all', 'any'] as const), comparisons };
}

const randomFigures = (random: Random, knownShare: number): FactFigures =>
  Object.fromEntries(
    FACT_NAMES.map((name) => [name, random.unit() < knownShare ? random.below(4) : null]),
  );

/** Every way in which the unknown figures may turn out, tried one by one. */
function outcomes({ need, comparisons }: Check, figures: FactFigures): Set<boolean> {
  const truths = comparisons.map(({ fact, is, value }) => {
    const figure = figures[fact] ?? null;
    if (figure === null) return [true, false];
    return [
      is === 'at-least' ? figure >= value : is === 'at-most' ? figure <= value : figure === value,
    ];
  });
  let found = new Set([need === 'all']);
  for (const options of truths) {
    const next = new Set<boolean>();
    for (const before of found) {
      for (const one of options) next.add(need === 'all' ? before && one : before || one);
    }
    found = next;
  }
  return found;
}

test('A verdict is met or failed only where nothing unknown could change it', () => {
  const random = new Random(20_261_126);
  const seen = new Set<string>();
  for (let i = 0; i < 3_000; i++) {
    const check = randomCheck(random);
    const figures = randomFigures(random, random.unit());
    const possible = outcomes(check, figures);
    const verdict = judge(check, figures);
    seen.add(`${check.need} ${verdict}`);
    if (possible.size === 2) assert.equal(verdict, 'unknown', JSON.stringify({ check, figures }));
    else assert.equal(verdict, possible.has(true) ? 'met' : 'failed');
  }
  assert.equal(seen.size, 6, 'both kinds of check with each verdict');
});

test('To know more never turns met into failed or back', () => {
  const random = new Random(7);
  for (let i = 0; i < 2_000; i++) {
    const check = randomCheck(random);
    const less = randomFigures(random, 0.5);
    const more = Object.fromEntries(
      FACT_NAMES.map((name) => [name, less[name] ?? random.below(4)]),
    ) as FactFigures;
    const before = judge(check, less);
    if (before !== 'unknown') assert.equal(judge(check, more), before);
    assert.notEqual(judge(check, more), 'unknown');
  }
});

test('A check is refused that compares what cannot be compared', () => {
  const refused = [
    { need: 'all', comparisons: [] },
    { need: 'some', comparisons: [{ fact: 'carriersFitted', is: 'at-least', value: 2 }] },
    { need: 'all', comparisons: [{ fact: 'carriers', is: 'at-least', value: 2 }] },
    { need: 'all', comparisons: [{ fact: 'carriersFitted', is: 'at-least', value: 1.5 }] },
    { need: 'all', comparisons: [{ fact: 'carriersFitted', is: '>=', value: 2 }] },
    { need: 'all', comparisons: [{ fact: 'availability', is: 'at-least', value: 99.9 }] },
    { need: 'all', comparisons: [{ fact: 'unitEnrolled', is: 'at-least', value: 1 }] },
    { need: 'all', comparisons: [{ fact: 'unitEnrolled', is: 'exactly', value: 2 }] },
    { need: 'all', comparisons: [{ fact: 'keyAgeHours', is: 'at-most', value: -1 }] },
    { need: 'all', comparisons: [{ fact: 'keyAgeHours', is: 'at-most', value: Number.NaN }] },
    { need: 'all', comparisons: [{ fact: '__proto__', is: 'at-most', value: 1 }] },
    {
      need: 'any',
      comparisons: Array.from({ length: COMPARISONS_MOST + 1 }, () => {
        return { fact: 'carriersFitted', is: 'at-least', value: 2 };
      }),
    },
  ];
  for (const check of refused) assert.ok(!CHECK.safeParse(check).success, JSON.stringify(check));
});

test('What the schema takes, it takes again, and it says what it said', () => {
  const random = new Random(42);
  let taken = 0;
  for (let i = 0; i < 1_000; i++) {
    const parsed = CHECK.safeParse(randomCheck(random));
    if (!parsed.success) continue;
    taken++;
    assert.deepEqual(CHECK.parse(JSON.parse(JSON.stringify(parsed.data))), parsed.data);
  }
  assert.ok(taken > 50);
});

const register = { bindsFrom: '2026-01-01', bindsUntil: null, note: '' };

test('Each requirement of the national set is one that the register takes', () => {
  for (const shipped of NATIONAL_SET) {
    const taken = REQUIREMENT_CREATE.safeParse({ ...register, ...shipped });
    assert.ok(taken.success, `${shipped.code}: ${JSON.stringify(taken.error?.issues)}`);
  }
  const codes = NATIONAL_SET.map(({ code }) => code);
  assert.equal(new Set(codes).size, codes.length);
  assert.ok(codes.length >= 25);
});

test('Each check of the national set has figures that pass, fail and leave it unknown', () => {
  for (const { code, check } of NATIONAL_SET) {
    const good = Object.fromEntries(check.comparisons.map(({ fact, value }) => [fact, value]));
    // Two limits of one fact: the lower one is passed by the upper one too.
    assert.equal(judge(check, good), 'met', code);
    for (const { fact, is, value } of check.comparisons) {
      const step = factOf(fact).unit === 'share' ? 0.0001 : 1;
      const bad = { ...good, [fact]: is === 'at-least' ? value - step : value + step };
      assert.equal(judge(check, bad), 'failed', `${code} ${fact}`);
      assert.equal(judge(check, { ...good, [fact]: null }), 'unknown', `${code} ${fact}`);
    }
  }
});

test('A requirement cannot ask of a vehicle what is known of the nation', () => {
  const [first] = NATIONAL_SET;
  const check = { need: 'all', comparisons: [{ fact: 'gatewaySites', is: 'at-least', value: 2 }] };
  const asked = { ...register, ...first, check };
  assert.ok(!REQUIREMENT_CREATE.safeParse(asked).success);
  assert.ok(REQUIREMENT_CREATE.safeParse({ ...asked, binds: 'national' }).success);
  assert.deepEqual(subjectsOf('rhf'), ['organisation']);
});

test('docs/requirements.md names each requirement with its source', () => {
  const docs = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'requirements.md');
  const text = readFileSync(docs, 'utf8');
  for (const { code, binds, en, source } of NATIONAL_SET) {
    assert.ok(text.includes(`| ${code} | ${binds} | ${en.title} | ${source} |`), code);
  }
});
