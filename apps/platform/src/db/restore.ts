// A dump into an empty database of the same migrations, all of it or nothing. Triggers rest
// meanwhile: what they would have done is among the rows.
import { RmhError } from '@rmh/contract';
import { type Database, type Sql, SYSTEM } from './database.ts';
import {
  DUMP_FORMAT,
  type DumpHead,
  migrationsOf,
  type PartitionLine,
  tablesInOrder,
} from './dump.ts';

const ROWS_AT_A_TIME = 2_000;
const IDENTIFIER = /^[a-z_][a-z0-9_]*$/;

type HeadLine = DumpHead | PartitionLine | { table: string } | { end: true; rows: number };

/** Returns the number of rows. Throws RMH_BACKUP_INVALID. The database is migrated already. */
export async function restore(db: Database, lines: AsyncIterable<string>): Promise<number> {
  return await db.transaction(SYSTEM, async (sql) => {
    await requireEmpty(sql);
    const tables = await tablesInOrder(sql);
    await sql.query(`TRUNCATE ${tables.join(', ')} CASCADE`);
    for (const table of tables) await sql.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    const rows = await readLines(sql, lines, new Set(tables));
    for (const table of tables) await sql.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
    await moveSequences(sql);
    return rows;
  });
}

async function requireEmpty(sql: Sql): Promise<void> {
  const [row] = await sql.query('SELECT FROM organisation LIMIT 1');
  if (row !== undefined) throw invalid('the database is not empty');
}

async function readLines(
  sql: Sql,
  lines: AsyncIterable<string>,
  tables: ReadonlySet<string>,
): Promise<number> {
  let table: string | null = null;
  let batch: string[] = [];
  let rows = 0;
  let end: number | null = null;
  const flush = async () => {
    if (batch.length > 0 && table !== null) await insertLines(sql, table, batch);
    rows += batch.length;
    batch = [];
  };
  for await (const line of lines) {
    if (!line.startsWith('#')) {
      if (batch.push(line) >= ROWS_AT_A_TIME) await flush();
      continue;
    }
    await flush();
    const head = JSON.parse(line.slice(1)) as HeadLine;
    if ('format' in head) await requireSame(sql, head);
    else if ('partition' in head) await makePartition(sql, head);
    else if ('table' in head) table = known(tables, head.table);
    else end = head.rows;
  }
  if (end !== rows) throw invalid(`it was cut off: ${rows} rows of ${end ?? 'unknown'}`);
  return rows;
}

function known(tables: ReadonlySet<string>, table: string): string {
  if (!tables.has(table)) throw invalid('it has a table that is not known here');
  return table;
}

async function requireSame(sql: Sql, { format, migrations }: DumpHead): Promise<void> {
  if (format !== DUMP_FORMAT) throw invalid(`its format is ${format}`);
  const here = await migrationsOf(sql);
  if (JSON.stringify(here) !== JSON.stringify(migrations)) {
    throw invalid('it was made by another version');
  }
}

async function makePartition(sql: Sql, { partition, of, bound }: PartitionLine): Promise<void> {
  const isPlain = IDENTIFIER.test(partition) && IDENTIFIER.test(of) && !bound.includes(';');
  if (!isPlain) throw invalid('a partition has no plain name');
  const [there] = await sql.query<{ oid: unknown }>('SELECT to_regclass($1) AS oid', [partition]);
  if (there?.oid === null) await sql.query(`CREATE TABLE ${partition} PARTITION OF ${of} ${bound}`);
}

async function insertLines(sql: Sql, table: string, lines: readonly string[]): Promise<void> {
  const columns = await sql.query<{ name: string }>(
    `SELECT quote_ident(attname) AS name FROM pg_attribute
     WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     ORDER BY attnum`,
    [table],
  );
  const names = columns.map(({ name }) => name);
  await sql.query(
    `INSERT INTO ${table} (${names.join(', ')}) OVERRIDING SYSTEM VALUE
     SELECT ${names.map((name) => `r.${name}`).join(', ')}
     FROM unnest($1::text[]) WITH ORDINALITY AS l(line, number)
     CROSS JOIN LATERAL json_populate_record(NULL::${table}, l.line::json) AS r
     ORDER BY l.number`,
    [lines],
  );
}

/** So that the next row gets a number that is free. */
async function moveSequences(sql: Sql): Promise<void> {
  const sequences = await sql.query<{ table: string; column: string; sequence: string }>(
    `SELECT c.relname AS table, a.attname AS column,
       pg_get_serial_sequence(c.relname, a.attname) AS sequence
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attidentity <> ''
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relnamespace = current_schema()::regnamespace`,
  );
  for (const { table, column, sequence } of sequences) {
    if (sequence === null) continue;
    await sql.query(
      `SELECT setval('${sequence}', coalesce(max(${column}), 0) + 1, false) FROM ${table}`,
    );
  }
}

const invalid = (why: string) =>
  new RmhError('RMH_BACKUP_INVALID', `the back-up is refused: ${why}`);
