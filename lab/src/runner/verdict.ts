// Whether a run was good, by the promises of the tunnel (issue 2, acceptance): a pure decision.
import type { TrafficClassName } from '@rmh/contract';
import { PROBE_DOWN, PROBE_UP } from '../devices/flows.ts';
import type { Fault } from './faults.ts';
import type { FlowReport, VehicleReport } from './report.ts';

export interface Verdict {
  readonly good: boolean;
  /** What was not kept; of a good run, nothing. */
  readonly reasons: string[];
  /** What could not be judged, because the machine held the lab itself up for so long. */
  readonly doubts: string[];
}

// Of what any carrier alone delivered in time, the tunnel delivers at least this in time.
const REACHABLE_SHARE = 0.995;
// Beyond the path's own delay, the flow's own spacing included.
const CRITICAL_GAP_MS = 100;
// An active gateway that dies is replaced within this.
const GATEWAY_GAP_MS = 1000;

/** `steady`: carriers of fixed numbers; a drive may offer less than all flows together need. */
export function decideVerdict(
  report: VehicleReport,
  faults: readonly Fault[],
  steady: boolean,
): Verdict {
  const killed = faults.some((fault) => fault.target === 'gateway' && fault.kind === 'kill');
  const always = report.reachable.sent > 0 && report.reachable.delivered === report.reachable.sent;
  if (report.reachable.sent === 0) {
    return { good: false, reasons: ['nothing was sent'], doubts: [] };
  }
  const reasons = [...tcpReasons(report), ...reachableReasons(report, killed)];
  const doubts: string[] = [];
  // Only where some carrier worked at every moment can nothing be lost, and no gap be long.
  if (steady && always) {
    for (const flow of report.flows) {
      if (!killed) reasons.push(...lossReasons(flow));
      const silence = judgeSilence(flow, report, killed);
      if (silence.kind === 'too long') reasons.push(silence.text);
      if (silence.kind === 'in doubt') doubts.push(silence.text);
    }
  }
  for (const flow of report.flows) {
    if (flow.delivered === 0 && flow.sent > 0) reasons.push(`${flow.name} delivered nothing`);
    if (flow.duplicatesDelivered > 0 && flow.transport === 'udp') {
      reasons.push(`${flow.name} delivered ${flow.duplicatesDelivered} packets twice`);
    }
  }
  return { good: reasons.length === 0, reasons, doubts };
}

function tcpReasons({ tcp }: VehicleReport): string[] {
  if (!tcp.established) return ['the TCP connection was never made'];
  return tcp.survived ? [] : ['the TCP connection did not survive'];
}

function reachableReasons({ flows, reachable }: VehicleReport, killed: boolean): string[] {
  const probes = flows.filter(({ name }) => name === PROBE_UP || name === PROBE_DOWN);
  if (probes.length < 2 || reachable.delivered === 0 || killed) return [];
  const inTime = probes.reduce((sum, { delivered, late }) => sum + delivered - late, 0);
  const share = inTime / reachable.delivered;
  if (share >= REACHABLE_SHARE) return [];
  const percent = (share * 100).toFixed(2);
  return [`critical in time is ${percent} % of reachable (at least ${REACHABLE_SHARE * 100} %)`];
}

function lossReasons(flow: FlowReport): string[] {
  const reasons: string[] = [];
  const lost = flow.sent - flow.delivered;
  if (lost > 0) reasons.push(`${flow.name} (${flow.class}) lost ${lost}`);
  if (flow.class === 'critical' && flow.late > 0) {
    reasons.push(`${flow.name} (critical) late ${flow.late}`);
  }
  return reasons;
}

type Silence = { kind: 'fine' } | { kind: 'too long' | 'in doubt'; text: string };

/** A gap that would be short enough without the machine's own stall proves nothing. */
function judgeSilence(flow: FlowReport, report: VehicleReport, killed: boolean): Silence {
  const limitMs = gapLimitMs(flow.class, report, killed);
  if (limitMs === null || flow.nominalGapMs === 0 || flow.longestGapMs <= limitMs) {
    return { kind: 'fine' };
  }
  const gapMs = Math.round(flow.longestGapMs);
  const atMost = Math.round(limitMs);
  const text = `${flow.name} (${flow.class}) was silent for ${gapMs} ms (at most ${atMost})`;
  const inDoubt = flow.longestGapMs - report.machineStallMs <= limitMs;
  return { kind: inDoubt ? 'in doubt' : 'too long', text };
}

/** The slowest carrier's own delay is the median of its probes. Bulk promises no pace. */
function gapLimitMs(
  trafficClass: TrafficClassName,
  { alone }: VehicleReport,
  killed: boolean,
): number | null {
  const delayMs = Math.max(0, ...Object.values(alone).map(({ p50Ms }) => p50Ms ?? 0));
  if (trafficClass === 'bulk') return null;
  if (killed) return GATEWAY_GAP_MS + delayMs;
  return trafficClass === 'critical' ? CRITICAL_GAP_MS + delayMs : 4 * delayMs + 50;
}
