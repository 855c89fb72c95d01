// Drives from the model without a file.
import { ColumnReader } from '../drives/columns.ts';
import { Drive } from '../drives/drive.ts';
import { generatePasses, type PassesOptions } from '../drives/model/passes.ts';

export function drivenPasses(options: PassesOptions): Drive {
  const { rows, probes } = generatePasses(options);
  return new Drive(columnsOf(rows), columnsOf(probes));
}

function columnsOf(lines: readonly string[]) {
  const reader = new ColumnReader('generated');
  for (const line of lines) reader.push(line);
  return reader.finish();
}
