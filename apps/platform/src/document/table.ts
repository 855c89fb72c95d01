// Tables of a PDF. A row stays on one page; the head is drawn again on each, and said once.
import type { DocumentPart } from '@rmh/contract/api';
import type { StructureElement } from 'pdfkit';
import { BAR, type Font, INK, LINE, makeRoom, type Sheet, unsaid } from './page.ts';

type Table = Extract<DocumentPart, { kind: 'table' }>;
type Bars = Extract<DocumentPart, { kind: 'bars' }>;

const SIZE = 9;
const PADDING = 3;
const GAP = 8;
// A word of twelve letters.
const COLUMN_LEAST = 48;

interface Column {
  readonly name: string;
  readonly align: 'left' | 'right';
  readonly x: number;
  readonly width: number;
}

export function drawTable(sheet: Sheet, table: Table): void {
  const columns = laidOut(sheet, table);
  drawRows(sheet, table.caption, columns, table.rows, () => {});
}

/** A bar stands beside its value: it repeats the text, so it is for eyes alone. */
export function drawBars(sheet: Sheet, { caption, columns: [name, value], bars }: Bars): void {
  const rows = bars.map((bar) => [bar.name, bar.text]);
  const heads = [name, value].map((head) => ({ name: head, align: 'left' as const }));
  const widest = (at: number) => naturalWidth(sheet, heads[at]?.name ?? '', rows, at);
  const nameWidth = Math.min(widest(0), sheet.width * 0.4);
  const valueWidth = Math.min(widest(1), sheet.width * 0.3);
  const x = sheet.left + nameWidth + GAP;
  const columns: Column[] = [
    { name, align: 'left', x: sheet.left, width: nameWidth },
    { name: value, align: 'left', x, width: valueWidth },
  ];
  const from = x + valueWidth + GAP;
  const room = sheet.left + sheet.width - from;
  const most = Math.max(...bars.map((bar) => bar.value ?? 0));
  drawRows(sheet, caption, columns, rows, (at, top) => {
    const length = most > 0 ? ((bars[at]?.value ?? 0) / most) * room : 0;
    if (length > 0) sheet.pdf.rect(from, top + PADDING + 1, length, SIZE).fill(BAR);
  });
}

/** `beside`: draws next to a row that begins at `top`. */
function drawRows(
  sheet: Sheet,
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  beside: (at: number, top: number) => void,
): void {
  const { pdf, left, width } = sheet;
  const names = columns.map(({ name }) => name);
  const heightOf = (row: readonly string[], font: Font) => {
    pdf.font(font, SIZE);
    const heights = columns.map((column, i) => pdf.heightOfString(row[i] ?? '', column));
    return Math.max(...heights) + 2 * PADDING;
  };
  const headHeight = heightOf(names, 'strong');
  const firstRow = rows[0] === undefined ? 0 : heightOf(rows[0], 'plain');
  pdf.font('strong', 10);
  makeRoom(sheet, pdf.heightOfString(caption, { width }) + 4 + headHeight + firstRow);
  const table = pdf.struct('Table');
  sheet.root.add(table);
  table.add(
    pdf.struct('Caption').add(() => write(sheet, caption, { x: left, width, align: 'left' })),
  );
  pdf.y += 4;
  const head = (into: StructureElement | null) => {
    const top = pdf.y;
    pdf.font('strong', SIZE);
    if (into === null) {
      unsaid(sheet, 'Pagination', () => {
        for (const [i, column] of columns.entries()) write(sheet, names[i] ?? '', column, top);
      });
    } else {
      const row = pdf.struct('TR');
      into.add(row);
      for (const [i, column] of columns.entries())
        cell(sheet, row, 'Column', names[i], column, top);
      row.end();
    }
    ruleAt(sheet, top + headHeight, 0.9);
  };
  const section = (kind: string) => {
    const made = pdf.struct(kind);
    table.add(made);
    return made;
  };
  const first = section('THead');
  head(first);
  first.end();
  const body = section('TBody');
  for (const [at, texts] of rows.entries()) {
    const height = heightOf(texts, 'plain');
    if (makeRoom(sheet, height)) head(null);
    const top = pdf.y;
    pdf.font('plain', SIZE);
    const row = pdf.struct('TR');
    body.add(row);
    for (const [i, column] of columns.entries()) {
      cell(sheet, row, i === 0 ? 'Row' : null, texts[i], column, top);
    }
    row.end();
    unsaid(sheet, 'Layout', () => beside(at, top));
    ruleAt(sheet, top + height, 0.4);
  }
  body.end();
  table.end();
  pdf.y += 12;
}

function cell(
  sheet: Sheet,
  row: StructureElement,
  scope: 'Column' | 'Row' | null,
  text: string | undefined,
  column: Column,
  top: number,
): void {
  const kind = scope === null ? 'TD' : 'TH';
  const made = sheet.pdf.struct(kind, scope === null ? {} : { scope });
  row.add(made);
  made.add(() => write(sheet, text ?? '', column, top));
  made.end();
}

function write(
  { pdf }: Sheet,
  text: string,
  { x, width, align }: Pick<Column, 'x' | 'width' | 'align'>,
  top = pdf.y - PADDING,
): void {
  pdf.fillColor(INK).text(text, x, top + PADDING, { width, align });
}

function ruleAt(sheet: Sheet, y: number, thick: number): void {
  const { pdf, left, width } = sheet;
  unsaid(sheet, 'Layout', () => {
    pdf
      .lineWidth(thick)
      .moveTo(left, y)
      .lineTo(left + width, y)
      .stroke(LINE);
  });
  pdf.y = y;
}

/** Columns as wide as what is in them; where they do not fit, the wide ones share what is left. */
function laidOut(sheet: Sheet, { columns, rows }: Table): Column[] {
  const wanted = columns.map(({ name }, i) => naturalWidth(sheet, name, rows, i));
  const room = sheet.width - GAP * (columns.length - 1);
  const widths = shared(wanted, room);
  // What is over goes to the names of the rows.
  const over = room - widths.reduce((sum, width) => sum + width, 0);
  let x = sheet.left;
  return columns.map((column, i) => {
    const width = (widths[i] ?? 0) + (i === 0 ? over : 0);
    const made = { ...column, x, width };
    x += width + GAP;
    return made;
  });
}

function naturalWidth(
  { pdf }: Sheet,
  name: string,
  rows: readonly (readonly string[])[],
  at: number,
): number {
  const head = pdf.font('strong', SIZE).widthOfString(name);
  pdf.font('plain', SIZE);
  const cells = rows.map((row) => pdf.widthOfString(row[at] ?? ''));
  // Half a point more: the width of a line is added up in another order when it is broken.
  return Math.max(COLUMN_LEAST, head, ...cells) + 0.5;
}

/** Narrow ones get what they want; the others the same share of the rest. Pure. */
export function shared(wanted: readonly number[], room: number): number[] {
  const widths = wanted.map(() => 0);
  let left = room;
  let open = [...wanted.keys()];
  while (open.length > 0) {
    const share = left / open.length;
    const fits = open.filter((i) => (wanted[i] ?? 0) <= share);
    if (fits.length === 0) {
      for (const i of open) widths[i] = share;
      return widths;
    }
    for (const i of fits) {
      widths[i] = wanted[i] ?? 0;
      left -= wanted[i] ?? 0;
    }
    open = open.filter((i) => !fits.includes(i));
  }
  return widths;
}
