import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import { type Account, type CountedOutage, type CountedRow, compare } from './blows-books.ts';
import { keptSample, Ledger, readLedger } from './blows-ledger.ts';
import { madeUpSample } from './blows-sample.ts';
import { scheduleOf } from './blows-schedule.ts';

const JOURNAL = '0b1a2c3d-0000-4000-8000-000000000001';
const random = new Random(3);
const samples = Array.from({ length: 60 }, (_, i) => {
  return { sequence: i + 1, ...madeUpSample(random, i * 10_000, null, () => i + 1) };
});
const kept = samples.map((sample) => keptSample(JOURNAL, sample));
const account: Account = {
  unitId: 5,
  ledger: { kept, acked: [{ journal: JOURNAL, through: 40 }] },
};
const rows: CountedRow[] = kept.map(({ sequence, upMs, bytes }) => {
  return { unit_id: 5, journal: JOURNAL, sequence, up_ms: upMs, bytes };
});
const outages: CountedOutage[] = kept.flatMap((one) =>
  one.outages.map((number) => ({ unit_id: 5, number })),
);
const [first] = rows as [CountedRow];
const [outage] = outages as [CountedOutage];

test('The books balance where each kept sample is one row', () => {
  const { kept: all, counted, outages: told, ...faults } = compare([account], rows, outages);
  assert.deepEqual([all, counted, told], [60, 60, outages.length]);
  assert.ok(told > 0, 'some samples tell outages');
  assert.ok(Object.values(faults).every((count) => count === 0));
});

test('Every way in which the books can be wrong is found', () => {
  const wrong = (changed: CountedRow[], of = outages) => compare([account], changed, of);
  assert.equal(wrong(rows.toSpliced(50, 1)).lost, 1);
  assert.equal(wrong(rows.toSpliced(50, 1)).lostAcked, 0, 'number 51 was not acknowledged');
  assert.equal(wrong(rows.toSpliced(39, 1)).lostAcked, 1, 'number 40 was');
  assert.equal(wrong([...rows, first]).twice, 1);
  assert.equal(wrong([...rows, { ...first, sequence: 61 }]).twice, 1);
  assert.equal(wrong([...rows, { ...first, journal: 'another' }]).twice, 1);
  assert.equal(wrong([...rows, { ...first, unit_id: 6 }]).twice, 1);
  assert.equal(wrong(rows.with(0, { ...first, bytes: first.bytes + 1 })).changed, 1);
  assert.equal(wrong(rows, outages.slice(1)).outagesLost, 1);
  assert.equal(wrong(rows, [...outages, outage]).outagesTwice, 1);
  const again = { ...account, ledger: { ...account.ledger, kept: [...kept, ...kept.slice(0, 1)] } };
  assert.equal(compare([again], rows, outages).renumbered, 1);
});

test('A ledger goes on behind what a kill left half', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'rmh-ledger-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'ledger.jsonl');
  const [one] = kept;
  writeFileSync(path, `${JSON.stringify({ kept: one })}\n{"kept":{"jour`);
  const ledger = new Ledger(directory);
  assert.deepEqual(ledger.last, one);
  ledger.acked({ journal: JOURNAL, through: 1 });
  ledger.close();
  const { kept: found, acked } = readLedger(directory);
  assert.deepEqual([found, acked], [[one], [{ journal: JOURNAL, through: 1 }]]);
});

test('A seed names a schedule, and fifty blows hold every kind', () => {
  const of = (seed: number) => scheduleOf(new Random(seed), 50, true);
  assert.deepEqual(of(4), of(4));
  assert.notDeepEqual(of(4), of(5));
  const kinds = new Set(of(4).map(({ kind }) => kind));
  assert.deepEqual([...kinds].toSorted(), [
    'all',
    'backend',
    'platform',
    'senders',
    'server',
    'start',
  ]);
});
