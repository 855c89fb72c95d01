// What a later version of a report says that the one before did not. Pure.
import type { ReportBody, ReportChange } from '@rmh/contract/api';

// A report has some 300 figures; a late day changes a fifth of them.
const CHANGES_MOST = 500;

type Leaf = ReportChange['before'];

/** Figure by figure, in the order of their names. */
export function changesBetween(before: ReportBody, after: ReportBody): ReportChange[] {
  const [was, is] = [leavesOf(before), leavesOf(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])].toSorted();
  return names
    .map((figure) => ({
      figure,
      before: was.get(figure) ?? null,
      after: is.get(figure) ?? null,
    }))
    .filter((one) => one.before !== one.after)
    .slice(0, CHANGES_MOST);
}

function leavesOf(value: unknown, at = ''): Map<string, Leaf> {
  if (typeof value !== 'object' || value === null) return new Map([[at, value as Leaf]]);
  const entries = Array.isArray(value)
    ? value.map((item, i) => [nameOf(item) ?? String(i), item] as const)
    : Object.entries(value);
  return new Map(
    entries.flatMap(([name, item]) => [...leavesOf(item, at === '' ? name : `${at}.${name}`)]),
  );
}

/** An item of a list goes by its name: a row more above it is no change of it. */
function nameOf(item: unknown): string | null {
  const {
    name,
    link,
    class: of,
    urgency,
    code,
    carrier,
    region,
  } = (item ?? {}) as Record<string, unknown>;
  const found = [name, link, of, urgency, code, carrier, region].find(
    (one) => typeof one === 'string',
  );
  return typeof found === 'string' ? found : null;
}
