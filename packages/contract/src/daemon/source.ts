// One YAML file (JSON is YAML) as a value in which every place knows its line.
import { readFileSync, statSync } from 'node:fs';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { ErrorCode } from '../codes.ts';
import { lineOf, RmhError } from '../error.ts';
import { FAULTS_MAX, type Fault } from '../faults.ts';
import { type FieldPath, formatPath } from '../schema-tree.ts';

// The largest sensible file: 2,048 units of about 400 bytes each, and as much again.
export const CONFIG_BYTES_MAX = 2 * 1024 * 1024;

export interface Source {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  /** Where the parser itself failed. */
  readonly faults: LocatedFault[];
  lineAt(path: FieldPath, at: Fault['at']): number;
}

export interface LocatedFault {
  readonly file: string;
  readonly line: number;
  /** "" is the whole file. */
  readonly field: string;
  readonly wrong: string;
  readonly expected: string;
  readonly code: ErrorCode;
}

export function readSource(file: string): Source {
  try {
    const { size } = statSync(file);
    if (size > CONFIG_BYTES_MAX) {
      throw new Error(`${size} bytes are too many (at most ${CONFIG_BYTES_MAX})`);
    }
    return parseSource(file, readFileSync(file, 'utf8'));
  } catch (error) {
    const message = `${file}: ${lineOf(error)}`;
    throw new RmhError('RMH_CONFIG_UNREADABLE', message, { cause: error });
  }
}

export function parseSource(file: string, text: string): Source {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const broken = (line: number, wrong: string): LocatedFault => {
    const expected = 'YAML or JSON';
    return { file, line, field: '', wrong, expected, code: 'RMH_CONFIG_INVALID' };
  };
  const faults = [...doc.errors, ...doc.warnings].map(({ pos, message }) =>
    broken(lines.linePos(pos[0]).line, lineOf(new Error(message))),
  );
  let value: unknown;
  try {
    value = faults.length === 0 ? doc.toJS({ maxAliasCount: 100 }) : undefined;
  } catch (error) {
    faults.push(broken(1, lineOf(error))); // aliases that unfold without end
  }
  const lineAt = (path: FieldPath, at: Fault['at']): number => {
    const offset = offsetOf(doc.contents, path, at);
    return lines.linePos(offset).line || 1;
  };
  return { file, text, value, faults, lineAt };
}

/** Offset of the place, or of the nearest place around it that exists. */
function offsetOf(root: unknown, path: FieldPath, at: Fault['at']): number {
  let offset = startOf(root) ?? 0;
  let node = root;
  for (const [i, step] of path.entries()) {
    const key = keyOf(node, step);
    const child = childOf(node, step);
    offset = startOf(child) ?? startOf(key) ?? offset;
    // A group of fields starts at its first field; its name stands a line above.
    const onKey = (at === 'key' && i === path.length - 1) || !isScalar(child);
    if (onKey) offset = startOf(key) ?? offset;
    node = child;
  }
  return offset;
}

function keyOf(node: unknown, step: string | number): unknown {
  if (!isMap(node)) return null;
  return node.items.find(({ key }) => isScalar(key) && key.value === step)?.key ?? null;
}

function childOf(node: unknown, step: string | number): unknown {
  if (!isNode(node) || !('get' in node)) return null;
  return (node as { get(key: unknown, keepScalar: true): unknown }).get(step, true);
}

function startOf(node: unknown): number | null {
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}

/** The fault at its place in the file. */
export function locate(
  source: Source,
  fault: Fault,
  code: ErrorCode = 'RMH_CONFIG_INVALID',
): LocatedFault {
  const { path, at, wrong, expected } = fault;
  const line = source.lineAt(path, at);
  return { file: source.file, line, field: formatPath(path), wrong, expected, code };
}

/** "unit.yaml:3: tun.mtu is 9000; expected a number from 1280 to 1420" */
export function describeFault({ file, line, field, wrong, expected }: LocatedFault): string {
  const what = field === '' ? wrong : `${field} ${wrong}`;
  const wanted = expected.startsWith('did you mean') ? expected : `expected ${expected}`;
  return `${file}:${line}: ${what}; ${wanted}`;
}

/** All faults as one error. One kind of fault gives its own code and so its own hint. */
export function faultsError(faults: readonly LocatedFault[]): RmhError {
  const codes = new Set(faults.map(({ code }) => code));
  const [only = 'RMH_CONFIG_INVALID'] = codes;
  const inOrder = faults.toSorted((a, b) => (a.file === b.file ? a.line - b.line : 0));
  const shown = inOrder.slice(0, FAULTS_MAX).map(describeFault);
  if (faults.length > shown.length) shown.push(`… and ${faults.length - shown.length} more`);
  return new RmhError(codes.size === 1 ? only : 'RMH_CONFIG_INVALID', shown.join('\n'));
}
