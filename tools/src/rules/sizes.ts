// Small files that read from the top: lines, columns, no default exports, nothing unfinished.
import type { SourceFile, Violation } from './workspaces.ts';

// 300 is the aim; 400 leaves room for a table or a drawing, not for a second subject.
export const LINES_MAX = 400;
export const COLUMNS_MAX = 100;

// The brackets match themselves, so that this file does not hold the marks that it looks for.
const UNFINISHED = /\b(TO[D]O|FIX[M]E|XX[X])\b/;

const DEFAULT_EXPORT_ALLOWED: ReadonlySet<string> = new Set([
  // Node takes a test reporter as a default export and in no other way.
  'tools/src/suite/json-reporter.ts',
  // Describes packages of others, which have one.
  'apps/console/src/untyped.d.ts',
]);

export function sizeViolations({ path, facts }: SourceFile, text: string): Violation[] {
  const broken: Violation[] = [];
  const lines = text.split('\n');
  if (lines.length - 1 > LINES_MAX) {
    broken.push({ path, line: lines.length - 1, rule: `longer than ${LINES_MAX} lines` });
  }
  for (const [index, content] of lines.entries()) {
    const line = index + 1;
    // Columns are characters as a reader counts them, so "ø" and an arrow are one.
    if (Array.from(content).length > COLUMNS_MAX) {
      broken.push({ path, line, rule: `longer than ${COLUMNS_MAX} columns` });
    }
    const mark = UNFINISHED.exec(content)?.[0];
    if (mark !== undefined) broken.push({ path, line, rule: `holds the mark ${mark}` });
  }
  if (!DEFAULT_EXPORT_ALLOWED.has(path)) {
    for (const { line } of facts.defaultExports) {
      broken.push({ path, line, rule: 'exports a default; name what is exported' });
    }
  }
  return broken;
}
