// What the rules need to know of one source file, read by a real parser: a search by
// pattern is fooled by comments, strings and line breaks.
import { parseSync, visitorKeys } from 'oxc-parser';

export type Import = {
  // Null where the name is computed, so that nobody can say what is loaded.
  specifier: string | null;
  kind: 'value' | 'type' | 'dynamic';
  line: number;
};
export type Found = { text: string; line: number };

export type SourceFacts = {
  imports: Import[];
  // Names that the file uses and does not declare, and `Math.random` as one.
  globals: Found[];
  defaultExports: Found[];
  // Comments and literal strings, where clauses are cited.
  prose: Found[];
};

type Node = { type: string; start: number; end: number } & Record<string, unknown>;

// Keys under which a name is a label for something else, not a use of a variable.
const NAMING_KEYS: Readonly<Record<string, string>> = {
  MemberExpression: 'property',
  Property: 'key',
  PropertyDefinition: 'key',
  MethodDefinition: 'key',
  TSPropertySignature: 'key',
  TSMethodSignature: 'key',
  TSQualifiedName: 'right',
  ImportSpecifier: 'imported',
  ExportSpecifier: 'exported',
};

// Keys under which an identifier (or a pattern of them) is declared.
const DECLARING_KEYS: Readonly<Record<string, readonly string[]>> = {
  VariableDeclarator: ['id'],
  FunctionDeclaration: ['id', 'params'],
  FunctionExpression: ['id', 'params'],
  ArrowFunctionExpression: ['params'],
  ClassDeclaration: ['id'],
  TSTypeAliasDeclaration: ['id'],
  TSInterfaceDeclaration: ['id'],
  ImportSpecifier: ['local'],
  ImportNamespaceSpecifier: ['local'],
};

export function readFacts(path: string, source: string): SourceFacts {
  const { program, comments, errors } = parseSync(path, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);

  const lineAt = lineCounter(source);
  const facts: SourceFacts = { imports: [], globals: [], defaultExports: [], prose: [] };
  const used: Found[] = [];
  const declared = new Set<string>();
  walk(program as unknown as Node, null, '', (node, parent, key) => {
    const line = lineAt(node.start);
    const imported = importOf(node);
    if (imported !== null) facts.imports.push({ ...imported, line });
    if (isDefaultExport(node)) facts.defaultExports.push({ text: 'default', line });
    const text = literalText(node);
    if (text !== null) facts.prose.push({ text, line });
    const name = usedName(node, parent, key);
    if (name !== null) used.push({ text: name, line });
    for (const bound of declaredNames(node)) declared.add(bound);
  });
  for (const { value, start } of comments) {
    facts.prose.push({ text: value, line: lineAt(start) });
  }
  facts.globals = used.filter(({ text }) => !declared.has(text));
  return facts;
}

function importOf(node: Node): Pick<Import, 'specifier' | 'kind'> | null {
  switch (node.type) {
    case 'ImportDeclaration':
      return { specifier: stringOf(node['source']), kind: importKind(node, 'importKind') };
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration': {
      const specifier = stringOf(node['source']);
      return specifier === null ? null : { specifier, kind: importKind(node, 'exportKind') };
    }
    case 'ImportExpression':
      return { specifier: stringOf(node['source']), kind: 'dynamic' };
    case 'CallExpression':
      return resolvedBy(node);
    case 'TSImportType':
      return { specifier: stringOf(node['source']), kind: 'type' };
    default:
      return null;
  }
}

// `import.meta.resolve('a/file')` leans on a package too: a font, a picture.
function resolvedBy(node: Node): Pick<Import, 'specifier' | 'kind'> | null {
  const [callee] = nodesUnder(node, 'callee');
  if (callee?.type !== 'MemberExpression' || memberName(callee) !== 'resolve') return null;
  const [meta] = nodesUnder(callee, 'object');
  const specifier = stringOf(nodesUnder(node, 'arguments')[0]);
  return meta?.type === 'MetaProperty' && specifier !== null
    ? { specifier, kind: 'dynamic' }
    : null;
}

// `import { type A }` counts as a type import only when every name in it is a type.
function importKind(node: Node, kindKey: string): 'value' | 'type' {
  if (node[kindKey] === 'type') return 'type';
  const specifiers = nodesUnder(node, 'specifiers');
  const allTypes = specifiers.length > 0 && specifiers.every((one) => one[kindKey] === 'type');
  return allTypes ? 'type' : 'value';
}

function stringOf(value: unknown): string | null {
  if (!isNode(value) || value.type !== 'Literal') return null;
  return typeof value['value'] === 'string' ? value['value'] : null;
}

function literalText(node: Node): string | null {
  if (node.type !== 'TemplateElement') return stringOf(node);
  const { cooked } = node['value'] as { cooked: string | null };
  return cooked;
}

function isDefaultExport(node: Node): boolean {
  if (node.type === 'ExportDefaultDeclaration') return true;
  return node.type === 'ExportSpecifier' && nameOf(node['exported']) === 'default';
}

function usedName(node: Node, parent: Node | null, key: string): string | null {
  if (node.type === 'MemberExpression') {
    const random = nameOf(node['object']) === 'Math' && memberName(node) === 'random';
    return random ? 'Math.random' : null;
  }
  if (node.type !== 'Identifier') return null;
  const naming = parent !== null && NAMING_KEYS[parent.type] === key && !parent['computed'];
  return naming ? null : nameOf(node);
}

function memberName(node: Node): string | null {
  return node['computed'] === true ? stringOf(node['property']) : nameOf(node['property']);
}

function* declaredNames(node: Node): Generator<string> {
  for (const key of DECLARING_KEYS[node.type] ?? []) {
    for (const child of nodesUnder(node, key)) yield* namesInPattern(child);
  }
}

function* namesInPattern(node: Node): Generator<string> {
  const name = nameOf(node);
  if (name !== null) yield name;
  else if (node.type === 'Property') yield* keysInPattern(node, ['value']);
  else if (node.type === 'AssignmentPattern') yield* keysInPattern(node, ['left']);
  else yield* keysInPattern(node, ['properties', 'elements', 'argument']);
}

function* keysInPattern(node: Node, keys: readonly string[]): Generator<string> {
  for (const key of keys) for (const child of nodesUnder(node, key)) yield* namesInPattern(child);
}

function nameOf(value: unknown): string | null {
  if (!isNode(value) || value.type !== 'Identifier') return null;
  return typeof value['name'] === 'string' ? value['name'] : null;
}

type Visit = (node: Node, parent: Node | null, key: string) => void;

function walk(node: Node, parent: Node | null, key: string, visit: Visit): void {
  visit(node, parent, key);
  const childKeys: readonly string[] = visitorKeys[node.type] ?? [];
  for (const childKey of childKeys) {
    for (const child of nodesUnder(node, childKey)) walk(child, node, childKey, visit);
  }
}

function nodesUnder(node: Node, key: string): Node[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function lineCounter(source: string): (offset: number) => number {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  return (offset) => {
    const next = starts.findIndex((start) => start > offset);
    return next < 0 ? starts.length : next;
  };
}
