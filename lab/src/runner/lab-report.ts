// The JSON of `./rmh lab`. `format` rises when a field changes its meaning.
import { type Fault, formatFault } from './faults.ts';
import type { RunOrder, RunResult } from './protocol.ts';
import { type VehicleReport, vehicleReport } from './report.ts';
import { decideVerdict, type Verdict } from './verdict.ts';

export const LAB_FORMAT = 1;

export interface LabReport extends VehicleReport {
  readonly format: typeof LAB_FORMAT;
  /** How long packets were sent. */
  readonly seconds: number;
  readonly seed: number;
  readonly source: RunOrder['vehicles'][number]['source'];
  readonly faults: string[];
  /** What went wrong in the lab itself or with its daemons. */
  readonly mishaps: string[];
  readonly verdict: Verdict;
}

export function labReport(order: Omit<RunOrder, 'workspace'>, result: RunResult): LabReport {
  const { source } = only(order.vehicles);
  const vehicle = vehicleReport(
    only(result.last.vehicles),
    order.flowIds,
    only(result.vehicles),
    result.carriersLateUsMax,
  );
  const faults: readonly Fault[] = order.faults;
  const verdict = decideVerdict(vehicle, faults, source.kind === 'paths');
  const mishaps = result.mishaps.map((text) => `mishap: ${text.split('\n', 1)[0]}`);
  return {
    format: LAB_FORMAT,
    seconds: result.seconds,
    seed: order.seed,
    source,
    faults: faults.map(formatFault),
    ...vehicle,
    mishaps: result.mishaps,
    verdict: {
      good: verdict.good && mishaps.length === 0,
      reasons: [...verdict.reasons, ...mishaps],
      doubts: verdict.doubts,
    },
  };
}

function only<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined) throw new Error('the lab has one vehicle');
  return first;
}
