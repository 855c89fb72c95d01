export { renderPdf } from './pdf.ts';
