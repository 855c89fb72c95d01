// From who asks and what for to the organisations in question.
import { mayDo, VERBS, type Verb } from '@rmh/contract/api';
import type { Scope, Sql } from '../db/database.ts';
import { SYSTEM } from '../db/database.ts';
import type { Access } from '../http/route.ts';
import type { Asker } from './asker.ts';

/**
 * The organisations on which the asker holds the verb itself; all below them follow. A carrier's
 * contact holds his on none: he speaks for a carrier (`deskOf`).
 */
export function rootsOf(asker: Asker, verb: Verb): readonly number[] {
  switch (asker.kind) {
    case 'user':
      return [
        ...new Set(
          asker.grants
            .filter(({ role }) => role !== 'carrier-contact' && mayDo(role, verb))
            .map(({ organisationId }) => organisationId),
        ),
      ];
    case 'service':
      return asker.verbs.includes(verb) ? [asker.organisationId] : [];
    case 'nobody':
    case 'unit':
    case 'gateway':
      return [];
  }
}

/** The carriers for whom the asker speaks and holds the verb. */
export function deskOf(asker: Asker, verb: Verb): readonly number[] {
  if (asker.kind !== 'user') return [];
  return asker.grants.flatMap(({ role, carrierId }) =>
    role === 'carrier-contact' && carrierId !== undefined && mayDo(role, verb) ? [carrierId] : [],
  );
}

export type Admission =
  | { readonly kind: 'admitted'; readonly scope: Scope }
  | { readonly kind: 'refused'; readonly problem: 'not-signed-in' | 'forbidden' };

/** May the asker use a route of this access, and in which scope does its transaction run? */
export function admit(asker: Asker, access: Access): Admission {
  const isPerson = asker.kind === 'user' || asker.kind === 'service';
  switch (access) {
    case 'open':
      return { kind: 'admitted', scope: SYSTEM };
    case 'signed-in':
      if (isPerson) return admitted({ kind: 'roots', organisationIds: [] });
      return refused(asker);
    case 'unit':
    case 'gateway':
      return asker.kind === access ? admitted(SYSTEM) : refused(asker);
    default: {
      const organisationIds = rootsOf(asker, access);
      const carrierIds = deskOf(asker, access);
      return organisationIds.length + carrierIds.length > 0
        ? admitted({ kind: 'roots', organisationIds, carrierIds })
        : refused(asker);
    }
  }
}

const admitted = (scope: Scope): Admission => ({ kind: 'admitted', scope });

function refused(asker: Asker): Admission {
  return { kind: 'refused', problem: asker.kind === 'nobody' ? 'not-signed-in' : 'forbidden' };
}

/** Does the asker hold the verb on this organisation, itself or from above? */
export async function mayOn(
  sql: Sql,
  asker: Asker,
  verb: Verb,
  organisationId: number,
): Promise<boolean> {
  const roots = rootsOf(asker, verb);
  if (roots.length === 0) return false;
  const [row] = await sql.query(
    `SELECT FROM organisation_tree
     WHERE organisation_id = $1 AND ancestor_id = ANY ($2::integer[]) LIMIT 1`,
    [organisationId, roots],
  );
  return row !== undefined;
}

/** Everything the asker may do: for the console to show and to hide by. */
export function verbsOf(asker: Asker): { verb: Verb; organisationIds: number[] }[] {
  return VERBS.filter((verb) => rootsOf(asker, verb).length + deskOf(asker, verb).length > 0).map(
    (verb) => ({ verb, organisationIds: [...rootsOf(asker, verb)] }),
  );
}
