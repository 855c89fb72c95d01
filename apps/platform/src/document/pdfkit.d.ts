// What we use of pdfkit. The published types know neither PDF/UA nor the scope of a heading cell.
declare module 'pdfkit' {
  interface StructureOptions {
    readonly scope?: 'Column' | 'Row';
  }

  interface TextOptions {
    readonly width?: number;
    readonly align?: 'left' | 'right';
    readonly lineBreak?: boolean;
  }

  export interface StructureElement {
    /** Draws what `child` draws as the element's content, or takes an element below it. */
    add(child: StructureElement | (() => void)): StructureElement;
    end(): void;
  }

  interface DocumentOptions {
    readonly subset: 'PDF/UA';
    readonly pdfVersion: '1.7';
    readonly tagged: true;
    readonly displayTitle: true;
    readonly bufferPages: true;
    readonly autoFirstPage: false;
    readonly lang: string;
    readonly size: 'A4';
    readonly margins: Readonly<Record<'top' | 'bottom' | 'left' | 'right', number>>;
    /** None: left out, one that is not embedded would be opened. */
    readonly font: null;
    readonly info: Readonly<Record<'Title' | 'Creator' | 'Producer', string>> & {
      readonly CreationDate: Date;
    };
  }

  export class PDFDocument {
    constructor(options: DocumentOptions);
    x: number;
    y: number;
    readonly page: {
      readonly width: number;
      readonly height: number;
      readonly margins: { top: number; bottom: number; left: number; right: number };
    };
    addPage(): this;
    bufferedPageRange(): { readonly start: number; readonly count: number };
    switchToPage(at: number): void;
    registerFont(name: string, bytes: Uint8Array): this;
    font(name: string, points: number): this;
    fillColor(colour: string): this;
    text(text: string, x: number, y: number, options?: TextOptions): this;
    widthOfString(text: string): number;
    heightOfString(text: string, options?: TextOptions): number;
    rect(x: number, y: number, width: number, height: number): this;
    moveTo(x: number, y: number): this;
    lineTo(x: number, y: number): this;
    lineWidth(points: number): this;
    fill(colour: string): this;
    stroke(colour: string): this;
    struct(kind: string, options?: StructureOptions): StructureElement;
    addStructure(element: StructureElement): this;
    markContent(kind: 'Artifact', options: { readonly type: 'Pagination' | 'Layout' }): this;
    endMarkedContent(): this;
    on(event: 'data', heard: (chunk: Uint8Array) => void): this;
    on(event: 'end', heard: () => void): this;
    on(event: 'error', heard: (fault: Error) => void): this;
    end(): void;
  }
}
