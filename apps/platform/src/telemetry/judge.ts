// Which samples of a batch are written, and why the others are not. Pure: the same batch in the
// same situation gets the same verdict, whoever asks and however often.
//
// Every sequence number up to the new cursor ends as one row that is kept or in one span that is
// missing. A refused sample is acknowledged all the same: sent again it would be refused again,
// and a unit with a broken clock must not stand still for ever.
import { type CarrierSample, type Outage, PROOF_WINDOW_MS, type Sample } from '@rmh/contract/api';

export const REASONS = [
  'unit',
  'future',
  'too-old',
  'contradicts',
  'overlap',
  'no-vehicle',
] as const;
export type Reason = (typeof REASONS)[number];

/** In which vehicle a unit was, from `sinceMs` until the next fitting. */
export interface Fitting {
  readonly sinceMs: number;
  readonly vehicle: {
    readonly vehicleId: number;
    readonly organisationId: number;
    readonly simulated: boolean;
  } | null;
}

/** What is known of a unit when its batch comes. */
export interface Situation {
  /** Written so far in this journal. */
  readonly through: number;
  /** Rising by `sinceMs`. */
  readonly fittings: readonly Fitting[];
  /** Sequence numbers whose time other samples of this unit have taken. */
  readonly taken: ReadonlySet<number>;
  readonly nowMs: number;
  readonly rawDays: number;
}

export interface Kept {
  readonly sample: Sample;
  readonly vehicle: NonNullable<Fitting['vehicle']>;
  /** Those that make sense. */
  readonly outages: readonly Outage[];
}

export interface Missing {
  readonly first: number;
  readonly last: number;
  readonly reason: Reason;
}

export interface Judged {
  readonly through: number;
  readonly kept: readonly Kept[];
  readonly missing: readonly Missing[];
  /** Came before: nothing was done with them. */
  readonly repeated: number;
}

const DAY_MS = 86_400_000;
// A machine whose clock is further off is not let in at all (PROOF_WINDOW_MS).
const AHEAD_MS = PROOF_WINDOW_MS;
// 60 s at 100 Gbit/s are 7.5e11 bytes, at 16 million packets a second 1e9. Sums of a day stay
// below 2^63 by a factor of a thousand.
const BYTES_MOST = 750_000_000_000;
const PACKETS_MOST = 1_000_000_000;

export function judge(samples: readonly Sample[], situation: Situation): Judged {
  let through = situation.through;
  const kept: Kept[] = [];
  const missing: Missing[] = [];
  const inOrder = samples.toSorted((a, b) => a.sequence - b.sequence);
  const spans = new Spans();
  let repeated = 0;
  for (const sample of inOrder) {
    const { sequence } = sample;
    if (sequence <= through) {
      repeated++;
      continue;
    }
    if (sequence > through + 1) {
      missing.push({ first: through + 1, last: sequence - 1, reason: 'unit' });
    }
    through = sequence;
    const vehicle = vehicleAt(situation.fittings, sample.atMs);
    const reason = refusal(sample, situation) ?? (vehicle === null ? 'no-vehicle' : null);
    if (reason !== null) missing.push({ first: sequence, last: sequence, reason });
    else if (!spans.take(sample))
      missing.push({ first: sequence, last: sequence, reason: 'overlap' });
    else if (vehicle !== null) kept.push({ sample, vehicle, outages: soundOutages(sample) });
  }
  return { through, kept, missing: joined(missing), repeated };
}

function refusal(sample: Sample, { nowMs, rawDays, taken }: Situation): Reason | null {
  if (sample.atMs + sample.spanMs > nowMs + AHEAD_MS) return 'future';
  if (sample.atMs < nowMs - rawDays * DAY_MS) return 'too-old';
  if (contradicts(sample)) return 'contradicts';
  return taken.has(sample.sequence) ? 'overlap' : null;
}

function contradicts({ spanMs, upMs, downMs, carriers, classes }: Sample): boolean {
  if (upMs + downMs !== spanMs) return true;
  if (new Set(carriers.map(({ link }) => link)).size < carriers.length) return true;
  if (new Set(classes.map((one) => one.class)).size < classes.length) return true;
  if (carriers.some((carrier) => carrierContradicts(carrier, spanMs))) return true;
  return classes.some(({ sent, received, repaired, late, lost }) => {
    return Math.max(sent, received, repaired, late, lost) > PACKETS_MOST;
  });
}

function carrierContradicts(carrier: CarrierSample, spanMs: number): boolean {
  const { bytesSent, bytesReceived, bytesDuplicated, packetsSent, packetsLost } = carrier;
  return (
    carrier.upMs + carrier.downMs > spanMs ||
    Math.max(bytesSent, bytesReceived, bytesDuplicated) > BYTES_MOST ||
    Math.max(packetsSent, packetsLost) > PACKETS_MOST
  );
}

// A clock that was set between the beginning and the end of an outage makes nonsense of it; the
// sample's own times were measured by another clock and stand.
function soundOutages({ atMs, spanMs, outages }: Sample): Outage[] {
  return outages.filter(({ fromMs, toMs }) => {
    if (fromMs > atMs + spanMs || fromMs < atMs - 31 * DAY_MS) return false;
    return toMs === null || (toMs >= fromMs && toMs <= atMs + spanMs + 1_000);
  });
}

export function vehicleAt(fittings: readonly Fitting[], atMs: number): Fitting['vehicle'] {
  return fittings.findLast(({ sinceMs }) => sinceMs <= atMs)?.vehicle ?? null;
}

/** The time of one batch that is taken: whoever comes first has it. */
class Spans {
  readonly #taken: { fromMs: number; toMs: number }[] = [];
  #endMs = 0;

  take({ atMs, spanMs }: Sample): boolean {
    const span = { fromMs: atMs, toMs: atMs + spanMs };
    // As a rule each sample begins after the last; only a clock that went back costs a walk.
    if (atMs < this.#endMs) {
      if (this.#taken.some(({ fromMs, toMs }) => fromMs < span.toMs && span.fromMs < toMs)) {
        return false;
      }
    }
    this.#taken.push(span);
    this.#endMs = Math.max(this.#endMs, span.toMs);
    return true;
  }
}

/** Neighbours that are missing for one reason are one span. */
function joined(missing: readonly Missing[]): Missing[] {
  const spans: Missing[] = [];
  for (const next of missing) {
    const last = spans.at(-1);
    if (last !== undefined && last.reason === next.reason && last.last + 1 === next.first) {
      spans[spans.length - 1] = { ...last, last: next.last };
    } else {
      spans.push(next);
    }
  }
  return spans;
}
