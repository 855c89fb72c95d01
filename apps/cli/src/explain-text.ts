// A history put into a person's words: one line a cause, in the order of time. Pure.
import type { History } from '@rmh/contract';
import { type Cause, causesIn, type Moved } from './explain-causes.ts';
import { type Effect, effectOf } from './explain-effect.ts';
import type { Span } from './explain-time.ts';
import { Timeline } from './explain-timeline.ts';
import { EXPLAIN_WORDS, type ExplainWords } from './explain-words.ts';
import type { Language } from './status-words.ts';

export interface Explanation {
  readonly lines: string[];
  readonly causes: Cause[];
}

export function explain(history: History, span: Span, language: Language): Explanation {
  const tell = new Teller(history, EXPLAIN_WORDS[language]);
  const { words } = tell;
  if (span.fromMs > history.nowMs) {
    return { lines: [words.future(tell.time(span.fromMs))], causes: [] };
  }
  const isBefore = span.fromMs < history.sinceMs;
  const begins = isBefore
    ? [words.before(tell.name(history.name), tell.time(history.sinceMs))]
    : [];
  if (span.toMs < history.sinceMs) return { lines: begins, causes: [] };
  const timeline = new Timeline(history);
  const causes = causesIn(timeline, span);
  const lines =
    causes.length > 0 ? causes.map((cause) => tell.cause(cause)) : noCause(tell, timeline, span);
  return { lines: [...begins, ...lines], causes };
}

function noCause(tell: Teller, timeline: Timeline, { fromMs, toMs }: Span): string[] {
  const { words } = tell;
  const [from, to] = [tell.time(fromMs), tell.time(Math.min(toMs, timeline.history.nowMs))];
  const slices = timeline.within(fromMs, toMs);
  if (slices.length === 0) return [words.unseen(from, to)];
  const answered = timeline.links().flatMap((link) => {
    const rtts = timeline.carrierWithin(link, fromMs, toMs).flatMap(({ rttMs }) => rttMs ?? []);
    return rtts.length === 0 ? [] : [`${tell.name(link)} (${tell.long(Math.max(...rtts))})`];
  });
  const effect = effectOf(timeline, { fromMs, toMs, moved: { to: '', afterMs: 0 } });
  const parts = [
    words.noCause(from, to),
    ...(answered.length === 0 ? [] : [words.answered(tell.list(answered))]),
    ...tell.critical(effect),
    words.beyond,
  ];
  return [parts.join('; ')];
}

const DAY_CHARS = 10;

class Teller {
  readonly words: ExplainWords;
  readonly #today: string;

  constructor(history: History, words: ExplainWords) {
    this.words = words;
    this.#today = dayOf(history.nowMs);
  }

  cause(cause: Cause): string {
    const { words } = this;
    switch (cause.kind) {
      case 'silent':
      case 'allSilent':
      case 'gatewaySilent':
      case 'gone':
        return [this.#head(cause), ...this.#moved(cause), ...this.#effect(cause.effect)].join('; ');
      case 'lossy': {
        const percent = String(Math.round(cause.share * 100));
        return words.lossy(
          this.name(cause.link),
          percent,
          this.#length(cause),
          this.time(cause.fromMs),
        );
      }
      case 'slow': {
        const [rtt, usual] = [this.long(cause.rttMs), this.long(cause.usualMs)];
        const from = this.time(cause.fromMs);
        return words.slow(this.name(cause.link), rtt, usual, this.#length(cause), from);
      }
      case 'restarted':
        return this.#restarted(cause);
      case 'switched': {
        const why = words.switchReasons[cause.why] ?? cause.why;
        const [from, to] = [this.name(cause.from), this.name(cause.to)];
        return words.switched(from, to, this.time(cause.fromMs), why);
      }
      case 'readdressed':
        return words.readdressed(this.name(cause.link), this.time(cause.fromMs));
      case 'clock': {
        const step = this.long(Math.abs(cause.seconds) * 1000);
        const at = this.time(cause.fromMs);
        return cause.seconds > 0 ? words.clockAhead(step, at) : words.clockBack(step, at);
      }
      case 'reloaded':
        return words.reloaded(this.time(cause.fromMs));
      case 'refused':
        return words.refused(this.name(cause.gateway), this.time(cause.fromMs));
      case 'noDataplane':
        return words.noDataplane(cause.code, this.time(cause.fromMs));
    }
  }

  critical(effect: Effect): string[] {
    const { words } = this;
    if (effect.critical === 0) return [];
    if (effect.criticalLost !== null)
      return [words.lost(effect.criticalLost + effect.criticalUnsent)];
    return [
      ...(effect.criticalUnsent > 0 ? [words.unsent(effect.criticalUnsent)] : []),
      ...(effect.criticalRepaired > 0 ? [words.repaired(effect.criticalRepaired)] : []),
    ];
  }

  /** Local time; with its day where that is not today. */
  time(ms: number): string {
    const day = dayOf(ms);
    const clock = new Date(ms).toTimeString().slice(0, 8);
    return day === this.#today ? clock : `${day} ${clock}`;
  }

  /** 60 ms, 2.3 s, 5 min 20 s. */
  long(ms: number): string {
    const { point, seconds, minutes } = this.words;
    if (ms < 950) return `${ms < 95 ? Math.round(ms) : Math.round(ms / 10) * 10} ms`;
    if (ms < 60_000)
      return `${(ms / 1000).toFixed(1).replace(/\.0$/, '').replace('.', point)} ${seconds}`;
    const whole = Math.round(ms / 1000);
    const rest = whole % 60;
    return `${Math.floor(whole / 60)} ${minutes}${rest === 0 ? '' : ` ${rest} ${seconds}`}`;
  }

  /** An operator's name begins with a capital; a device (wwan0) is written as it is. */
  name(name: string): string {
    return /^[a-zæøå]+$/.test(name) ? `${name[0]?.toUpperCase()}${name.slice(1)}` : printable(name);
  }

  list(items: readonly string[]): string {
    const last = items.at(-1) ?? '';
    return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${this.words.and} ${last}`;
  }

  #head(cause: Extract<Cause, { effect: Effect }>): string {
    const { words } = this;
    const from = this.time(cause.fromMs);
    const long = cause.toMs === null ? null : this.long(cause.toMs - cause.fromMs);
    if (cause.kind === 'allSilent') {
      const who = this.list(cause.links.map((link) => this.name(link)));
      return long === null ? words.noneSince(from, who) : words.noneFor(long, from, who);
    }
    if (cause.kind === 'gatewaySilent') {
      const who = this.name(cause.gateway);
      return long === null ? words.gatewaySince(who, from) : words.gatewayFor(who, long, from);
    }
    const who = this.name(cause.link);
    if (cause.kind === 'silent') {
      return long === null ? words.silentSince(who, from) : words.silentFor(who, long, from);
    }
    const why = words.goneStates[cause.state] ?? cause.state;
    return long === null ? words.goneSince(who, why, from) : words.goneFor(who, why, long, from);
  }

  #moved(cause: Extract<Cause, { effect: Effect }>): string[] {
    const { words } = this;
    if (cause.kind === 'allSilent') return [];
    if (cause.kind === 'silent' && !cause.carried) return [words.elsewhere];
    if (cause.kind === 'gatewaySilent' && !cause.active) return [words.standby];
    if (cause.moved !== null) return [this.#movedTo(cause.moved)];
    if (cause.kind === 'gatewaySilent') return [];
    return [cause.kind === 'silent' && !cause.others ? words.onlyOne : words.noOther];
  }

  #movedTo({ to, afterMs }: Moved): string {
    const { words } = this;
    const who = this.name(to);
    return afterMs < 1 ? words.movedAtOnce(who) : words.movedTo(who, this.long(afterMs));
  }

  #effect(effect: Effect): string[] {
    const { words } = this;
    const { frozenMs } = effect;
    if (frozenMs === null) return this.critical(effect);
    // Shown to 0.1 s: what is known is no finer.
    const frozen = Math.max(100, Math.round(frozenMs / 100) * 100);
    const inSeconds = `${(frozen / 1000).toFixed(1).replace('.', words.point)} ${words.seconds}`;
    const long = frozen < 10_000 ? inSeconds : this.long(frozen);
    return [...this.critical(effect), frozenMs === 0 ? words.notFrozen : words.froze(long)];
  }

  #restarted({ fromMs, toMs, how }: Extract<Cause, { kind: 'restarted' }>): string {
    const { words } = this;
    if (fromMs === null) return words.started(this.time(toMs));
    const isCode = how?.startsWith('RMH_') === true;
    const said = isCode ? words.stopFailed(how) : words.stopAsked(how ?? '');
    const why = how === null || how === '' ? words.stopUnknown : said;
    return words.restarted(this.time(fromMs), this.time(toMs), why);
  }

  #length({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number | null }): string {
    return this.long((toMs ?? fromMs) - fromMs);
  }
}

function dayOf(ms: number): string {
  const date = new Date(ms);
  const offsetMs = date.getTimezoneOffset() * 60_000;
  return new Date(ms - offsetMs).toISOString().slice(0, DAY_CHARS);
}

/** A daemon's answer is not trusted to hold no control characters. */
function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '');
}
