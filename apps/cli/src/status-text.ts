// A status as text. Every state is a word and a symbol, so nothing hangs on colour.
import type { DaemonStatus, DataplaneStatus, LinkData, MissionStatus } from '@rmh/contract';
import { CODES, dataLeftOf, isErrorCode } from '@rmh/contract';
import { EN, type Language, NB, type Words } from './status-words.ts';

export type { Language } from './status-words.ts';

type Peer = DataplaneStatus['peers'][number];
type Path = Peer['paths'][number];

export function renderStatus(status: DaemonStatus, language: Language): string {
  const words = language === 'nb' ? NB : EN;
  const { dataplane } = status;
  const sections = [
    headLines(status, words),
    problemLines(status, language),
    linkLines(status, words),
    ...(dataplane?.peers ?? []).map((peer) => peerLines(peer, status.role, words)),
    dataplane === null ? [words.noDataplane] : dropLines(dataplane, words),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function headLines(
  { role, name, state, mission, uptimeSeconds, version, configHash }: DaemonStatus,
  w: Words,
) {
  const facts = [
    mark(w.daemonStates[state]),
    ...(mission === undefined ? [] : [missionText(mission, w)]),
    `${w.uptime} ${duration(uptimeSeconds, w)}`,
    `${w.version} ${version}`,
    `${w.configuration} ${configHash}`,
  ];
  return [`${w.roles[role]} ${clean(name)}: ${facts.join(' · ')}`];
}

function missionText({ urgency, leftSeconds }: MissionStatus, w: Words): string {
  return `${w.mission}: ${w.urgencies[urgency]}, ${duration(leftSeconds, w)} ${w.left}`;
}

function problemLines({ problems }: DaemonStatus, language: Language): string[] {
  return problems.flatMap(({ code, message, hint }) => {
    const known = isErrorCode(code) ? CODES[code] : null;
    const [text, advice] =
      language === 'nb' && known !== null ? [known.nb, known.hintNb] : [known?.en ?? code, hint];
    return [`! ${text}: ${clean(message)}`, `  ${clean(advice)}`];
  });
}

function linkLines({ role, links }: DaemonStatus, w: Words): string[] {
  if (role === 'gateway') return [];
  if (links.length === 0) return [w.noLinks];
  // Most have no budget: then there is no column for it.
  const hasData = links.some(({ data }) => data !== undefined);
  const rows = links.map(({ name, device, state, addresses, data }) => {
    const cells = [name, device, mark(w.linkStates[state]), addresses.join(' ') || '–'];
    return hasData ? [...cells, data === undefined ? '–' : dataText(data, w)] : cells;
  });
  const head = [w.link, w.device, w.state, w.addresses];
  return table(hasData ? [...head, w.data] : head, rows);
}

function dataText(data: LinkData, w: Words): string {
  const { stage, share, leftBytes } = dataLeftOf(data);
  const used = `${bytes(data.monthBytes)} ${w.of} ${bytes(data.monthlyBytes)}`;
  // Cut, not rounded: what is nearly used is not shown as used up.
  const parts = [`${used} (${Math.floor(share * 100)} %)`, `${bytes(leftBytes)} ${w.left}`];
  if (stage === 'within') return parts.join(', ');
  return `${mark(w.dataStages[stage])}: ${parts.join(', ')}`;
}

function peerLines(peer: Peer, role: DaemonStatus['role'], w: Words): string[] {
  const facts = [mark(w.peerStates[peer.state])];
  if (peer.active) facts.push(w.active);
  if (peer.draining) facts.push(w.draining);
  const ageMs = peer.lastHandshakeAgeMs;
  if (ageMs !== null)
    facts.push(`${w.handshake} ${duration(Math.round(ageMs / 1000), w)} ${w.ago}`);
  const other = role === 'unit' ? w.roles.gateway : w.roles.unit;
  const lines = [`${other} ${clean(peer.name)}: ${facts.join(' · ')}`];
  if (peer.paths.length > 0) lines.push(...pathTable(peer.paths, role, w));
  if (peer.classes.length > 0) lines.push('', ...classTable(peer, w));
  return lines;
}

// A unit names its paths by carrier; a gateway sees only where a unit comes from.
function pathTable(paths: readonly Path[], role: DaemonStatus['role'], w: Words): string[] {
  const rows = paths.map((path) => [
    role === 'unit' ? path.link : path.remote,
    mark(w.pathStates[path.state]),
    path.rttMs === null ? '–' : `${path.rttMs.toFixed(0)} ms`,
    `${path.lossPct.toFixed(1)} %`,
    bytes(path.bytesSent),
    bytes(path.bytesReceived),
    bytes(path.bytesDuplicated),
  ]);
  return table([w.path, w.state, 'RTT', w.loss, w.sent, w.received, w.duplicated], rows);
}

function classTable({ classes }: Peer, w: Words): string[] {
  const rows = classes.map(({ name, sent, received, repaired, duplicatesDropped, late }) => {
    return [name, ...[sent, received, repaired, duplicatesDropped, late].map(String)];
  });
  return table([w.class, w.sent, w.received, w.repaired, w.duplicates, w.late], rows);
}

function dropLines({ drops }: DataplaneStatus, w: Words): string[] {
  const counted = Object.entries(drops).filter(([, count]) => count > 0);
  if (counted.length === 0) return [];
  return [`${w.drops}: ${counted.map(([reason, n]) => `${clean(reason)} ${n}`).join(', ')}`];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head, ...rows].map((row) => row.map(clean));
  const widths = head.map((_, i) => Math.max(...cells.map((row) => [...(row[i] ?? '')].length)));
  return cells.map((row) => {
    const padded = row.map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - [...cell].length));
    return `  ${padded.join('  ').trimEnd()}`;
  });
}

function mark([symbol, word]: readonly [string, string]): string {
  return `${symbol} ${word}`;
}

function duration(seconds: number, w: Words): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} ${w.hours}`;
  return `${Math.floor(seconds / 86_400)} ${w.days}`;
}

function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  const value = count / 1000 ** step;
  return `${step === 0 ? count : value.toFixed(1)} ${units[step] ?? 'B'}`;
}

// Names come from files and from the other end: no control character reaches a terminal.
function clean(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
