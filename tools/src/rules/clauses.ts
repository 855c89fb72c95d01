// Clauses of docs/protocol.md: "**[WIRE-12]** The byte ...". Code and tests cite them as
// [WIRE-12] in comments and test names. Both directions are checked: a citation of nothing
// misleads, and a clause that nobody cites is neither built nor tested.
import type { Found } from './source-facts.ts';
import type { Violation } from './workspaces.ts';

const DEFINITION = /\*\*\[([A-Z]{2,}-\d+)\]\*\*/g;
const CITATION = /\[([A-Z]{2,}-\d+)\]/g;

export const PROTOCOL = 'docs/protocol.md';

export type Clause = { id: string; line: number; reserved: boolean };

// Clauses under a heading that names "Reserved" belong to a later version: nothing cites them
// yet. The heading's section ends at the next heading of its level or above.
export function readClauses(protocol: string): Clause[] {
  const clauses: Clause[] = [];
  let reservedLevel: number | null = null;
  for (const [index, text] of protocol.split('\n').entries()) {
    const level = /^#+(?= )/.exec(text)?.[0].length;
    if (level !== undefined && (reservedLevel === null || level <= reservedLevel)) {
      reservedLevel = /\bReserved\b/i.test(text) ? level : null;
    }
    for (const [, id = ''] of text.matchAll(DEFINITION)) {
      clauses.push({ id, line: index + 1, reserved: reservedLevel !== null });
    }
  }
  return clauses;
}

export type Citing = { path: string; prose: readonly Found[] };

export function clauseViolations(
  clauses: readonly Clause[],
  citing: readonly Citing[],
): Violation[] {
  const defined = new Set(clauses.map(({ id }) => id));
  const cited = new Set<string>();
  const broken: Violation[] = [];
  for (const { path, prose } of citing) {
    for (const { text, line } of prose) {
      for (const [, id = ''] of text.matchAll(CITATION)) {
        cited.add(id);
        if (!defined.has(id)) broken.push({ path, line, rule: `[${id}] is not in ${PROTOCOL}` });
      }
    }
  }
  const seen = new Set<string>();
  for (const { id, line, reserved } of clauses) {
    const at = { path: PROTOCOL, line };
    if (seen.has(id)) broken.push({ ...at, rule: `[${id}] is defined twice` });
    seen.add(id);
    if (!reserved && !cited.has(id)) broken.push({ ...at, rule: `[${id}] is cited nowhere` });
  }
  return broken;
}
