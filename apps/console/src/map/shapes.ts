// The shapes of parts/status.tsx as images for a map, in the colours of the theme.
import type { MapLibreMap } from 'maplibre-gl';
import type { Tone } from '../parts/status.tsx';

const TONES: readonly Tone[] = ['good', 'reduced', 'bad', 'off', 'unknown'];
/** Drawn at twice the size for sharp screens. */
const RATIO = 2;
const SIDE = 20;

export function addShapes(map: MapLibreMap): void {
  const style = getComputedStyle(document.documentElement);
  for (const tone of TONES) {
    const image = drawShape(tone, style.getPropertyValue(`--tone-${tone}`).trim());
    if (image !== null) map.addImage(`tone-${tone}`, image, { pixelRatio: RATIO });
  }
}

function drawShape(tone: Tone, colour: string): ImageData | null {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE * RATIO;
  canvas.height = SIDE * RATIO;
  const context = canvas.getContext('2d');
  if (context === null) return null;
  context.scale((SIDE * RATIO) / 16, (SIDE * RATIO) / 16);
  context.lineWidth = 1;
  context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue('--ground');
  context.fillStyle = colour;
  const outline = outlineOf(tone);
  if (tone === 'off' || tone === 'unknown') {
    context.fillStyle = context.strokeStyle;
    context.fill(outline);
    context.strokeStyle = colour;
    context.lineWidth = 2.4;
    if (tone === 'unknown') context.setLineDash([2.6, 2]);
    context.stroke(outline);
  } else {
    context.fill(outline);
    context.stroke(outline);
  }
  if (tone === 'bad') {
    context.lineWidth = 1.8;
    context.stroke(new Path2D('M5.4 5.4 10.6 10.6M10.6 5.4 5.4 10.6'));
  }
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function outlineOf(tone: Tone): Path2D {
  const path = new Path2D();
  if (tone === 'reduced') path.addPath(new Path2D('M8 1.6 15 14.2H1z'));
  else if (tone === 'bad') path.rect(1.5, 1.5, 13, 13);
  else path.arc(8, 8, tone === 'good' ? 5.4 : 5, 0, 2 * Math.PI);
  return path;
}
