// Gathers what both ends saw of an outage and writes its cause (cause.ts). Runs again for the same
// outage when its end, a late sample or a late view comes.
import { type Database, type Sql, SYSTEM } from '../db/database.ts';
import type { Job } from '../services.ts';
import { causeOf, type GatewayFacts, type OutageFacts } from './cause.ts';
import { BY_INDEX } from './rollup.ts';

// Each asks for a handful of rows: some 100 ms in the embedded database.
const AT_ONCE = 100;
const ROUNDS_MOST = 50;

interface Due {
  readonly id: number;
  readonly unit_id: number;
  readonly link: string | null;
  readonly from_at: Date;
  readonly until: Date;
  readonly run_end: OutageFacts['runEnd'];
  readonly down_ms: number | null;
  readonly absent_ms: number | null;
  readonly unit_lost_ms: number | null;
  readonly view_lost_ms: number | null;
  readonly gateway_id: number | null;
}

// An outage is judged by its first ten minutes: what happens later happens to another place.
const FACTS = `WITH due AS (
    SELECT o.*, least(coalesce(to_at, from_at + interval '10 min'), from_at + interval '10 min')
      AS until FROM outage o WHERE cause_due ORDER BY id LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED
  ) SELECT o.id, o.unit_id, o.link, o.from_at, o.until, next.previous AS run_end,
    own.down_ms, own.absent_ms, seen.lost_ms AS unit_lost_ms, view.lost_ms AS view_lost_ms,
    carried.gateway_id
  FROM due o
  LEFT JOIN LATERAL (
    SELECT n.previous FROM sample n WHERE n.unit_id = o.unit_id
      AND n.at >= o.to_at - interval '1 s' ORDER BY n.at LIMIT 1
  ) AS next ON true
  LEFT JOIN LATERAL (
    SELECT sum(p.down_ms) AS down_ms, sum(p.absent_ms) AS absent_ms FROM sample_path p
    WHERE p.unit_id = o.unit_id AND (o.link IS NULL OR p.link = o.link)
      AND p.at > o.from_at - interval '60 s' AND p.at < o.until
      AND p.at + (p.up_ms + p.down_ms + p.absent_ms) * interval '1 ms' > o.from_at
  ) AS own ON true
  LEFT JOIN LATERAL (
    SELECT min(lost) AS lost_ms FROM (
      SELECT sum(p.down_ms + p.absent_ms) AS lost FROM sample_path p
      WHERE p.unit_id = o.unit_id AND p.link IS DISTINCT FROM o.link
        AND p.at > o.from_at - interval '60 s' AND p.at < o.until
        AND p.at + (p.up_ms + p.down_ms + p.absent_ms) * interval '1 ms' > o.from_at
      GROUP BY p.link
    ) AS by_link
  ) AS seen ON true
  LEFT JOIN LATERAL (
    SELECT g.id AS gateway_id FROM sample s JOIN gateway g ON g.name = s.gateway
    WHERE s.unit_id = o.unit_id AND s.at <= o.from_at AND s.at > o.from_at - interval '120 s'
    ORDER BY s.at DESC LIMIT 1
  ) AS carried ON true
  LEFT JOIN LATERAL (
    SELECT min(lost) AS lost_ms FROM (
      SELECT sum(v.span_ms - p.up_ms) AS lost FROM gateway_view v
      CROSS JOIN LATERAL unnest(v.links, v.link_up_ms) AS p (link, up_ms)
      WHERE v.gateway_id = carried.gateway_id AND v.unit_id = o.unit_id
        AND p.link IS DISTINCT FROM o.link
        AND v.at > o.from_at - interval '60 s' AND v.at < o.until
        AND v.at + v.span_ms * interval '1 ms' > o.from_at
      GROUP BY p.link
    ) AS by_link
  ) AS view ON true`;

/** Other units of a gateway, before an outage and during its first half minute. */
const GATEWAY = `WITH before AS (
    SELECT DISTINCT unit_id FROM gateway_view
    WHERE gateway_id = $1 AND unit_id <> $2 AND up_ms > 0
      AND at > $3::timestamptz - interval '60 s' AND at < $3
  ), during AS (
    SELECT unit_id, sum(span_ms - up_ms) AS lost_ms FROM gateway_view
    WHERE gateway_id = $1 AND at > $3::timestamptz - interval '60 s' AND at < $4
      AND at + span_ms * interval '1 ms' > $3
    GROUP BY unit_id
  ) SELECT count(*) AS others,
    -- A gateway that reports nothing at all of a unit has lost it too.
    count(*) FILTER (WHERE coalesce(lost_ms, $5) >= $5::integer / 2) AS lost
  FROM before LEFT JOIN during USING (unit_id)`;
const GATEWAY_MS = 30_000;

export async function judgeOutages(db: Database): Promise<number> {
  let judged = 0;
  for (let round = 0; round < ROUNDS_MOST; round++) {
    const count = await db.transaction(SYSTEM, judgeSome);
    judged += count;
    if (count < AT_ONCE) break;
  }
  return judged;
}

async function judgeSome(sql: Sql): Promise<number> {
  await sql.query(BY_INDEX);
  const due = await sql.query<Due>(FACTS);
  const causes: string[] = [];
  for (const one of due) causes.push(causeOf(await factsOf(sql, one)));
  await sql.query(
    `UPDATE outage o SET cause = d.cause, cause_due = false
    FROM unnest($1::integer[], $2::text[]) AS d (id, cause) WHERE o.id = d.id`,
    [due.map(({ id }) => id), causes],
  );
  return due.length;
}

async function factsOf(sql: Sql, due: Due): Promise<OutageFacts> {
  const lengthMs = +due.until - +due.from_at;
  const lost = [due.unit_lost_ms, due.view_lost_ms].filter((ms) => ms !== null);
  const bestLostMs = lost.length === 0 ? null : Math.min(...lost);
  const facts = {
    link: due.link,
    lengthMs,
    runEnd: due.run_end,
    downMs: due.down_ms,
    absentMs: due.absent_ms,
    bestLostMs,
    gateway: null,
  };
  // The gateway's other units are many rows: looked at only where they decide.
  if (due.gateway_id === null || causeOf(facts) !== 'unknown') return facts;
  return { ...facts, gateway: await gatewayFacts(sql, due, due.gateway_id, lengthMs) };
}

async function gatewayFacts(
  sql: Sql,
  { unit_id: unitId, from_at: from }: Due,
  gatewayId: number,
  lengthMs: number,
): Promise<GatewayFacts> {
  const lookMs = Math.min(lengthMs, GATEWAY_MS);
  const until = new Date(+from + lookMs).toISOString();
  const values = [gatewayId, unitId, from.toISOString(), until, lookMs];
  const [row] = await sql.query<GatewayFacts>(GATEWAY, values);
  return row ?? { others: 0, lost: 0 };
}

export const outageJobs: readonly Job[] = [
  {
    name: 'outage-causes',
    everyMs: 10_000,
    async run({ db }) {
      await judgeOutages(db);
    },
  },
];
