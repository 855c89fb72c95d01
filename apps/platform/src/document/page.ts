// A page of a PDF: fonts, margins, and where the next thing goes.
import { readFileSync } from 'node:fs';
import type { Document } from '@rmh/contract/api';
import { PDFDocument, type StructureElement } from 'pdfkit';

// Points, 72 to the inch. A4 is 595 × 842; 20 mm at the sides.
const MARGINS = { top: 54, bottom: 64, left: 57, right: 57 };
export const INK = '#1a1a1a';
export const LINE = '#8a8f98';
export const BAR = '#1f5f99';

// PDF/UA wants every font inside the file. These hold what is written in Norway: Norwegian and Sámi
// letters, ≤, and the minus sign.
const PLAIN_FILE = import.meta.resolve(
  '@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf',
);
const STRONG_FILE = import.meta.resolve(
  '@expo-google-fonts/source-sans-3/600SemiBold/SourceSans3_600SemiBold.ttf',
);
const PLAIN = readFileSync(new URL(PLAIN_FILE));
const STRONG = readFileSync(new URL(STRONG_FILE));
export type Font = 'plain' | 'strong';

export interface Sheet {
  readonly pdf: PDFDocument;
  /** The structure that a screen reader walks: everything is below it. */
  readonly root: StructureElement;
  /** Of what is drawn between the margins. */
  readonly left: number;
  readonly width: number;
}

export function newSheet({ title, language, madeAt }: Document): Sheet {
  const pdf = new PDFDocument({
    subset: 'PDF/UA',
    pdfVersion: '1.7',
    tagged: true,
    displayTitle: true,
    bufferPages: true,
    autoFirstPage: false,
    lang: language,
    size: 'A4',
    margins: MARGINS,
    font: null,
    info: {
      Title: inMetadata(title),
      Creator: 'RMH',
      Producer: 'RMH',
      CreationDate: new Date(madeAt),
    },
  });
  pdf.registerFont('plain', PLAIN).registerFont('strong', STRONG);
  const root = pdf.struct('Document');
  pdf.addStructure(root);
  pdf.addPage();
  return { pdf, root, left: MARGINS.left, width: pdf.page.width - MARGINS.left - MARGINS.right };
}

/** pdfkit pastes the title into XML as it is; the wide letters look like those that XML means. */
const inMetadata = (title: string) => title.replaceAll('&', '\uFF06').replaceAll('<', '\uFF1C');

/** Points of room that is left on the page. */
const roomOn = ({ pdf }: Sheet) => pdf.page.height - MARGINS.bottom - pdf.y;

/** Begins a page when `points` do not fit on this one; says whether it did. */
export function makeRoom(sheet: Sheet, points: number): boolean {
  if (points <= roomOn(sheet)) return false;
  sheet.pdf.addPage();
  return true;
}

/** Draws for eyes alone: what the structure says already, or what says nothing. */
export function unsaid({ pdf }: Sheet, type: 'Pagination' | 'Layout', draw: () => void): void {
  pdf.markContent('Artifact', { type });
  draw();
  pdf.endMarkedContent();
}

const OF = { nb: ['Side', 'av'], en: ['Page', 'of'] } as const;

/** At the foot of every page: whose it is, and its number. When all pages are there. */
export function numberPages(sheet: Sheet, { title, language }: Document): void {
  const { pdf, left, width } = sheet;
  const [page, of] = OF[language];
  const { start, count } = pdf.bufferedPageRange();
  for (let i = 0; i < count; i++) {
    pdf.switchToPage(start + i);
    // Below the margin a new page would begin.
    pdf.page.margins.bottom = 0;
    unsaid(sheet, 'Pagination', () => {
      const y = pdf.page.height - 40;
      pdf.font('plain', 8.5).fillColor(INK);
      pdf.text(shortened(pdf, title, width - 90), left, y, { lineBreak: false });
      pdf.text(`${page} ${i + 1} ${of} ${count}`, left, y, { width, align: 'right' });
    });
  }
}

function shortened(pdf: PDFDocument, text: string, width: number): string {
  if (pdf.widthOfString(text) <= width) return text;
  let end = text.length;
  while (end > 0 && pdf.widthOfString(`${text.slice(0, end)}…`) > width) end--;
  return `${text.slice(0, end)}…`;
}
