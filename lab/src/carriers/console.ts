import type { DirectionStats, LinkStats } from './config.ts';

/** A line per link: since `before`, taken a second ago, or in total if that is null. */
export function describeLinks(
  links: readonly LinkStats[],
  before: readonly LinkStats[] | null,
): string {
  const lines = links.map((link, i) => {
    const old = before?.[i];
    const up = describeDirection(link.up, old?.up);
    return `${link.name.padEnd(10)} up ${up}   down ${describeDirection(link.down, old?.down)}`;
  });
  return lines.join('\n');
}

function describeDirection(now: DirectionStats, before: DirectionStats | undefined): string {
  const since = (field: keyof DirectionStats) => now[field] - (before?.[field] ?? 0);
  const lost = since('loss') + since('queueFull') + since('outage') + since('stale');
  const other = since('poolFull') + since('natRefused') + since('undeliverable');
  const bytes = since('deliveredBytes');
  const amount = before === undefined ? `${mega(bytes)} MB` : `${mega(bytes * 8)} Mbit/s`;
  const refused = other > 0 ? `, ${other} not translated or undeliverable` : '';
  const delivered = since('delivered');
  const queued = now.queuedPackets;
  return `${amount}, ${delivered} delivered, ${lost} dropped, ${queued} queued${refused}`;
}

function mega(value: number): string {
  return (value / 1e6).toFixed(2);
}
