// A back-up that either database can read: every row as JSON, in the order of the foreign keys.
//
//   # {"format": …, "migrations": […]}       what made it
//   # {"partition": …, "of": …, "bound": …}  partitions are made by jobs, not by migrations
//   # {"table": "vehicle"}                   and then its rows, a line each
//   # {"end": true, "rows": 4711}            without it, the copy was cut off
import { type Database, type Sql, SYSTEM } from './database.ts';

export const DUMP_FORMAT = 'rmh-platform-1';
/** Who is signed in, and who runs a job: of no use elsewhere, and sessions would come alive. */
const LEFT_OUT = ['schema_migration', 'session', 'sign_in_link', 'job_lease'];
const ROWS_AT_A_TIME = 2_000;

export interface DumpHead {
  readonly format: string;
  readonly migrations: readonly string[];
}
export interface PartitionLine {
  readonly partition: string;
  readonly of: string;
  readonly bound: string;
}

/** One moment of the database, however long it takes. Returns the number of rows. */
export async function dump(db: Database, write: (line: string) => Promise<void>): Promise<number> {
  return await db.transaction(SYSTEM, async (sql) => {
    await sql.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    const head: DumpHead = { format: DUMP_FORMAT, migrations: await migrationsOf(sql) };
    await write(`# ${JSON.stringify(head)}`);
    for (const line of await partitionsOf(sql)) await write(`# ${JSON.stringify(line)}`);
    let rows = 0;
    for (const table of await tablesInOrder(sql)) {
      await write(`# ${JSON.stringify({ table })}`);
      rows += await dumpTable(sql, table, write);
    }
    await write(`# ${JSON.stringify({ end: true, rows })}`);
    return rows;
  });
}

export async function migrationsOf(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ text: string }>(
    `SELECT name || ' ' || sha256 AS text FROM schema_migration ORDER BY number`,
  );
  return rows.map(({ text }) => text);
}

async function partitionsOf(sql: Sql): Promise<readonly PartitionLine[]> {
  return await sql.query<PartitionLine>(
    `SELECT c.relname AS partition, p.relname AS of, pg_get_expr(c.relpartbound, c.oid) AS bound
     FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent
     WHERE c.relispartition AND c.relkind IN ('r', 'p')
       AND c.relnamespace = current_schema()::regnamespace ORDER BY c.oid`,
  );
}

/** Tables after those that they refer to. */
export async function tablesInOrder(sql: Sql): Promise<string[]> {
  const tables = await sql.query<{ name: string; needs: string[] }>(
    `SELECT c.relname AS name, ARRAY(SELECT DISTINCT f.relname::text FROM pg_constraint k
         JOIN pg_class f ON f.oid = k.confrelid
         WHERE k.conrelid = c.oid AND k.contype = 'f' AND f.oid <> c.oid) AS needs
     FROM pg_class c
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ALL ($1::text[])
       AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname`,
    [LEFT_OUT],
  );
  const ordered: string[] = [];
  let left = [...tables];
  while (left.length > 0) {
    const ready = left.filter(({ needs }) => needs.every((need) => ordered.includes(need)));
    if (ready.length === 0) throw new Error('foreign keys in a circle');
    ordered.push(...ready.map(({ name }) => name));
    left = left.filter((table) => !ready.includes(table));
  }
  return ordered;
}

// By a cursor: a table of samples is larger than the memory. In the order of the key, so that what
// refers to its own table (an organisation to its parent) comes after it.
async function dumpTable(
  sql: Sql,
  table: string,
  write: (line: string) => Promise<void>,
): Promise<number> {
  const key = await sql.query<{ column: string }>(
    `SELECT quote_ident(a.attname) AS column FROM pg_index i
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
     WHERE i.indrelid = $1::text::regclass AND i.indisprimary
     ORDER BY array_position(i.indkey::int2[], a.attnum)`,
    [table],
  );
  const order = key.length === 0 ? '' : `ORDER BY ${key.map(({ column }) => column).join(', ')}`;
  await sql.query(
    `DECLARE reader NO SCROLL CURSOR FOR
       SELECT row_to_json(t)::text AS line FROM (SELECT * FROM ${table} ${order}) t`,
  );
  let count = 0;
  for (;;) {
    const rows = await sql.query<{ line: string }>(`FETCH ${ROWS_AT_A_TIME} FROM reader`);
    for (const { line } of rows) await write(line);
    count += rows.length;
    if (rows.length < ROWS_AT_A_TIME) break;
  }
  await sql.query('CLOSE reader');
  return count;
}
