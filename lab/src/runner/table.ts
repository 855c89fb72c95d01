// Tables for a person: columns as wide as they need, numbers to the right.
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

export const left = (title: string): Column => ({ title, align: 'left' });
export const right = (title: string): Column => ({ title, align: 'right' });

export function table(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
): string[] {
  const texts = [columns.map(({ title }) => title), ...rows.map((row) => row.map(String))];
  const widths = columns.map((_, c) => Math.max(...texts.map((row) => (row[c] ?? '').length)));
  return texts.map((row) => {
    const cells = row.map((text, c) => {
      const width = widths[c] ?? 0;
      return columns[c]?.align === 'right' ? text.padStart(width) : text.padEnd(width);
    });
    return cells.join('  ').trimEnd();
  });
}

/** "15.5 ms", "3.05 s"; nothing measured is a dash, never a zero. */
export function formatMs(ms: number | null): string {
  if (ms === null) return '–';
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return ms >= 100 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 10_000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1000).toFixed(0)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Rounded down, so that only all is 100 %. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '–';
  return `${(Math.floor((part / whole) * 10_000) / 100).toFixed(2)} %`;
}
