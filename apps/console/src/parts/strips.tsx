// One band a carrier over the same time: where they failed, and whether they failed together.
import type { Series } from '@rmh/contract/api';
import { useEffect, useRef } from 'react';
import { timeText } from '../format.ts';
import { useScheme } from '../theme.ts';
import { useLanguage, useWords } from '../words/words.ts';

export interface Strip {
  readonly key: string;
  readonly name: string;
  /** Share of each bucket, null where nothing is known. */
  readonly up: readonly (number | null)[];
}

interface StripsProps {
  readonly series: Pick<Series, 'from' | 'to' | 'atMs' | 'stepSeconds'>;
  readonly strips: readonly Strip[];
  readonly label: string;
}

const TICKS = 6;

export function Strips({ series, strips, label }: StripsProps) {
  const language = useLanguage();
  const fromMs = Date.parse(series.from);
  const toMs = Date.parse(series.to);
  const long = toMs - fromMs > 36 * 3_600_000;
  return (
    <figure className="strips" aria-label={label}>
      {strips.map((strip) => (
        <div key={strip.key} className="strip">
          <span className="strip-name">{strip.name}</span>
          <StripCanvas series={series} up={strip.up} />
        </div>
      ))}
      <div className="strip strip-axis" aria-hidden="true">
        <span className="strip-name" />
        <div className="ticks">
          {Array.from({ length: TICKS }, (_, index) => {
            const atMs = fromMs + (index * (toMs - fromMs)) / (TICKS - 1);
            return <span key={index}>{timeText(language, long ? 'dayClock' : 'clock', atMs)}</span>;
          })}
        </div>
      </div>
      <StripLegend />
    </figure>
  );
}

function StripLegend() {
  const t = useWords();
  return (
    <figcaption className="strip-legend quiet">
      <span className="key key-good" /> {t('strip.up')}
      <span className="key key-reduced" /> {t('strip.partly')}
      <span className="key key-bad" /> {t('strip.down')}
      <span className="key key-none" /> {t('strip.unknown')}
    </figcaption>
  );
}

function StripCanvas({
  series,
  up,
}: { readonly series: StripsProps['series'] } & Pick<Strip, 'up'>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useScheme();
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const draw = (): void => drawStrip(element, series, up);
    draw();
    const watcher = new ResizeObserver(draw);
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [series, up, scheme]);
  return <canvas ref={canvas} aria-hidden="true" />;
}

function drawStrip(
  canvas: HTMLCanvasElement,
  { from, to, atMs, stepSeconds }: StripsProps['series'],
  up: Strip['up'],
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const ratio = devicePixelRatio;
  const { clientWidth, clientHeight } = canvas;
  canvas.width = clientWidth * ratio;
  canvas.height = clientHeight * ratio;
  const style = getComputedStyle(canvas);
  const colour = (name: string): string => style.getPropertyValue(name);
  const fromMs = Date.parse(from);
  const perMs = canvas.width / (Date.parse(to) - fromMs);
  // A second of outage in a week is less than a pixel and must still be seen.
  const wide = Math.max(stepSeconds * 1_000 * perMs, ratio);
  for (const [index, share] of up.entries()) {
    if (share === null) continue;
    const x = ((atMs[index] ?? 0) - fromMs) * perMs;
    context.fillStyle = colour(share >= 1 ? '--strip-good' : '--tone-reduced');
    context.fillRect(x, 0, wide + 0.5, canvas.height);
    if (share >= 1) continue;
    // The part that was lost stands up from below, so that shape tells as well as colour.
    context.fillStyle = colour('--tone-bad');
    const high = Math.max(0.25, 1 - share) * canvas.height;
    context.fillRect(x, canvas.height - high, wide + 0.5, high);
  }
}
