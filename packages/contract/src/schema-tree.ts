// A schema seen as a tree of fields: where an error finds what was expected, and where the
// documentation finds every field. JSON Schema carries our `meta` along, so it is the tree.
import { z } from 'zod';

export interface SchemaNode {
  readonly description?: string;
  readonly expected?: string;
  readonly reason?: string;
  readonly secret?: boolean;
  readonly default?: unknown;
  readonly properties?: Record<string, SchemaNode>;
  readonly required?: string[];
  readonly items?: SchemaNode;
  readonly anyOf?: SchemaNode[];
}

export function treeOf(schema: z.ZodType): SchemaNode {
  // The cast narrows JSON Schema to the words that this file reads.
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as SchemaNode;
}

export type FieldPath = readonly (string | number)[];

/** The node at a path of a value; null where the schema has no such place. */
export function nodeAt(node: SchemaNode, path: FieldPath): SchemaNode | null {
  const [step, ...rest] = path;
  if (step === undefined) return node;
  const child =
    typeof step === 'number'
      ? node.items
      : Object.hasOwn(node.properties ?? {}, step)
        ? node.properties?.[step]
        : undefined;
  if (child !== undefined) return nodeAt(child, rest);
  for (const branch of node.anyOf ?? []) {
    const found = nodeAt(branch, path);
    if (found !== null) return found;
  }
  return null;
}

export interface DocumentedField {
  /** "gateways[].publicKey" */
  readonly path: string;
  readonly node: SchemaNode;
  readonly required: boolean;
}

/** Every field below the root, in the order of the schema. */
export function fieldsOf(node: SchemaNode, at = ''): DocumentedField[] {
  const found: DocumentedField[] = [];
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    const path = at === '' ? name : `${at}.${name}`;
    found.push({ path, node: child, required: node.required?.includes(name) ?? false });
    found.push(...fieldsOf(child, path));
  }
  if (node.items !== undefined) found.push(...fieldsOf(node.items, `${at}[]`));
  for (const branch of node.anyOf ?? []) found.push(...fieldsOf(branch, at));
  return found;
}

export function formatPath(path: FieldPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}
