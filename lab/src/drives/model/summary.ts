import type { DriveFigures } from '../fit.ts';
import targets from './targets.json' with { type: 'json' };

export { targets };
export type FigureName = keyof typeof targets.figures;

/** The figures that the model is fitted to, each the mean over carriers (or pairs) and drives. */
export function summarise(all: readonly DriveFigures[]): Record<FigureName, number> {
  const carriers = all.flatMap((figures) => figures.carriers);
  const pairs = all.flatMap((figures) => figures.pairs);
  const over = (of: (carrier: (typeof carriers)[number]) => number) => mean(carriers.map(of));
  return {
    outagesPerHourOver500Ms: over((c) => c.outagesPerHourOver500Ms),
    outagesPerHourOver1S: over((c) => c.outagesPerHourOver1S),
    lengthP50S: over((c) => c.lengthS.p50),
    lengthP90S: over((c) => c.lengthS.p90),
    lengthP99S: over((c) => c.lengthS.p99),
    unusableShare: over((c) => c.unusableShare),
    delayingShare: over((c) => c.delayingShare),
    timesIndependence: mean(pairs.map(({ timesIndependence }) => timesIndependence)),
    swingP50: over((c) => c.swingAMinute.p50),
    rttP90OverP50: over((c) => c.rttMs.p90 / c.rttMs.p50),
    rttP99OverP50: over((c) => c.rttMs.p99 / c.rttMs.p50),
  };
}

function mean(values: readonly number[]): number {
  const known = values.filter((value) => Number.isFinite(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
