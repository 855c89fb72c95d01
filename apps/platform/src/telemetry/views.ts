// What a gateway saw of its units: the other end's word when the cause of an outage is judged.
import type { GatewayViews, Receipt } from '@rmh/contract/api';
import type { Database, Sql } from '../db/database.ts';

const COLUMNS = [
  ...['gateway_id', 'unit_id', 'at', 'span_ms', 'active', 'up_ms', 'links', 'link_up_ms'],
  'link_rtt_us',
];
const AHEAD_MS = 300_000;
const DAY_MS = 86_400_000;

/** Batches of a journal count once, in rising order, like samples of a unit. */
export async function takeViews(
  db: Pick<Database, 'insert'>,
  sql: Sql,
  gatewayId: number,
  { journal, sequence, views }: GatewayViews,
  nowMs: number,
): Promise<Receipt> {
  await sql.query('SELECT id FROM gateway WHERE id = $1 FOR NO KEY UPDATE', [gatewayId]);
  const known = await sql.query<{ through: number; days: number }>(
    `SELECT coalesce(c.through, 0) AS through, r.view_days AS days FROM retention r
    LEFT JOIN view_cursor c ON c.gateway_id = $1 AND c.journal = $2`,
    [gatewayId, journal],
  );
  const { through = 0, days = 1 } = known[0] ?? {};
  if (sequence <= through) return { journal, through };
  // A broken clock, or a view that would be dropped again at once.
  const sound = views.filter(({ atMs, spanMs }) => {
    return atMs + spanMs <= nowMs + AHEAD_MS && atMs >= nowMs - days * DAY_MS;
  });
  await db.insert(
    sql,
    'gateway_view',
    COLUMNS,
    sound.map(({ unitId, atMs, spanMs, active, upMs, paths }) => [
      ...[gatewayId, unitId, new Date(atMs), spanMs, active, upMs],
      paths.map(({ link }) => link),
      paths.map((path) => path.upMs),
      paths.map(({ rttMs }) => (rttMs === null ? null : Math.round(rttMs * 1_000))),
    ]),
    'ON CONFLICT DO NOTHING',
  );
  await judgeAgain(sql, sound);
  await db.insert(
    sql,
    'view_cursor',
    ['gateway_id', 'journal', 'through', 'heard_at'],
    [[gatewayId, journal, sequence, new Date(nowMs)]],
    `ON CONFLICT (gateway_id, journal) DO UPDATE SET through = excluded.through,
      heard_at = excluded.heard_at`,
  );
  return { journal, through: sequence };
}

/** Outages of these units at that time may have another cause than was thought. */
async function judgeAgain(sql: Sql, views: GatewayViews['views']): Promise<void> {
  if (views.length === 0) return;
  const fromMs = Math.min(...views.map(({ atMs }) => atMs));
  const toMs = Math.max(...views.map(({ atMs, spanMs }) => atMs + spanMs));
  await sql.query(
    `UPDATE outage SET cause_due = true
    WHERE unit_id = ANY ($1) AND NOT cause_due AND from_at < $3 AND from_at > $4
      AND coalesce(to_at, 'infinity') > $2`,
    [
      [...new Set(views.map(({ unitId }) => unitId))],
      ...[new Date(fromMs), new Date(toMs), new Date(fromMs - DAY_MS)].map((d) => d.toISOString()),
    ],
  );
}
