// A document becomes a PDF that everybody can read: tagged after PDF/UA (ISO 14289), in a language,
// with its title, headings, tables with heading cells, and its fonts inside.
import { setImmediate } from 'node:timers/promises';
import type { Document, DocumentPart } from '@rmh/contract/api';
import { INK, makeRoom, newSheet, numberPages, type Sheet } from './page.ts';
import { drawBars, drawTable } from './table.ts';

/**
 * The bytes of the file: the same document gives the same bytes. Some 0.2 s of computing for four
 * pages, in one piece.
 */
export async function renderPdf(document: Document): Promise<Uint8Array> {
  const sheet = newSheet(document);
  const done = collected(sheet);
  drawHeading(sheet, 1, document.title);
  for (const part of document.parts) {
    draw(sheet, part);
    await setImmediate();
  }
  sheet.root.end();
  numberPages(sheet, document);
  sheet.pdf.end();
  return await done;
}

async function collected({ pdf }: Sheet): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const chunks: Uint8Array[] = [];
  pdf.on('data', (chunk) => chunks.push(chunk));
  pdf.on('end', () => resolve(Buffer.concat(chunks)));
  pdf.on('error', reject);
  return await promise;
}

function draw(sheet: Sheet, part: DocumentPart): void {
  switch (part.kind) {
    case 'heading':
      return drawHeading(sheet, part.level, part.text);
    case 'paragraph':
      return drawParagraph(sheet, part.text);
    case 'facts':
      return drawFacts(sheet, part.facts);
    case 'table':
      return drawTable(sheet, part);
    case 'bars':
      return drawBars(sheet, part);
    case 'page-break':
      sheet.pdf.addPage();
  }
}

const HEADING_POINTS = { 1: 20, 2: 14, 3: 11 } as const;
// A heading does not stand alone at the foot of a page: two lines below it, or a table's head.
const AFTER_HEADING = 90;

function drawHeading(sheet: Sheet, level: 1 | 2 | 3, text: string): void {
  const { pdf, left, width } = sheet;
  const points = HEADING_POINTS[level];
  pdf.font('strong', points);
  if (!makeRoom(sheet, pdf.heightOfString(text, { width }) + AFTER_HEADING) && level > 1)
    pdf.y += 8;
  const heading = pdf.struct(`H${level}`);
  sheet.root.add(heading);
  heading.add(() => pdf.fillColor(INK).text(text, left, pdf.y, { width }));
  heading.end();
  pdf.y += 5;
}

function drawParagraph(sheet: Sheet, text: string): void {
  const { pdf, left, width } = sheet;
  pdf.font('plain', 10.5);
  makeRoom(sheet, Math.min(pdf.heightOfString(text, { width }), AFTER_HEADING));
  const paragraph = pdf.struct('P');
  sheet.root.add(paragraph);
  paragraph.add(() => pdf.fillColor(INK).text(text, left, pdf.y, { width }));
  paragraph.end();
  pdf.y += 7;
}

const NAME_SHARE = 0.4;

/** A list whose labels are the names. */
function drawFacts(
  sheet: Sheet,
  facts: readonly { readonly name: string; readonly value: string }[],
): void {
  const { pdf, left, width } = sheet;
  const names = { x: left, width: width * NAME_SHARE - 10 };
  const values = { x: left + width * NAME_SHARE, width: width * (1 - NAME_SHARE) };
  const list = pdf.struct('L');
  sheet.root.add(list);
  for (const { name, value } of facts) {
    const nameHeight = pdf.font('strong', 10).heightOfString(name, names);
    const valueHeight = pdf.font('plain', 10).heightOfString(value, values);
    makeRoom(sheet, Math.max(nameHeight, valueHeight));
    const top = pdf.y;
    const item = pdf.struct('LI');
    list.add(item);
    const write = (kind: string, font: 'strong' | 'plain', text: string, at: typeof names) => {
      const made = pdf.struct(kind);
      item.add(made);
      made.add(() => pdf.font(font, 10).fillColor(INK).text(text, at.x, top, { width: at.width }));
      made.end();
    };
    write('Lbl', 'strong', name, names);
    write('LBody', 'plain', value, values);
    item.end();
    pdf.y = top + Math.max(nameHeight, valueHeight) + 3;
  }
  list.end();
  pdf.y += 7;
}
