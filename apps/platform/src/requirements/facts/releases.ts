// How far behind a unit's software is. There is no list of releases: what counts is that somebody
// in the fleet already runs something newer. Versions of a made-up fleet say nothing about the real
// one. Nothing is known of a version that is no semantic version.
import type { Sql } from '../../db/database.ts';
import { instant } from '../../statistics/sums.ts';
import { DAY_MS } from './sources.ts';

interface Runs {
  readonly simulated: boolean;
  readonly software: string | null;
}

interface SeenRow {
  readonly simulated: boolean;
  readonly software_version: string;
  readonly first_seen_at: Date;
}

export class Releases {
  readonly #seen: readonly SeenRow[];

  constructor(seen: readonly SeenRow[]) {
    this.#seen = seen;
  }

  /** With what these units run, from this moment on. */
  static async noted(sql: Sql, units: readonly Runs[], nowMs: number): Promise<Releases> {
    const running = new Map<string, Runs>();
    for (const unit of units) {
      if (unit.software !== null && partsOf(unit.software) !== null) {
        running.set(`${unit.simulated} ${unit.software}`, unit);
      }
    }
    const all = [...running.values()];
    await sql.query(
      `INSERT INTO software_seen (simulated, software_version, first_seen_at)
       SELECT s, v, $3 FROM unnest($1::boolean[], $2::text[]) AS r (s, v) ON CONFLICT DO NOTHING`,
      [all.map(({ simulated }) => simulated), all.map(({ software }) => software), instant(nowMs)],
    );
    return new Releases(await sql.query<SeenRow>('SELECT * FROM software_seen'));
  }

  /** Days since the first newer version was seen; 0: none is newer; null: not known. */
  behindDays({ simulated, software }: Runs, nowMs: number): number | null {
    const own = software === null ? null : partsOf(software);
    if (own === null) return null;
    const newerMs = this.#seen
      .filter((one) => one.simulated === simulated && isNewer(partsOf(one.software_version), own))
      .map((one) => +one.first_seen_at);
    return newerMs.length === 0 ? 0 : Math.max(0, nowMs - Math.min(...newerMs)) / DAY_MS;
  }
}

/** Major, minor, patch; what comes after them does not count. */
function partsOf(version: string): readonly number[] | null {
  const [, ...parts] = /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})/.exec(version) ?? [];
  return parts.length === 3 ? parts.map(Number) : null;
}

function isNewer(one: readonly number[] | null, other: readonly number[]): boolean {
  if (one === null) return false;
  const at = one.findIndex((part, i) => part !== other[i]);
  return at >= 0 && (one[at] ?? 0) > (other[at] ?? 0);
}
