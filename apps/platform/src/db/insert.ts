// Many rows by one statement: each column is one bound text, an array literal that the database
// takes apart and casts. No count of parameters limits it, one plan serves any number of rows,
// and both drivers send the same bytes.
import { strict as assert } from 'node:assert';
import type { Sql } from './database.ts';

// 5,000 rows of a sample, 30 columns of some 10 bytes, are 1.5 MB of text: one message.
const ROWS_A_STATEMENT = 5_000;

const NAME = /^[a-z_][a-z0-9_]*$/;

/** Types of columns, by table: looked up once, as migrations end before the first row. */
export type ColumnTypes = Map<string, ReadonlyMap<string, string>>;

export async function insertRows(
  sql: Sql,
  types: ColumnTypes,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  conflict = '',
): Promise<void> {
  assert(NAME.test(table) && columns.every((column) => NAME.test(column)));
  if (rows.length === 0) return;
  const ofTable = types.get(table) ?? (await lookUp(sql, table));
  types.set(table, ofTable);
  const casts = columns.map((column, i) => {
    const type = ofTable.get(column);
    assert(type !== undefined, `${table} has no column ${column}`);
    return { type, text: `c${i}::${type}` };
  });
  const text =
    `INSERT INTO ${table} (${columns.join(', ')})` +
    ` SELECT ${casts.map(({ text }) => text).join(', ')}` +
    ` FROM unnest(${columns.map((_, i) => `($${i + 1}::text)::text[]`).join(', ')})` +
    ` AS r(${columns.map((_, i) => `c${i}`).join(', ')}) ${conflict}`;
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    const part = rows.slice(from, from + ROWS_A_STATEMENT);
    const values = casts.map(({ type }, i) => {
      return arrayLiteral(part.map((row) => textOf(row[i], type.startsWith('json'))));
    });
    await sql.query(text, values);
  }
}

async function lookUp(sql: Sql, table: string): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  return new Map(rows.map(({ name, type }) => [name, type]));
}

/** A value as PostgreSQL reads it from text; null stays null. */
export function textOf(value: unknown, asJson = false): string | null {
  if (value === null || value === undefined) return null;
  if (asJson) return typeof value === 'string' ? value : JSON.stringify(value);
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 't' : 'f';
    default:
  }
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${value.toHex()}`;
  if (Array.isArray(value)) return arrayLiteral(value.map((item) => textOf(item)));
  return JSON.stringify(value);
}

function arrayLiteral(items: readonly (string | null)[]): string {
  return `{${items.map((item) => (item === null ? 'NULL' : quoted(item))).join(',')}}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
