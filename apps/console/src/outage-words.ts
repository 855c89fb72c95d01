// An outage as a person would tell it: "Telia borte 2,3 s fra 14:02:11; flyttet til Telenor etter
// 60 ms; ingen kritiske pakker tapt; video frøs 0,2 s".
import { spanText, timeText } from './format.ts';
import { type Language, say } from './words/say.ts';

export interface OutageTold {
  readonly link: string | null;
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly movedTo: string | null;
  readonly movedAfterMs: number | null;
  readonly criticalLost: number;
  readonly frozenMs: number;
}

/** A picture that stands still for less than this is seen by nobody, ms. */
const FROZEN_SEEN_MS = 100;

export function outageText(
  language: Language,
  outage: OutageTold,
  carrierName: (link: string) => string,
): string {
  const { link, fromMs, toMs, movedTo, movedAfterMs, criticalLost, frozenMs } = outage;
  const who = link === null ? say(language, 'outage.service') : carrierName(link);
  const from = timeText(language, 'seconds', fromMs);
  const parts = [
    toMs === null
      ? say(language, 'outage.goesOn', { who, from })
      : say(language, 'outage.was', { who, from, span: spanText(language, toMs - fromMs) }),
  ];
  if (movedTo !== null) parts.push(movedText(language, carrierName(movedTo), movedAfterMs));
  else if (link !== null) parts.push(say(language, 'outage.notMoved'));
  parts.push(
    criticalLost === 0
      ? say(language, 'outage.noneLost')
      : say(language, 'outage.lost', { n: criticalLost }),
  );
  if (frozenMs >= FROZEN_SEEN_MS) {
    parts.push(say(language, 'outage.froze', { span: spanText(language, frozenMs) }));
  }
  return `${parts.join('; ')}.`;
}

function movedText(language: Language, to: string, afterMs: number | null): string {
  if (afterMs === null) return say(language, 'outage.moved', { to });
  return say(language, 'outage.movedAfter', { to, span: spanText(language, afterMs) });
}
