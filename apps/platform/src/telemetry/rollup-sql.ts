// The statements that rebuild buckets. A bucket is rebuilt whole, from what lies one step below
// it, so running one again, or late, or twice, gives the same row.
import { CLASSES } from './rows.ts';

/** Seconds. Days are of Norway (Europe/Oslo), 23 or 25 hours twice a year; weeks from Monday. */
export const STEPS = { minute: 60, quarter: 900, day: 86_400, week: 604_800 } as const;

const KEY = 'unit_id, vehicle_id, organisation_id, simulated';
const GAPS = [
  ['gaps_under_1s', 0, 1],
  ['gaps_under_10s', 1, 10],
  ['gaps_under_1min', 10, 60],
  ['gaps_under_10min', 60, 600],
  ['gaps_longer', 600, null],
] as const;

const CLASS_COLUMNS = CLASSES.flatMap((name) =>
  ['sent', 'repaired', 'late', 'lost'].map((count) => `${name}_${count}`),
);
const SAMPLE_SUMS = ['up_ms', 'down_ms', 'all_down_ms', ...CLASS_COLUMNS];
export const SERVICE_SUMS = ['samples', ...SAMPLE_SUMS, ...GAPS.map(([name]) => name)];
export const PATH_SUMS = [
  ...['up_ms', 'down_ms', 'absent_ms', 'rtt_us_ms', 'rtt_ms', 'packets_sent', 'packets_lost'],
  ...['bytes_sent', 'bytes_received', 'bytes_duplicated'],
];

const list = (names: readonly string[]) => names.join(', ');
const sums = (names: readonly string[]) => list(names.map((name) => `sum(${name})`));
const replace = (names: readonly string[]) =>
  `DO UPDATE SET ${list(['simulated', ...names].map((name) => `${name} = excluded.${name}`))}`;

// $1 and $2: units and starts of the buckets; $3 and $4: their first start and last end, by which
// partitions are left out before the statement runs.
export const BUCKETS = 'unnest($1::integer[], $2::timestamptz[]) AS b (unit_id, start)';

/**
 * Rows that a bucket is made of, as `name`, found by the index one bucket after the other. Joined
 * plainly, the whole fleet's rows of that time are compared with every bucket: 1 ms a bucket among
 * 300 units, and more with each unit (OFFSET 0 keeps the planner from it).
 */
export function each(name: string, from: string, at: string, end: string, where = 'true'): string {
  return `CROSS JOIN LATERAL (SELECT * FROM ${from} WHERE unit_id = b.unit_id
    AND ${at} >= b.start AND ${at} < ${end} AND ${at} >= $3 AND ${at} < $4
    AND ${where} OFFSET 0) AS ${name}`;
}

export const MINUTE_END = `b.start + interval '1 minute'`;
const SAMPLES = each('s', 'sample', 'at', MINUTE_END);

function length(column: string): string {
  const seconds = `extract(epoch FROM o.to_at - o.from_at)`;
  const [, least, most] = GAPS.find(([name]) => name === column) ?? ['', 0, null];
  const below = most === null ? '' : ` AND ${seconds} < ${most}`;
  return `(${seconds} >= ${least}${below})::integer`;
}

/** Minutes, from samples and from the outages that began in them. */
export const SERVICE_MINUTES = `
INSERT INTO rollup_service (step_s, at, ${KEY}, ${list(SERVICE_SUMS)})
SELECT 60, start, ${KEY}, ${sums(SERVICE_SUMS)} FROM (
  SELECT b.start, ${list(KEY.split(', ').map((name) => `s.${name}`))}, 1 AS samples,
    ${list(SAMPLE_SUMS.map((name) => `s.${name}`))}, ${list(GAPS.map(([name]) => `0 AS ${name}`))}
  FROM ${BUCKETS} ${SAMPLES}
  UNION ALL
  SELECT b.start, ${list(KEY.split(', ').map((name) => `o.${name}`))}, 0,
    ${list(SAMPLE_SUMS.map(() => '0'))}, ${list(GAPS.map(([name]) => length(name)))}
  FROM ${BUCKETS}
  ${each('o', 'outage', 'from_at', MINUTE_END, 'link IS NULL AND to_at IS NOT NULL')}
) AS part GROUP BY start, ${KEY}
ON CONFLICT (step_s, unit_id, at, vehicle_id, organisation_id) ${replace(SERVICE_SUMS)}`;

export const PATH_MINUTES = `
INSERT INTO rollup_path (step_s, at, ${KEY}, link, ${list(PATH_SUMS)})
SELECT 60, b.start, ${list(KEY.split(', ').map((name) => `s.${name}`))}, p.link,
  sum(p.up_ms), sum(p.down_ms), sum(p.absent_ms),
  coalesce(sum(p.rtt_us::bigint * p.up_ms), 0),
  coalesce(sum(p.up_ms) FILTER (WHERE p.rtt_us IS NOT NULL), 0),
  ${sums(PATH_SUMS.slice(5).map((name) => `p.${name}`))}
FROM ${BUCKETS} ${SAMPLES}
CROSS JOIN LATERAL (SELECT * FROM sample_path WHERE unit_id = s.unit_id AND at = s.at
  AND at >= $3 AND at < $4 OFFSET 0) AS p
GROUP BY b.start, ${list(KEY.split(', ').map((name) => `s.${name}`))}, p.link
ON CONFLICT (step_s, unit_id, at, link, vehicle_id, organisation_id) ${replace(PATH_SUMS)}`;

/** Quarters from minutes, days from quarters, weeks from days. */
export function serviceFrom(below: number, step: number): string {
  return `
INSERT INTO rollup_service (step_s, at, ${KEY}, ${list(SERVICE_SUMS)})
SELECT ${step}, b.start, ${list(KEY.split(', ').map((name) => `r.${name}`))}, ${sums(SERVICE_SUMS)}
FROM ${BUCKETS}
${each('r', 'rollup_service', 'at', endOf('b.start', step), `step_s = ${below}`)}
GROUP BY b.start, ${list(KEY.split(', ').map((name) => `r.${name}`))}
ON CONFLICT (step_s, unit_id, at, vehicle_id, organisation_id) ${replace(SERVICE_SUMS)}`;
}

export function pathFrom(below: number, step: number): string {
  return `
INSERT INTO rollup_path (step_s, at, ${KEY}, link, ${list(PATH_SUMS)})
SELECT ${step}, b.start, ${list(KEY.split(', ').map((name) => `r.${name}`))}, r.link,
  ${sums(PATH_SUMS)}
FROM ${BUCKETS}
${each('r', 'rollup_path', 'at', endOf('b.start', step), `step_s = ${below}`)}
GROUP BY b.start, ${list(KEY.split(', ').map((name) => `r.${name}`))}, r.link
ON CONFLICT (step_s, unit_id, at, link, vehicle_id, organisation_id) ${replace(PATH_SUMS)}`;
}

/** The start of the bucket of `step` around a time. */
export function startOf(at: string, step: number): string {
  if (step === STEPS.day) return `date_trunc('day', ${at}, 'Europe/Oslo')`;
  if (step === STEPS.week) return `date_trunc('week', ${at}, 'Europe/Oslo')`;
  return `date_bin('${step} s', ${at}, '2000-01-01Z')`;
}

export function endOf(start: string, step: number): string {
  if (step < STEPS.day) return `${start} + interval '${step} s'`;
  // Noon of the next day is in the next day, whether this one has 23, 24 or 25 hours.
  return startOf(`${start} + interval '${step} s 12 h'`, STEPS.day);
}
