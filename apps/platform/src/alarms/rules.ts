// How long a cause must last before the alarm and be gone before it is cleared. Each organisation
// may say otherwise for itself and all below; the nearest that says something decides.
import type { AlarmKind, Severity } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import type { Rule } from './facts.ts';

// vehicle-down: no service is at once a matter of life; half a minute spares tunnels and changes
//   of gateway.
// carrier-down: the others hold; holes of five minutes are ordinary on Norwegian roads.
// vehicle-silent: 30 s make it unknown; five minutes more are a long tunnel (Lærdal, 24.5 km at
//   80 km/h, is 18 minutes, but has coverage).
// carrier-area: many witnesses, so half a minute; cleared late, as an outage seldom ends at once.
const BUILT_IN: Readonly<Record<AlarmKind, Rule>> = {
  'vehicle-down': rule('critical', 30, 30),
  'carrier-down': rule('minor', 300, 60),
  'vehicle-silent': rule('major', 300, 30),
  'carrier-area': rule('major', 30, 120),
  'gateway-silent': rule('critical', 15, 30),
  'configuration-refused': rule('minor', 0, 0),
  'unit-unhealthy': rule('warning', 300, 300),
};

function rule(severity: Severity, raiseAfterS: number, clearAfterS: number): Rule {
  return { severity, raiseAfterS, clearAfterS, enabled: true };
}

export interface GivenRule extends Rule {
  readonly organisationId: number;
  readonly kind: AlarmKind;
  readonly version: number;
}

export interface FoundRule extends Rule {
  /** Null: built in. */
  readonly fromOrganisationId: number | null;
  readonly version: number;
}

/** `parents`: of each organisation the one above, null for the nation. */
export class Rules {
  readonly #parents: ReadonlyMap<number, number | null>;
  readonly #given: ReadonlyMap<string, GivenRule>;

  constructor(parents: ReadonlyMap<number, number | null>, given: readonly GivenRule[]) {
    this.#parents = parents;
    this.#given = new Map(given.map((one) => [`${one.organisationId}:${one.kind}`, one]));
  }

  ruleOf(organisationId: number, kind: AlarmKind): FoundRule {
    for (const id of this.#upwards(organisationId)) {
      const given = this.#given.get(`${id}:${kind}`);
      if (given !== undefined) return { ...given, fromOrganisationId: id };
    }
    return { ...BUILT_IN[kind], fromOrganisationId: null, version: 0 };
  }

  /** The nearest organisation at or above all of these; at least one is given. */
  commonOf(organisationIds: readonly number[]): number {
    const [first, ...rest] = organisationIds.map((id) => this.#upwards(id));
    const common = first?.find((id) => rest.every((line) => line.includes(id)));
    if (common === undefined) throw new Error('organisations without a common one above');
    return common;
  }

  /** Itself, its parent … the nation. */
  #upwards(organisationId: number): number[] {
    const line: number[] = [];
    for (
      let id: number | null | undefined = organisationId;
      id !== null && id !== undefined;
      id = this.#parents.get(id)
    ) {
      line.push(id);
    }
    return line;
  }
}

export async function readRules(sql: Sql): Promise<Rules> {
  const organisations = await sql.query<{ id: number; parent_id: number | null }>(
    'SELECT id, parent_id FROM organisation',
  );
  const given = await sql.query<GivenRule>(
    `SELECT organisation_id AS "organisationId", kind, severity, raise_after_s AS "raiseAfterS",
       clear_after_s AS "clearAfterS", enabled, version FROM alarm_rule`,
  );
  return new Rules(new Map(organisations.map(({ id, parent_id }) => [id, parent_id])), given);
}
