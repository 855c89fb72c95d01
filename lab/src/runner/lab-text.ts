// What `./rmh lab` prints for a person.
import { PROBE_DOWN, PROBE_UP } from '../devices/flows.ts';
import type { Fault } from './faults.ts';
import { formatFault } from './faults.ts';
import type { LabReport } from './lab-report.ts';
import type { RunOrder, RunPhase, Snapshot } from './protocol.ts';
import type { FlowReport } from './report.ts';
import { formatBytes, formatMs, formatShare, left, right, table } from './table.ts';

const PHASES: Record<RunPhase, string> = {
  building: 'building namespaces, carriers and gateways',
  connecting: 'waiting for the tunnel',
  running: 'running',
  draining: 'waiting for packets under way',
};

/** What is about to run. */
export function announcement(order: Omit<RunOrder, 'workspace'>): string {
  const [vehicle] = order.vehicles;
  const carriers = vehicle?.carriers.map(({ name }, i) => `${i + 1} ${name}`).join(', ') ?? '';
  const source = vehicle?.source;
  const over = source?.kind === 'paths' ? source.text : driveText(source);
  const lines = [
    `one vehicle, two gateways, ${order.seconds} s, seed ${order.seed}`,
    `carriers  ${carriers}  (${over})`,
  ];
  if (order.faults.length > 0) lines.push(`faults    ${order.faults.map(formatFault).join(', ')}`);
  return `${lines.join('\n')}\n`;
}

export function phaseText(phase: RunPhase): string {
  return PHASES[phase];
}

/** One line while it runs. */
export function progress(snapshot: Snapshot, seconds: number, faults: readonly Fault[]): string {
  const atMs = snapshot.elapsedMs;
  const now = faults.filter((fault) => {
    return atMs >= fault.atMs && atMs < fault.atMs + (fault.forMs ?? 1000);
  });
  const paths = snapshot.vehicles[0]?.unit?.dataplane?.peers
    .filter(({ active }) => active)
    .flatMap((peer) => peer.paths.map(({ link, state }) => `${link} ${state}`))
    .join(', ');
  const fault = now.length === 0 ? '' : `  [${now.map(formatFault).join(', ')}]`;
  const seen = Math.min(seconds, atMs / 1000).toFixed(0);
  return `${seen.padStart(4)} of ${seconds} s  ${paths ?? 'no tunnel'}${fault}`;
}

export function reportText(report: LabReport): string {
  const { tcp, mishaps } = report;
  const lines = [
    '',
    ...flowTable(report.flows),
    '',
    ...aloneTable(report),
    '',
    ...pathTable(report),
    '',
    `TCP connection: ${tcpText(tcp)}; gateway switches ${report.gatewaySwitches}, ` +
      `handshakes ${report.handshakes}`,
    ...stallLines(report),
    ...mishaps.map((mishap) => `! ${mishap}`),
    verdictLine(report),
  ];
  return `${lines.join('\n')}\n`;
}

function flowTable(flows: readonly FlowReport[]): string[] {
  const columns = [
    left('flow'),
    left('class'),
    right('sent'),
    right('delivered'),
    right('lost'),
    right('late'),
    right('twice'),
    right('p50'),
    right('p99'),
    right('longest gap'),
  ];
  const rows = flows.map((flow) => [
    flow.transport === 'tcp' ? `${flow.name} (TCP)` : flow.name,
    flow.class,
    flow.sent,
    flow.delivered,
    flow.sent - flow.delivered,
    flow.late,
    flow.duplicatesDelivered,
    formatMs(flow.p50Ms),
    formatMs(flow.p99Ms),
    flow.nominalGapMs > 0 ? formatMs(flow.longestGapMs) : `(${formatMs(flow.longestGapMs)})`,
  ]);
  return table(columns, rows);
}

/** The same small probe: over each carrier alone, over any of them, and through the tunnel. */
function aloneTable({ alone, reachable, flows }: LabReport): string[] {
  const columns = [
    left('the same probe'),
    right('sent'),
    right('in time'),
    right('share'),
    right('longest gap'),
  ];
  const row = (name: string, sent: number, inTime: number, gapMs: number | null) => {
    return [name, sent, inTime, formatShare(inTime, sent), formatMs(gapMs)];
  };
  const { sent, inTime, gapMs } = probeOf(flows);
  const rows = Object.entries(alone).map(([name, one]) =>
    row(`${name} alone`, one.sent, one.delivered - one.late, one.longestGapMs),
  );
  rows.push(row('any of them', reachable.sent, reachable.delivered, null));
  if (sent > 0) rows.push(row('the tunnel', sent, inTime, gapMs));
  return table(columns, rows);
}

function pathTable({ paths }: LabReport): string[] {
  const columns = [
    left('carrier'),
    right('sent'),
    right('copies'),
    right('received'),
    right('RTT'),
    right('loss'),
  ];
  const rows = paths.map((path) => [
    path.carrier,
    formatBytes(path.bytesSent),
    formatBytes(path.bytesDuplicated),
    formatBytes(path.bytesReceived),
    formatMs(path.rttMs),
    `${path.lossPct.toFixed(1)} %`,
  ]);
  return table(columns, rows);
}

// Below this a stall is lost in any figure that the tunnel promises.
const STALL_MS_TOLD = 20;

function stallLines({ machineStallMs, verdict }: LabReport): string[] {
  if (machineStallMs < STALL_MS_TOLD) return [];
  const stall = `the machine was busy and held the lab itself up for ${formatMs(machineStallMs)}`;
  if (verdict.doubts.length === 0) return [stall];
  return [`${stall}, so this proves nothing: ${verdict.doubts.join('; ')}`];
}

function tcpText({ established, survived }: LabReport['tcp']): string {
  if (!established) return 'never made';
  return survived ? 'survived' : 'lost';
}

function verdictLine({ verdict, reachable, flows }: LabReport): string {
  if (!verdict.good) return `verdict: BAD – ${verdict.reasons.join('; ')}`;
  const { sent, inTime } = probeOf(flows);
  const kept = `${formatShare(inTime, sent)} of the critical probe in time`;
  const could = `${formatShare(reachable.delivered, reachable.sent)} by any carrier`;
  return `verdict: good – ${kept}, ${could}, TCP survived`;
}

function probeOf(flows: readonly FlowReport[]): { sent: number; inTime: number; gapMs: number } {
  const probes = flows.filter(({ name }) => name === PROBE_UP || name === PROBE_DOWN);
  return {
    sent: probes.reduce((sum, { sent }) => sum + sent, 0),
    inTime: probes.reduce((sum, { delivered, late }) => sum + delivered - late, 0),
    gapMs: Math.max(0, ...probes.map(({ longestGapMs }) => longestGapMs)),
  };
}

function driveText(source: RunOrder['vehicles'][number]['source'] | undefined): string {
  if (source?.kind !== 'drive') return '';
  const from = source.fromMs === null ? '' : ` from ${source.fromMs}`;
  const to = source.toMs === null ? '' : ` to ${source.toMs}`;
  return `drive ${source.file}${from}${to}`;
}
