// Lines over time, drawn by uPlot. The table beside a chart is the caller's.
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { decimals, timeText } from '../format.ts';
import { useScheme } from '../theme.ts';
import { useLanguage, useWords } from '../words/words.ts';

export interface Line {
  readonly name: string;
  /** 1 … 8, or 0 for the service itself. */
  readonly colour: number;
  readonly values: readonly (number | null)[];
  readonly dashed?: boolean;
}

interface ChartProps {
  readonly label: string;
  readonly atMs: readonly number[];
  readonly lines: readonly Line[];
  readonly unit: string;
  readonly digits?: number;
  readonly heightPx?: number;
  /** The values never go above this. */
  readonly most?: number;
}

export function Chart(props: ChartProps) {
  const { label, atMs, lines, unit, digits = 0, heightPx = 180, most } = props;
  const frame = useRef<HTMLDivElement>(null);
  const scheme = useScheme();
  const language = useLanguage();
  const t = useWords();
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const style = getComputedStyle(element);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const long = (atMs.at(-1) ?? 0) - (atMs[0] ?? 0) > 36 * 3_600_000;
    const axis = {
      stroke: colour('--quiet'),
      grid: { stroke: colour('--hairline'), width: 1 },
      ticks: { show: false },
      font: `12px ${style.fontFamily}`,
    };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: heightPx,
        cursor: { y: false, drag: { x: false, y: false } },
        legend: { live: true },
        scales: most === undefined ? {} : { y: { range: (_, low) => [low - 0.05, most] } },
        axes: [
          {
            ...axis,
            values: (_, ticks) =>
              ticks.map((at) => timeText(language, long ? 'day' : 'clock', at * 1_000)),
          },
          {
            ...axis,
            size: 62,
            values: (_, ticks) =>
              ticks.map((value) => `${decimals(language, value, digits)} ${unit}`),
          },
        ],
        series: [
          {
            label: t('column.time'),
            value: (_, at) => (at === null ? '–' : timeText(language, 'dayClock', at * 1_000)),
          },
          ...lines.map((line) => ({
            label: line.name,
            stroke: colour(line.colour === 0 ? '--text' : `--chart-${line.colour}`),
            width: line.colour === 0 ? 2.5 : 1.5,
            ...(line.dashed === true && { dash: [6, 4] }),
            points: { show: false },
            value: (_: uPlot, value: number | null) =>
              value === null ? '–' : `${decimals(language, value, digits)} ${unit}`,
          })),
        ],
      },
      [atMs.map((at) => at / 1_000), ...lines.map(({ values }) => [...values])],
      element,
    );
    const watcher = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: heightPx }),
    );
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      plot.destroy();
    };
  }, [atMs, lines, unit, digits, heightPx, most, scheme, language, t]);
  return <div ref={frame} className="chart" role="img" aria-label={label} />;
}
