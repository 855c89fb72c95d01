// A report as a person reads it.
import { TRAFFIC_CLASS_NAMES } from '@rmh/base';
import type { SimReport, Summary } from './report.ts';

export function simText(report: SimReport): string {
  const { mix, policy, faults, seeds, drives, total } = report;
  const range = seeds.count === 1 ? `seed ${seeds.first}` : `${seeds.count} seeds`;
  const lines = [
    `${mix} mix, policy ${policy}, faults ${faults}, ${range}: ` +
      `${total.runs} runs, ${total.hours.toFixed(1)} h`,
  ];
  for (const drive of drives) lines.push('', drive.drive, ...linesOf(drive));
  if (drives.length > 1) lines.push('', 'all drives', ...linesOf(total));
  return `${lines.join('\n')}\n`;
}

function linesOf(summary: Summary): string[] {
  const names = TRAFFIC_CLASS_NAMES.filter((name) => summary.classes[name].sent > 0);
  const head = ['', ...names, 'Mbytes', 'copies'];
  const rows = [
    head,
    row('could arrive', summary, (name) => summary.classes[name].boundInTime, null),
    row('tunnel', summary, (name) => summary.classes[name].inTime, summary),
    ...(summary.baselines.length === 0
      ? []
      : [row('best alone', summary, (name) => summary.classes[name].bestAloneInTime, null)]),
    ...summary.baselines.map((one) => {
      return row(one.name, summary, (name) => one.classes[name].inTime, one);
    }),
  ];
  const last = names.map((name) => `${name} ${percent(summary.classes[name].ratio)}`);
  return [...table(rows), `  of what could arrive in time: ${last.join(', ')}`];
}

type Name = (typeof TRAFFIC_CLASS_NAMES)[number];

/** Shares of what was sent, then bytes and the share that were copies. */
function row(
  title: string,
  summary: Summary,
  inTime: (name: Name) => number,
  bytes: { readonly bytesSent: number; readonly bytesDuplicated: number } | null,
): string[] {
  const names = TRAFFIC_CLASS_NAMES.filter((name) => summary.classes[name].sent > 0);
  const shares = names.map((name) => percent(inTime(name) / summary.classes[name].sent));
  if (bytes === null) return [title, ...shares, '', ''];
  const copies = bytes.bytesDuplicated / Math.max(1, bytes.bytesSent);
  return [title, ...shares, (bytes.bytesSent / 1e6).toFixed(1), percent(copies)];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function table(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) => {
    const cells = row.map((cell, i) => {
      return i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
    });
    return `  ${cells.join('  ').trimEnd()}`;
  });
}
