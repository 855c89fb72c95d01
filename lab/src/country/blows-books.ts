// The books are closed: what the senders kept against what the platform counted, row by row, and
// the platform's sums against a recount of its rows.
import type { Database, Sql } from './blows-database.ts';
import type { LedgerLines } from './blows-ledger.ts';

export interface Account {
  readonly unitId: number;
  readonly ledger: LedgerLines;
}

/** All but `kept`, `counted` and `outages` are faults, and nought where all is well. */
export interface Books {
  readonly kept: number;
  readonly counted: number;
  readonly outages: number;
  /** Kept by a sender, and no row. */
  readonly lost: number;
  /** Of these: the sender was told that they are safe. */
  readonly lostAcked: number;
  /** A second row for one number, or a row for one that no sender kept. */
  readonly twice: number;
  /** Other figures than were sent. */
  readonly changed: number;
  /** A number that a sender gave to two samples. */
  readonly renumbered: number;
  /** Numbers that the platform noted as never sent. */
  readonly missing: number;
  /** Came, and were refused: their time was taken, say. */
  readonly refused: number;
  readonly outagesLost: number;
  readonly outagesTwice: number;
}

export interface Recount {
  readonly what: string;
  readonly buckets: number;
  readonly differ: number;
}

export interface CountedRow {
  readonly unit_id: number;
  readonly journal: string;
  readonly sequence: number;
  readonly up_ms: number;
  readonly bytes: number;
}

export interface CountedOutage {
  readonly unit_id: number;
  readonly number: number;
}

type Noted = Pick<Books, 'missing' | 'refused'>;

const SYSTEM = { kind: 'system' } as const;

export async function closeBooks(db: Database, accounts: readonly Account[]): Promise<Books> {
  return await db.transaction(SYSTEM, async (sql) => {
    const rows = await sql.query<CountedRow>(
      `SELECT s.unit_id, s.journal::text, s.sequence, s.up_ms,
        coalesce(sum(p.bytes_sent + p.bytes_received), 0)::bigint AS bytes
      FROM sample s LEFT JOIN sample_path p ON p.unit_id = s.unit_id AND p.at = s.at
      GROUP BY s.unit_id, s.at, s.journal, s.sequence, s.up_ms`,
    );
    const outages = await sql.query<CountedOutage>(`SELECT unit_id, number FROM outage`);
    const [noted = { missing: 0, refused: 0 }] = await sql.query<Noted>(
      `SELECT coalesce(sum(last - first + 1) FILTER (WHERE reason = 'unit'), 0)::bigint AS missing,
        coalesce(sum(last - first + 1) FILTER (WHERE reason <> 'unit'), 0)::bigint AS refused
      FROM sample_missing`,
    );
    return { ...compare(accounts, rows, outages), ...noted };
  });
}

export function compare(
  accounts: readonly Account[],
  rows: readonly CountedRow[],
  outageRows: readonly CountedOutage[],
): Omit<Books, keyof Noted> {
  const counted = Map.groupBy(rows, (row) => keyOf(row.unit_id, row.journal, row.sequence));
  const known = new Set<string>();
  let [kept, lost, lostAcked, changed, renumbered] = [0, 0, 0, 0, 0];
  for (const { unitId, ledger } of accounts) {
    const through = new Map<string, number>();
    for (const one of ledger.acked) {
      through.set(one.journal, Math.max(one.through, through.get(one.journal) ?? 0));
    }
    for (const { journal, sequence, upMs, bytes } of ledger.kept) {
      const key = keyOf(unitId, journal, sequence);
      if (known.has(key)) renumbered++;
      known.add(key);
      kept++;
      const row = counted.get(key)?.[0];
      if (row === undefined) {
        lost++;
        if (sequence <= (through.get(journal) ?? 0)) lostAcked++;
      } else if (row.up_ms !== upMs || row.bytes !== bytes) {
        changed++;
      }
    }
  }
  const strange = [...counted].filter(([key]) => !known.has(key)).length;
  return {
    ...{ kept, counted: rows.length, lost, lostAcked, changed, renumbered },
    twice: rows.length - counted.size + strange,
    ...compareOutages(accounts, outageRows),
  };
}

function compareOutages(accounts: readonly Account[], rows: readonly CountedOutage[]) {
  const told = new Set(
    accounts.flatMap(({ unitId, ledger }) =>
      ledger.kept.flatMap(({ outages }) => outages.map((number) => `${unitId} ${number}`)),
    ),
  );
  const counted = new Set(rows.map((row) => `${row.unit_id} ${row.number}`));
  return {
    outages: told.size,
    outagesLost: told.difference(counted).size,
    outagesTwice: rows.length - counted.size + counted.difference(told).size,
  };
}

const keyOf = (unitId: number, journal: string, sequence: number): string =>
  `${unitId} ${journal} ${sequence}`;

export function faultsOf(books: Books): number {
  const { lost, twice, changed, renumbered, missing, refused } = books;
  return (
    lost + twice + changed + renumbered + missing + refused + books.outagesLost + books.outagesTwice
  );
}

const BUCKETS = [
  ['minutes', 60, "date_trunc('minute', AT)", "interval '1 minute'"],
  ['quarters', 900, "date_bin('15 minutes', AT, '2000-01-01Z')", "interval '15 minutes'"],
  // A mark of a day stands at its start; what is dirty below it lies within 25 hours.
  ['days', 86_400, "date_trunc('day', AT, 'Europe/Oslo')", "interval '25 hours'"],
] as const;

/**
 * Sums against a recount from the rows. What is marked as dirty is left out: the platform says
 * itself that it is not done yet. Written apart from the statements that make the sums.
 */
export async function recount(db: Database): Promise<Recount[]> {
  return await db.transaction(SYSTEM, async (sql) => {
    const recounts: Recount[] = [];
    for (const [name, step, bucket, length] of BUCKETS) {
      const of = (column: string) => bucket.replace('AT', column);
      const settled = `NOT EXISTS (SELECT FROM dirty_bucket d WHERE d.unit_id = key.unit_id
        AND d.step_s <= ${step} AND d.at >= key.at AND d.at < key.at + ${length})`;
      recounts.push(
        await differences(sql, `service, ${name}`, settled, {
          rows: `SELECT unit_id, ${of('at')} AS at, '' AS part, count(*) AS a, sum(up_ms) AS b,
            sum(down_ms) AS c, sum(critical_lost + bulk_sent) AS d FROM sample GROUP BY 1, 2`,
          sums: `SELECT unit_id, at, '' AS part, samples AS a, up_ms AS b, down_ms AS c,
            critical_lost + bulk_sent AS d FROM rollup_service WHERE step_s = ${step}`,
        }),
        await differences(sql, `carriers, ${name}`, settled, {
          rows: `SELECT unit_id, ${of('at')} AS at, link AS part, sum(up_ms) AS a,
            sum(bytes_sent) AS b, sum(bytes_received) AS c, sum(packets_lost) AS d
            FROM sample_path GROUP BY 1, 2, 3`,
          sums: `SELECT unit_id, at, link AS part, up_ms AS a, bytes_sent AS b,
            bytes_received AS c, packets_lost AS d FROM rollup_path WHERE step_s = ${step}`,
        }),
        await differences(sql, `gaps, ${name}`, settled, {
          rows: `SELECT unit_id, ${of('from_at')} AS at, '' AS part, count(*) AS a, 0 AS b, 0 AS c,
            0 AS d FROM outage WHERE link IS NULL AND to_at IS NOT NULL GROUP BY 1, 2`,
          sums: `SELECT unit_id, at, '' AS part, sum(gaps_under_1s + gaps_under_10s
            + gaps_under_1min + gaps_under_10min + gaps_longer) AS a, 0 AS b, 0 AS c, 0 AS d
            FROM rollup_service WHERE step_s = ${step} GROUP BY 1, 2
            HAVING sum(gaps_under_1s + gaps_under_10s + gaps_under_1min + gaps_under_10min
              + gaps_longer) > 0`,
        }),
      );
    }
    recounts.push(
      await recountOrganisations(sql),
      await recountCoverage(sql),
      await recountCells(sql),
    );
    return recounts;
  });
}

/** `unit_id` here: an organisation, with all below it. */
async function recountOrganisations(sql: Sql): Promise<Recount> {
  const settled = `NOT EXISTS (SELECT FROM availability_dirty d WHERE d.at = key.at)
    AND NOT EXISTS (SELECT FROM dirty_bucket d WHERE d.step_s <= 86400
      AND d.at >= key.at AND d.at < key.at + interval '25 hours')`;
  const of = (link: string, table: string) => `SELECT t.ancestor_id AS unit_id,
    date_trunc('day', at, 'Europe/Oslo') AS at, ${link} AS part, sum(up_ms) AS a, sum(down_ms) AS b
    FROM ${table} JOIN organisation_tree t USING (organisation_id) GROUP BY 1, 2, 3`;
  return await differences(sql, 'organisations, days', settled, {
    rows: `SELECT *, 0 AS c, 0 AS d FROM (${of("''", 'sample')}
      UNION ALL ${of('link', 'sample_path')}) AS own`,
    sums: `SELECT organisation_id AS unit_id, at, link AS part, sum(up_ms) AS a, sum(down_ms) AS b,
      0 AS c, 0 AS d FROM availability_day GROUP BY 1, 2, 3`,
  });
}

/** Added to as samples are written, and never rebuilt: what is added twice stays. */
async function recountCoverage(sql: Sql): Promise<Recount> {
  const day = `(at AT TIME ZONE 'UTC')::date::timestamptz`;
  return await differences(sql, 'coverage, days', 'true', {
    rows: `SELECT unit_id, ${day} AS at, cell::text AS part, sum(up_ms) AS a,
      sum(down_ms) AS b, sum((SELECT sum(p.up_ms) FROM sample_path p
        WHERE p.unit_id = s.unit_id AND p.at = s.at)) AS c,
      sum((SELECT count(*) FROM sample_path p WHERE p.unit_id = s.unit_id AND p.at = s.at
        AND p.rsrp_dbm IS NOT NULL)) AS d
      FROM sample s WHERE cell IS NOT NULL GROUP BY 1, 2, 3`,
    sums: `SELECT unit_id, day::timestamptz AS at, cell::text AS part,
      sum(up_ms) FILTER (WHERE link = '') AS a, sum(down_ms) FILTER (WHERE link = '') AS b,
      sum(up_ms) FILTER (WHERE link <> '') AS c, sum(rsrp_samples) AS d
      FROM coverage_day GROUP BY 1, 2, 3`,
  });
}

/** `unit_id` here: the nation or a region, with all below it. */
async function recountCells(sql: Sql): Promise<Recount> {
  const settled = `NOT EXISTS (SELECT FROM coverage_dirty d WHERE d.day = key.at::date)`;
  return await differences(sql, 'coverage, cells of all sizes', settled, {
    rows: `SELECT t.ancestor_id AS unit_id, day::timestamptz AS at,
      h3_parent(cell, resolution) || ' ' || link AS part, sum(up_ms) AS a, sum(down_ms) AS b,
      sum(rtt_us_ms) AS c, count(DISTINCT vehicle_id) AS d
      FROM coverage_day JOIN organisation_tree t USING (organisation_id)
      JOIN organisation o ON o.id = t.ancestor_id AND o.kind IN ('national', 'rhf'),
      generate_series(5, 8) AS resolution GROUP BY 1, 2, 3`,
    sums: `SELECT organisation_id AS unit_id, day::timestamptz AS at, cell || ' ' || link AS part,
      sum(up_ms) AS a, sum(down_ms) AS b, sum(rtt_us_ms) AS c, sum(cardinality(vehicles)) AS d
      FROM coverage_sum_day GROUP BY 1, 2, 3`,
  });
}

async function differences(
  sql: Sql,
  what: string,
  settled: string,
  { rows, sums }: { rows: string; sums: string },
): Promise<Recount> {
  const [found] = await sql.query<{ buckets: number; differ: number }>(
    `WITH key AS (
      SELECT unit_id, at, part, r.a IS DISTINCT FROM s.a OR r.b IS DISTINCT FROM s.b
        OR r.c IS DISTINCT FROM s.c OR r.d IS DISTINCT FROM s.d AS differs
      FROM (${rows}) AS r FULL JOIN (${sums}) AS s USING (unit_id, at, part))
    SELECT count(*) AS buckets, count(*) FILTER (WHERE differs) AS differ
    FROM key WHERE ${settled}`,
  );
  return { what, buckets: found?.buckets ?? 0, differ: found?.differ ?? 0 };
}
