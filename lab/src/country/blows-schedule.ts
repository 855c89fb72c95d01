// Which blow falls when. A seed names a run: the blows and their moments, not what they hit there.
import type { Random } from '@rmh/base';

export type BlowKind =
  /** The platform's process. */
  | 'platform'
  /** The platform's process, and again while it starts. */
  | 'start'
  /** Some of the senders. */
  | 'senders'
  /** Everything at once, as when the power goes; the disks keep what the kernel had. */
  | 'all'
  /** The database server with all its processes. */
  | 'server'
  /** One of the server's processes: the server then throws out all the others. */
  | 'backend';

export interface Blow {
  readonly kind: BlowKind;
  /** After the last blow has healed. */
  readonly afterMs: number;
  /** How long what was killed stays away. */
  readonly awayMs: number;
  /** 0 to 1: which of the processes, how far into the start. */
  readonly where: number;
  /** The next blow does not wait until this one has healed. */
  readonly isHasty: boolean;
}

const EMBEDDED: readonly BlowKind[] = [
  ...(['platform', 'senders', 'start', 'all', 'platform', 'senders'] as const),
];
const SERVED: readonly BlowKind[] = [...EMBEDDED, 'server', 'server', 'server', 'backend'];
/** Jobs of a killed process are free again after 15 s, and the minutes' comes each 10 s. */
const CALM_MS = 30_000;
const CALM_EVERY = 8;

export function scheduleOf(random: Random, blows: number, isServed: boolean): Blow[] {
  const kinds = isServed ? SERVED : EMBEDDED;
  return Array.from({ length: blows }, (_, i) => {
    // Each kind first, so that a short run has many: 7 shares no factor with 6 or 10.
    const drawn = kinds[random.below(kinds.length)] as BlowKind;
    const isCalm = i % CALM_EVERY === CALM_EVERY - 1;
    return {
      kind: i < kinds.length ? (kinds[(i * 7) % kinds.length] ?? drawn) : drawn,
      afterMs: isCalm ? CALM_MS : Math.round(3_000 * random.unit()),
      awayMs: Math.round(2_000 * random.unit() ** 2),
      where: random.unit(),
      isHasty: random.below(4) === 0,
    };
  });
}
