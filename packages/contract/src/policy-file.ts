// A policy file (YAML, and so JSON) as what the scheduler takes, or everything wrong with it.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  faultsError,
  type LocatedFault,
  locate,
  parseSource,
  readSource,
  type Source,
} from './daemon/source.ts';
import { errnoOf } from './error.ts';
import { type Fault, faultsOf, valueAt } from './faults.ts';
import { crossCheckPolicy, POLICY, type Policy, policyOf } from './policy.ts';

/** The baseline that is also built into the scheduler. */
export const NATIONAL_FILE = join(import.meta.dirname, '../policies/national.yaml');

/** Throws RmhError with every fault at its line; `name` is what the faults call the text. */
export function parsePolicy(text: string, name: string): Policy {
  return policyOfSource(parseSource(name, text));
}

/** Throws RmhError, RMH_CONFIG_UNREADABLE or RMH_CONFIG_INVALID. */
export function readPolicy(file: string): Policy {
  return policyOfSource(readSource(file));
}

function policyOfSource(source: Source): Policy {
  const { policy, faults } = judge(source);
  if (policy === null) throw faultsError(faults);
  return policy;
}

function judge(source: Source): { policy: Policy | null; faults: LocatedFault[] } {
  if (source.faults.length > 0) return { policy: null, faults: source.faults };
  const parsed = POLICY.safeParse(source.value);
  const fieldFaults = parsed.success ? [] : faultsOf(POLICY, source.value, parsed.error.issues);
  const faults = [...fieldFaults, ...crossCheckPolicy(source.value)];
  if (parsed.success && faults.length === 0) return { policy: policyOf(parsed.data), faults: [] };
  return { policy: null, faults: faults.map((fault) => locate(source, fault)) };
}

/** The policy that a daemon's configuration names, judged together with that configuration. */
export interface NamedPolicy {
  /** Null where none is named, or where it has faults. */
  readonly policy: Policy | null;
  /** What it was read from, for the hash of the configuration. */
  readonly text: string;
  readonly faults: LocatedFault[];
}

/** Follows `policy` of a raw configuration; a path is relative to the file that names it. */
export function readNamedPolicy(main: Source, directory: string): NamedPolicy {
  const named = valueAt(main.value, ['policy']);
  // No path at all is a fault of the field, which the schema of the configuration tells.
  if (typeof named !== 'string' || named === '') return { policy: null, text: '', faults: [] };
  const file = resolve(directory, named);
  const wrong = unreadable(file);
  if (wrong !== null) {
    const fault: Fault = { path: ['policy'], at: 'value', wrong, expected: 'a policy file' };
    return { policy: null, text: '', faults: [locate(main, fault, 'RMH_CONFIG_UNREADABLE')] };
  }
  const source = readSource(file);
  return { ...judge(source), text: source.text };
}

function unreadable(file: string): string | null {
  if (file.includes('\0')) return 'holds a zero byte';
  try {
    return statSync(file).isFile() ? null : `names ${file}, which is no file`;
  } catch (error) {
    return `names ${file}, which cannot be read (${errnoOf(error) ?? 'unknown reason'})`;
  }
}
