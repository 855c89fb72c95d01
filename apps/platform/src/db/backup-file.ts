// A dump as a file: gzip, readable by its owner only, in place when it is whole.
import { createReadStream, createWriteStream, renameSync, rmSync } from 'node:fs';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { lineOf, RmhError } from '@rmh/contract';
import type { Database } from './database.ts';
import { dump } from './dump.ts';
import { restore } from './restore.ts';

/** The lines of a dump as a stream of bytes, gzipped; it waits for whoever reads. */
export function dumpStream(db: Database): Readable {
  const lines = new PassThrough();
  const write = async (line: string) => {
    if (lines.destroyed) throw new Error('nobody reads any more');
    if (!lines.write(`${line}\n`)) {
      await new Promise((resolve) => lines.once('drain', resolve).once('close', resolve));
    }
  };
  const gzip = createGzip();
  dump(db, write).then(
    () => lines.end(),
    (error: Error) => lines.destroy(error),
  );
  pipeline(lines, gzip).catch((error: Error) => gzip.destroy(error));
  return gzip;
}

export async function writeBackup(source: Readable, file: string): Promise<void> {
  const unfinished = `${file}.part`;
  try {
    await pipeline(source, createWriteStream(unfinished, { mode: 0o600, flush: true }));
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** Returns the number of rows. */
export async function readBackup(db: Database, file: string): Promise<number> {
  let rows = 0;
  try {
    await pipeline(createReadStream(file), createGunzip(), async (bytes) => {
      rows = await restore(db, linesOf(bytes));
    });
    return rows;
  } catch (error) {
    if (error instanceof RmhError) throw error;
    throw new RmhError('RMH_BACKUP_INVALID', `${file}: ${lineOf(error)}`, { cause: error });
  }
}

/** Everything of one database into another. Returns the number of rows. */
export async function moveDatabase(from: Database, to: Database): Promise<number> {
  const lines = new PassThrough();
  const written = dump(from, async (line) => {
    if (!lines.write(`${line}\n`)) await new Promise((resolve) => lines.once('drain', resolve));
  }).then(() => lines.end());
  const read = restore(to, linesOf(lines));
  written.catch((error: Error) => lines.destroy(error));
  const [rows] = await Promise.all([read, written]);
  return rows;
}

async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') throw new Error('the last line is not whole');
}
