// What has changed since the last look: which results end, and which begin. Pure.
import type { FactFigures, ResultState } from '@rmh/contract/api';
import type { Subject } from './facts/subjects.ts';
import { figuresFor, judge } from './judge.ts';
import type { Binding } from './register.ts';

/** A result that holds, as the database has it. */
export interface OpenResult {
  readonly id: number;
  readonly requirementId: number;
  readonly version: number;
  readonly vehicleId: number | null;
  readonly organisationId: number;
  readonly simulated: boolean;
  readonly state: ResultState;
}

export interface NewResult extends Omit<OpenResult, 'id'> {
  readonly figures: FactFigures;
}

/** How one subject stands now, and what that changes. */
export interface Standing {
  readonly subject: Subject;
  readonly counts: Readonly<Record<ResultState, number>>;
  readonly ended: readonly number[];
  readonly begun: readonly NewResult[];
}

export class OpenResults {
  readonly #bySubject: ReadonlyMap<string, readonly OpenResult[]>;

  constructor(open: readonly OpenResult[]) {
    this.#bySubject = Map.groupBy(open, keyOf);
  }

  standingOf(subject: Subject, bindings: readonly Binding[]): Standing {
    const counts = { met: 0, failed: 0, unknown: 0 };
    const begun: NewResult[] = [];
    const left = new Map(
      (this.#bySubject.get(keyOf(subject)) ?? []).map((one) => [one.requirementId, one]),
    );
    const ended: number[] = [];
    for (const { requirementId, version, level, check } of bindings) {
      if (level !== subject.level) continue;
      const state = judge(check, subject.figures);
      counts[state]++;
      const before = left.get(requirementId);
      left.delete(requirementId);
      if (before !== undefined && isSame(before, { version, state, subject })) continue;
      if (before !== undefined) ended.push(before.id);
      const { vehicleId, organisationId, simulated } = subject;
      const whose = { vehicleId, organisationId, simulated };
      const figures = figuresFor(check, subject.figures);
      begun.push({ requirementId, version, ...whose, state, figures });
    }
    for (const { id } of left.values()) ended.push(id);
    return { subject, counts, ended, begun };
  }

  /** Of what is bound no longer: taken out of operation, moved, gone. */
  without(subjects: readonly Subject[]): number[] {
    const there = new Set(subjects.map(keyOf));
    return [...this.#bySubject].flatMap(([key, open]) =>
      there.has(key) ? [] : open.map(({ id }) => id),
    );
  }
}

interface Found {
  readonly version: number;
  readonly state: ResultState;
  readonly subject: Subject;
}

function isSame(before: OpenResult, { version, state, subject }: Found): boolean {
  const { simulated } = subject;
  return before.version === version && before.state === state && before.simulated === simulated;
}

// A vehicle that moves to another organisation is another subject: what it was stays behind.
function keyOf(subject: Pick<Subject, 'vehicleId' | 'organisationId'>): string {
  return `${subject.vehicleId} ${subject.organisationId}`;
}
