import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { ColumnReader, DriveError, type Samples } from './columns.ts';
import { Drive } from './drive.ts';

/**
 * Reads a drive (.csv or .csv.gz), and the probes beside it (NAME.probe.csv[.gz]) if there are
 * any: they show outages to 0.2 s. Throws DriveError, which names file, line and column.
 */
export async function readDrive(path: string): Promise<Drive> {
  const carriers = await readColumns(path);
  const probePath = await probePathOf(path);
  const probes = probePath === null ? new Map<string, Samples>() : await readColumns(probePath);
  return new Drive(carriers, probes);
}

async function readColumns(path: string): Promise<ReadonlyMap<string, Samples>> {
  const reader = new ColumnReader(basename(path));
  try {
    for await (const line of linesOf(path)) reader.push(line);
  } catch (cause) {
    if (cause instanceof DriveError) throw cause;
    throw new DriveError(`cannot read drive ${path}: ${reasonOf(cause)}`, { cause });
  }
  return reader.finish();
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // pipe does not carry errors on: without this a missing file would wait for ever.
  if (input !== file) file.on('error', (error) => input.destroy(error));
  let failure: Error | null = null;
  input.on('error', (error: Error) => {
    failure = error;
  });
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  // The callback above may have run by now, which the compiler cannot see.
  const failed = failure as Error | null;
  if (failed !== null) throw failed;
}

async function probePathOf(path: string): Promise<string | null> {
  const match = /^(.*?)(\.csv(?:\.gz)?)$/.exec(path);
  if (match === null || path.includes('.probe.csv')) return null;
  for (const ending of ['.probe.csv.gz', '.probe.csv']) {
    const beside = `${match[1]}${ending}`;
    try {
      await access(beside);
      return beside;
    } catch {
      // Not there: the next.
    }
  }
  return null;
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'it is a directory';
  if (code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR') return 'it is no sound gzip file';
  return cause.message;
}
