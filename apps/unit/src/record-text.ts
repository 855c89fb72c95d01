// Seconds and probes as lines of a drive file (docs/drives.md has the columns).
import type { Heads } from './record-files.ts';
import type { Ended, Row } from './record-looks.ts';

// rsrp_dbm, lat and lon stay empty: no source of them is read yet. A position is personal data.
export const HEADS: Heads = {
  rows: 't_ms,carrier,down_kbps,up_kbps,rtt_ms,loss,rsrp_dbm,lat,lon\n',
  probes: 't_ms,carrier,rtt_ms\n',
};

/** A drive's reader takes names of up to 40 characters. */
const NAME_CHARS_MAX = 40;

export function rowLines(secondMs: number, rows: readonly Row[]): string {
  return rows.map((row) => rowLine(secondMs, row)).join('');
}

export function probeLines(probes: Ended['probes']): string {
  return probes
    .map(({ tMs, carrier, rttMs }) => lineOf(tMs, nameOf(carrier), decimal(rttMs, 1)))
    .join('');
}

function rowLine(secondMs: number, row: Row): string {
  const [down, up] = [decimal(row.downKbps, 0), decimal(row.upKbps, 0)];
  const [rtt, loss] = [decimal(row.rttMs, 1), decimal(row.loss, 4)];
  return lineOf(secondMs, nameOf(row.carrier), down, up, rtt, loss, '', '', '');
}

function lineOf(...fields: readonly (string | number)[]): string {
  return `${fields.join(',')}\n`;
}

function nameOf(carrier: string): string {
  return carrier.slice(0, NAME_CHARS_MAX);
}

function decimal(value: number | null, digits: number): string {
  return value === null ? '' : String(Number(value.toFixed(digits)));
}
