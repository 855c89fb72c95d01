// Reads back what pdf.ts writes: the structure, with the text that stands in it. It knows no more
// of PDF than pdfkit writes (no object streams, no encryption).
import { inflateSync } from 'node:zlib';

export interface Spoken {
  /** 'H1', 'P', 'Table', 'TH' … */
  readonly kind: string;
  /** Of a heading cell. */
  readonly scope: string | null;
  readonly text: string;
  readonly below: readonly Spoken[];
}

export interface ReadPdf {
  readonly pages: number;
  readonly language: string;
  readonly title: string;
  readonly isUniversal: boolean;
  /** Names of the fonts, and whether each is inside. */
  readonly fonts: readonly { readonly name: string; readonly isInside: boolean }[];
  readonly structure: Spoken;
  /** Drawn, and not said. */
  readonly artifacts: readonly string[];
}

type Objects = ReadonlyMap<string, { readonly head: string; readonly stream: string }>;

export function readPdf(bytes: Uint8Array): ReadPdf {
  const objects = objectsOf(Buffer.from(bytes).toString('latin1'));
  const all = [...objects.values()].map(({ head }) => head);
  const catalog = all.find((head) => head.includes('/Type /Catalog')) ?? '';
  const info = all.find((head) => head.includes('/Producer')) ?? '';
  const pages = [...objects].filter(([, { head }]) => head.includes('/Type /Page\n'));
  const texts = new Map(pages.map(([id, { head }]) => [id, pageTexts(objects, head)]));
  const [top = ''] = refs(objects.get(ref(catalog, 'StructTreeRoot'))?.head ?? '', 'K');
  return {
    pages: pages.length,
    language: word(catalog, /\/Lang \((.*?)\)/),
    title: decoded(word(objects.get(ref(info, 'Title'))?.head ?? '', /^\((.*)\)/s)),
    isUniversal: [...objects.values()].some(({ stream }) => /<pdfuaid:part>1</.test(stream)),
    fonts: all
      .filter((head) => head.includes('/Type /FontDescriptor'))
      .map((head) => ({
        name: word(head, /\/FontName \/(\S+)/),
        isInside: /\/FontFile/.test(head),
      })),
    structure: spoken(objects, texts, top),
    artifacts: [...texts.values()].flatMap((page) => page.get('Artifact') ?? []),
  };
}

function objectsOf(file: string): Objects {
  const found = file.matchAll(/^(\d+) 0 obj\n(.*?)\nendobj$/gms);
  return new Map(
    [...found].map(([, id = '', body = '']) => {
      const at = body.indexOf('\nstream\n');
      if (at < 0) return [id, { head: body, stream: '' }];
      const head = body.slice(0, at);
      const raw = Buffer.from(body.slice(at + 8, body.lastIndexOf('\nendstream')), 'latin1');
      const stream = head.includes('/FlateDecode') ? inflateSync(raw) : raw;
      return [id, { head, stream: stream.toString('latin1') }];
    }),
  );
}

const word = (text: string, pattern: RegExp) => pattern.exec(text)?.[1] ?? '';
const ref = (head: string, name: string) => word(head, new RegExp(`/${name} (\\d+) 0 R`));
const refs = (head: string, name: string) =>
  [...word(head, new RegExp(`/${name} \\[(.*?)\\]`, 's')).matchAll(/(\d+) 0 R/g)].map(
    ([, id = '']) => id,
  );

/** A text string: Latin-1, or UTF-16 with a mark at its head. */
function decoded(text: string): string {
  const plain = text
    .replaceAll(/\\([\\()])/g, '$1')
    .replaceAll('\\n', '\n')
    .replaceAll('\\r', '\r');
  if (!plain.startsWith('\u00FE\u00FF')) return plain;
  return Buffer.from(plain.slice(2), 'latin1').swap16().toString('utf16le');
}

/** What a page shows, by the number of its marked content; or 'Artifact'. */
function pageTexts(objects: Objects, page: string): Map<string, string[]> {
  const resources = objects.get(ref(page, 'Resources'))?.head ?? page;
  const fonts = new Map(
    [...resources.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', id = '']) => {
      return [name, lettersOf(objects, id)];
    }),
  );
  const texts = new Map<string, string[]>();
  const open: string[] = [];
  let letters = new Map<string, string>();
  const content = objects.get(ref(page, 'Contents'))?.stream ?? '';
  for (const [mark, kind, how = '', font, shown] of content.matchAll(MARKS)) {
    if (kind !== undefined) open.push(word(how, /\/MCID (\d+)/) || kind);
    else if (mark === 'EMC') open.pop();
    else if (font !== undefined) letters = fonts.get(font) ?? letters;
    else if (shown !== undefined) {
      const text = [...shown.matchAll(/<([0-9a-f]+)>/g)].map(([, hex = '']) =>
        hex.replaceAll(/.{4}/g, (glyph) => letters.get(glyph) ?? '\uFFFD'),
      );
      const at = open.at(-1) ?? 'not tagged';
      texts.set(at, [...(texts.get(at) ?? []), text.join('')]);
    }
  }
  return texts;
}

// Marked content begins, ends; a font is taken; glyphs are shown.
const MARKS = /\/(\w+) <<(.*?)>>\s*BDC|EMC|\/(F\d+) \S+ Tf|\[([^\]]*)\] TJ/gs;

/** Glyphs (four digits) and the letters that they stand for. */
function lettersOf(objects: Objects, fontId: string): Map<string, string> {
  const cmap = objects.get(ref(objects.get(fontId)?.head ?? '', 'ToUnicode'))?.stream ?? '';
  const letters = new Map<string, string>();
  for (const [, first = '', , list = ''] of cmap.matchAll(/<(\w+)> <(\w+)> \[(.*?)\]/g)) {
    for (const [i, hex] of (list.match(/[0-9a-f ]+(?=>)/g) ?? []).entries()) {
      const glyph = (Number.parseInt(first, 16) + i).toString(16).padStart(4, '0');
      const utf16 = Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16();
      letters.set(glyph, utf16.toString('utf16le'));
    }
  }
  return letters;
}

function spoken(objects: Objects, texts: Map<string, Map<string, string[]>>, id: string): Spoken {
  const head = objects.get(id)?.head ?? '';
  // Those within the list are of what stands on other pages.
  const page = word(head, /\]\s*\/Pg (\d+) 0 R/);
  const children = word(head, /\/K \[(.*)\]/s);
  const below: Spoken[] = [];
  const said: string[] = [];
  for (const [one] of children.matchAll(/<<.*?>>|\d+ 0 R|\d+/gs)) {
    if (/^\d+ 0 R$/.test(one)) below.push(spoken(objects, texts, one.split(' ')[0] ?? ''));
    else {
      const on = one.startsWith('<<') ? ref(one, 'Pg') : page;
      const mark = one.startsWith('<<') ? word(one, /\/MCID (\d+)/) : one;
      said.push(...(texts.get(on)?.get(mark) ?? []));
    }
  }
  return {
    kind: word(head, /\/S \/(\w+)/),
    scope: /\/Scope/.test(head) ? word(head, /\/Scope \/(\w+)/) : null,
    text: said.map((line) => line.trim()).join(' '),
    below,
  };
}
