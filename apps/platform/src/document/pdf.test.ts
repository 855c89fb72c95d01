import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Document, DocumentPart } from '@rmh/contract/api';
import { renderPdf } from './index.ts';
import { shared } from './table.ts';
import { readPdf, type Spoken } from './testing.ts';

const documentOf = (parts: DocumentPart[], title = 'Rapport'): Document => ({
  title,
  language: 'nb',
  madeAt: '2026-11-03T04:00:00.000Z',
  parts,
});
const find = (top: Spoken, kind: string): Spoken[] =>
  top.below.flatMap((one) => (one.kind === kind ? [one] : find(one, kind)));
const textsOf = (all: readonly Spoken[]) => all.map(({ text }) => text);

test('A document says its language, its title, its headings and its text, in order', async () => {
  const pdf = readPdf(
    await renderPdf(
      documentOf(
        [
          { kind: 'heading', level: 2, text: 'Tilgjengelighet på Čáhcesuolu' },
          { kind: 'paragraph', text: 'Ærlig talt: ≤ 5 % (−0,2) i snitt & øst.' },
          { kind: 'facts', facts: [{ name: 'Måned', value: 'oktober 2026' }] },
          { kind: 'page-break' },
          { kind: 'heading', level: 3, text: 'Neste side' },
        ],
        'Møre & Romsdal',
      ),
    ),
  );
  assert.equal(pdf.language, 'nb');
  assert.equal(pdf.title, 'Møre ＆ Romsdal', 'metadata has no plain "&"');
  assert.equal(pdf.isUniversal, true);
  assert.equal(pdf.pages, 2);
  assert.equal(pdf.structure.kind, 'Document');
  assert.deepEqual(
    pdf.structure.below.map(({ kind, text }) => [kind, text]),
    [
      ['H1', 'Møre & Romsdal'],
      ['H2', 'Tilgjengelighet på Čáhcesuolu'],
      ['P', 'Ærlig talt: ≤ 5 % (−0,2) i snitt & øst.'],
      ['L', ''],
      ['H3', 'Neste side'],
    ],
  );
  assert.deepEqual(textsOf(find(pdf.structure, 'Lbl')), ['Måned']);
  assert.deepEqual(textsOf(find(pdf.structure, 'LBody')), ['oktober 2026']);
  assert.equal(pdf.fonts.length, 2);
  assert.ok(pdf.fonts.every(({ isInside }) => isInside));
});

test('A table has heading cells with their scope, and its head is said once', async () => {
  const rows = Array.from({ length: 120 }, (_, i) => [
    `HF ${i}`,
    `${i},5`,
    i % 3 === 0 ? '' : 'ja',
  ]);
  const columns = ['Foretak', 'Minutter', 'Merknad'].map((name, i) => {
    return { name, align: i === 1 ? ('right' as const) : ('left' as const) };
  });
  const table: DocumentPart = { kind: 'table', caption: 'Alle foretak', columns, rows };
  const pdf = readPdf(await renderPdf(documentOf([table])));
  assert.ok(pdf.pages >= 4);
  const [made] = find(pdf.structure, 'Table');
  assert.deepEqual(
    made?.below.map(({ kind }) => kind),
    ['Caption', 'THead', 'TBody'],
  );
  assert.deepEqual(textsOf(find(pdf.structure, 'Caption')), ['Alle foretak']);
  const heads = find(pdf.structure, 'TH').filter(({ scope }) => scope === 'Column');
  assert.deepEqual(textsOf(heads), ['Foretak', 'Minutter', 'Merknad']);
  const [, , body] = made?.below ?? [];
  assert.deepEqual(
    body?.below.map((row) => textsOf(row.below)),
    rows,
  );
  assert.ok(body?.below.every((row) => row.below[0]?.scope === 'Row'));
  const again = pdf.artifacts.filter((text) => text === 'Minutter').length;
  assert.equal(again, pdf.pages - 1, 'eyes see it on each page');
  assert.ok(pdf.artifacts.includes(`Side 2 av ${pdf.pages}`));
});

test('A picture is a table: each bar is a row with its value in words', async () => {
  const bars: DocumentPart = {
    kind: 'bars',
    caption: 'Uten tjeneste',
    columns: ['Operatør', 'Minutter'],
    bars: [
      { name: 'Tjenesten', value: 1.2, text: '1,2' },
      { name: 'Telia', value: null, text: 'ukjent' },
    ],
  };
  const { structure } = readPdf(await renderPdf(documentOf([bars])));
  assert.deepEqual(
    find(structure, 'TR').map((row) => textsOf(row.below)),
    [
      ['Operatør', 'Minutter'],
      ['Tjenesten', '1,2'],
      ['Telia', 'ukjent'],
    ],
  );
});

test('A paragraph longer than a page is one paragraph', async () => {
  const words = Array.from({ length: 900 }, (_, i) => `ord${i}`);
  const pdf = readPdf(await renderPdf(documentOf([{ kind: 'paragraph', text: words.join(' ') }])));
  assert.equal(pdf.pages, 2);
  const [paragraph, ...more] = find(pdf.structure, 'P');
  assert.equal(more.length, 0);
  assert.deepEqual(paragraph?.text.split(/\s+/), words);
});

test('Nothing is drawn that is neither said nor marked as for eyes alone', async () => {
  const facts: DocumentPart = { kind: 'facts', facts: [{ name: 'a', value: 'b' }] };
  const bytes = await renderPdf(documentOf([facts]));
  const { structure } = readPdf(bytes);
  assert.doesNotMatch(JSON.stringify(structure), /\uFFFD/, 'each glyph is known as a letter');
  assert.deepEqual(await renderPdf(documentOf([facts])), bytes, 'the same again, byte by byte');
});

test('Narrow columns get what they want, wide ones share the rest', () => {
  assert.deepEqual(shared([50, 60], 200), [50, 60]);
  assert.deepEqual(shared([50, 400, 400], 250), [50, 100, 100]);
  assert.deepEqual(shared([400, 90, 50], 250), [110, 90, 50]);
  assert.deepEqual(shared([], 250), []);
});
