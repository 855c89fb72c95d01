import { strict as assert } from 'node:assert';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Journal } from './journal.ts';

interface Item {
  readonly sequence: number;
  readonly text: string;
}

const LIMITS = { linesMost: 1e6, bytesMost: 1e9, segmentLines: 4 };
const folder = mkdtempSync(join(tmpdir(), 'rmh-journal-'));
after(() => rmSync(folder, { recursive: true }));
let made = 0;

function fresh(): string {
  return join(folder, String(made++));
}

function open(directory: string, limits = LIMITS): Journal<Item> {
  return new Journal<Item>(directory, limits);
}

function texts(journal: Journal<Item>): string[] {
  return journal.bite(1e6, 1e9)?.items.map(({ text }) => text) ?? [];
}

test('What was kept is there after a crash, numbered on, under the same name', () => {
  const directory = fresh();
  const first = open(directory);
  first.append({ text: 'a' });
  first.append({ text: 'b' });
  const second = open(directory); // as after SIGKILL: nobody closed the first
  assert.equal(second.id, first.id);
  second.append({ text: 'ø' });
  assert.deepEqual(second.bite(9, 1e6)?.items, [
    { sequence: 1, text: 'a' },
    { sequence: 2, text: 'b' },
    { sequence: 3, text: 'ø' },
  ]);
  assert.equal(second.waiting, 3);
  assert.equal(second.newest()?.text, 'ø');
});

test('What was acknowledged is not sent again, and its numbers are not given again', () => {
  const directory = fresh();
  const journal = open(directory);
  for (let i = 1; i <= 10; i++) journal.append({ text: String(i) });
  assert.equal(readdirSync(directory).length, 3);
  journal.forget(journal.id, 4);
  assert.deepEqual(texts(journal).slice(0, 1), ['5']);
  assert.equal(readdirSync(directory).length, 3, 'two segments and through.json');
  assert.equal(open(directory).bite(1, 1e6)?.items[0]?.sequence, 5);
  journal.forget(journal.id, 10);
  assert.equal(journal.waiting, 0);
  journal.close();
  const again = open(directory);
  assert.equal(again.waiting, 0);
  again.append({ text: 'next' });
  assert.equal(again.bite(1, 1e6)?.items[0]?.sequence, 11);
});

test('A receipt for more than there is, or of another journal, forgets nothing beyond', () => {
  const journal = open(fresh());
  journal.append({ text: 'a' });
  journal.forget('another', 7);
  assert.equal(journal.waiting, 1);
  journal.forget(journal.id, 1e9);
  journal.append({ text: 'b' });
  assert.deepEqual(texts(journal), ['b']);
});

test('A bite ends at its limits, and always holds one line', () => {
  const journal = open(fresh());
  for (const text of ['a', 'b', 'c']) journal.append({ text: text.repeat(100) });
  assert.equal(journal.bite(2, 1e6)?.items.length, 2);
  assert.equal(journal.bite(9, 200)?.items.length, 1);
  assert.equal(journal.bite(9, 10)?.items.length, 1);
});

test('The oldest make room, and the gap shows in the numbers', () => {
  const journal = open(fresh(), { ...LIMITS, linesMost: 5 });
  for (let i = 1; i <= 13; i++) journal.append({ text: String(i) });
  const first = journal.bite(1, 1e6)?.items[0]?.sequence;
  assert.equal(first, 9);
  assert.equal(journal.dropped, 8);
});

test('A journal that begins anew counts from 1, after the old one is drained', () => {
  const directory = fresh();
  const journal = open(directory);
  journal.append({ text: 'old' });
  const oldId = journal.id;
  journal.renew();
  journal.append({ text: 'new' });
  for (const one of [journal, open(directory)]) {
    assert.deepEqual(one.bite(9, 1e6), {
      journal: oldId,
      items: [{ sequence: 1, text: 'old' }],
    });
  }
  journal.forget(oldId, 1);
  const reopened = open(directory);
  assert.deepEqual(reopened.bite(9, 1e6)?.items, [{ sequence: 1, text: 'new' }]);
  assert.equal(reopened.id, journal.id);
  assert.notEqual(reopened.id, oldId);
});

test('A power cut at any byte costs no line that was whole, and the next is readable', () => {
  const directory = fresh();
  const journal = open(directory);
  const all = ['one', 'tvåøø', 'three'].map((text) => {
    journal.append({ text });
    return text;
  });
  const [name = ''] = readdirSync(directory);
  const content = readFileSync(join(directory, name));
  const ends = [...content.entries()].flatMap(([i, byte]) => (byte === 10 ? [i + 1] : []));
  // A file system may leave nothing, zeros or noise where the write did not arrive.
  const tails = [Buffer.alloc(0), Buffer.alloc(40), Buffer.from('7f\n{"sequence":9}\n\xff')];
  for (let bytes = 0; bytes <= content.length; bytes++) {
    for (const tail of tails) {
      const cut = fresh();
      mkdirSync(cut);
      copyFileSync(join(directory, name), join(cut, name));
      truncateSync(join(cut, name), bytes);
      appendFileSync(join(cut, name), tail);
      const whole = ends.filter((end) => end <= bytes).length;
      const found = open(cut);
      found.append({ text: 'next' });
      const read = open(cut).bite(9, 1e6);
      assert.deepEqual(
        read?.items.map(({ text }) => text),
        [...all.slice(0, whole), 'next'],
        `cut at ${bytes}`,
      );
      assert.equal(read?.items.at(-1)?.sequence, whole + 1);
      assert.equal(read?.journal, journal.id);
    }
  }
});

test('One bad line in the midst is passed over, and its number stays spent', () => {
  const directory = fresh();
  const journal = open(directory);
  for (const text of ['a', 'b', 'c']) journal.append({ text });
  const [name = ''] = readdirSync(directory);
  const path = join(directory, name);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"b"', '"x"'));
  assert.deepEqual(
    open(directory)
      .bite(9, 1e6)
      ?.items.map(({ sequence }) => sequence),
    [1, 3],
  );
});
