// A value against a schema: everything that is wrong with it, each fault in words of its field.
import type { z } from 'zod';
import { nearestName } from './nearest.ts';
import { type FieldPath, nodeAt, type SchemaNode, treeOf } from './schema-tree.ts';

export interface Fault {
  readonly path: FieldPath;
  /** 'key': the fault is the field's name, not its value. */
  readonly at: 'key' | 'value';
  readonly wrong: string;
  readonly expected: string;
}

// A person mends a screenful, then runs --check again.
export const FAULTS_MAX = 50;

type Issue = z.core.$ZodIssue;

export function faultsOf(schema: z.ZodType, value: unknown, issues: readonly Issue[]): Fault[] {
  const tree = treeOf(schema);
  const faults = issues.flatMap((issue) => faultsOfIssue(tree, value, issue, []));
  // Two checks of one field (its type and its form) are one thing to mend.
  const seen = new Set<string>();
  return faults.filter(({ path, at }) => {
    const place = JSON.stringify([at, path]);
    return !seen.has(place) && seen.add(place);
  });
}

function faultsOfIssue(tree: SchemaNode, value: unknown, issue: Issue, above: FieldPath): Fault[] {
  const path: FieldPath = [...above, ...issue.path.filter((step) => typeof step !== 'symbol')];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownField(tree, path, key));
  }
  const node = nodeAt(tree, path);
  if (issue.code === 'invalid_union') {
    const branch = branchMeant(issue.errors);
    if (branch !== null) return branch.flatMap((inner) => faultsOfIssue(tree, value, inner, path));
  }
  const found = valueAt(value, path);
  const wrong = describeValue(found, node?.secret === true);
  return [{ path, at: 'value', wrong, expected: node?.expected ?? issue.message }];
}

function unknownField(tree: SchemaNode, path: FieldPath, key: string): Fault {
  const names = Object.keys(propertiesAt(tree, path));
  const nearest = nearestName(key, names);
  const expected = nearest === null ? `one of ${names.join(', ')}` : `did you mean "${nearest}"?`;
  return { path: [...path, key], at: 'key', wrong: 'is not a field', expected };
}

// In a union every branch has its own fields: all of them may be meant.
function propertiesAt(tree: SchemaNode, path: FieldPath): Record<string, SchemaNode> {
  const node = nodeAt(tree, path);
  const branches = (node?.anyOf ?? []).map((branch) => branch.properties ?? {});
  return Object.assign({}, node?.properties ?? {}, ...branches) as Record<string, SchemaNode>;
}

/** The branch that the writer meant: the one whose outer form fits, so its faults lie inside. */
function branchMeant(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const inside = branches.filter((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  return inside.length === 1 ? (inside[0] ?? null) : null;
}

export function valueAt(value: unknown, path: FieldPath): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

const SHOWN_MAX = 60;

function describeValue(value: unknown, secret: boolean): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'is empty';
  if (Array.isArray(value)) return `is a list of ${value.length}`;
  if (typeof value === 'object') return 'is a group of fields';
  if (secret && typeof value === 'string') return `is not a key (${value.length} characters)`;
  if (secret) return 'is not a key';
  const text = JSON.stringify(value);
  return `is ${text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text}`;
}
