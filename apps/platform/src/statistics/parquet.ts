// A Parquet file that is sent while it is written: one row group in memory at a time.
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { RawReply } from '../http/route.ts';

export interface Column {
  readonly name: string;
  readonly type: 'INT32' | 'INT64' | 'DOUBLE' | 'BOOLEAN' | 'STRING' | 'TIMESTAMP';
}

type Element = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

function elementOf({ name, type }: Column): Element {
  const repetition_type = 'OPTIONAL' as const;
  if (type === 'STRING') {
    return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type };
  }
  if (type === 'TIMESTAMP') {
    return { name, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type };
  }
  return { name, type, repetition_type };
}

export class ParquetStream {
  readonly #stream: RawReply;
  readonly #columns: readonly Column[];
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;

  constructor(stream: RawReply, columns: readonly Column[]) {
    this.#stream = stream;
    this.#columns = columns;
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)],
    });
  }

  /** One row group. Values are in the order of the columns. False: the asker has gone. */
  async write(rows: readonly (readonly unknown[])[]): Promise<boolean> {
    await this.#writer.write({
      columnData: this.#columns.map(({ name, type }, i) => ({
        name,
        data: rows.map((row) => valueOf(row[i], type)),
      })),
      rowGroupSize: Math.max(1, rows.length),
    });
    return await this.#send();
  }

  async end(): Promise<void> {
    await this.#writer.finish();
    await this.#send();
  }

  // The writer's `offset` counts the whole file; `index` is the place in the buffer, which is sent
  // and used again.
  async #send(): Promise<boolean> {
    const bytes = this.#bytes.getBytes().slice();
    this.#bytes.index = 0;
    return bytes.length === 0 || (await this.#stream.write(bytes));
  }
}

function valueOf(value: unknown, type: Column['type']): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'INT64') return BigInt(Math.round(Number(value)));
  return value;
}
