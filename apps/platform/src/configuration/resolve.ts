// Which value holds, and who said so. Layers come in their order, the highest first: the national
// one, region, HF, vehicle kind, unit. The last that gives a value decides, until one locks it:
// what comes after a lock is not heard.
import {
  BUILT_IN,
  type Configuration,
  type ConfigurationField,
  type Effective,
  type Layer,
  type LayerDiff,
  type LayerValues,
} from '@rmh/contract/api';

export const FIELDS = Object.keys(BUILT_IN) as ConfigurationField[];

/** What resolving needs to know of a layer. */
export interface LayerFacts {
  readonly id: number;
  readonly kind: Layer['kind'];
  readonly name: string;
  readonly values: LayerValues;
  readonly locked: readonly string[];
}

export interface Resolved {
  readonly values: Configuration;
  readonly origins: Effective['origins'];
}

const NOBODY = { layerId: null, kind: 'national', name: 'built-in', locked: false } as const;

export function resolve(layers: readonly LayerFacts[]): Resolved {
  const values: Record<string, unknown> = { ...BUILT_IN };
  const origins: Effective['origins'] = {};
  for (const field of FIELDS) origins[field] = NOBODY;
  for (const { id, kind, name, values: given, locked } of layers) {
    for (const field of FIELDS) {
      if (given[field] === undefined || origins[field]?.locked) continue;
      values[field] = given[field];
      origins[field] = { layerId: id, kind, name, locked: locked.includes(field) };
    }
  }
  return { values: values as Configuration, origins };
}

export interface LockConflict {
  readonly field: ConfigurationField;
  /** The layer that locked it. */
  readonly by: LayerFacts;
}

/** What a layer may not say, since one of those above it (in order) has locked it. */
export function lockConflicts(above: readonly LayerFacts[], values: LayerValues): LockConflict[] {
  return FIELDS.flatMap((field) => {
    if (values[field] === undefined) return [];
    const by = above.find((layer) => isLocked(layer, field));
    return by === undefined ? [] : [{ field, by }];
  });
}

/** A lock without a value holds nothing fast; writes refuse it, so this is for what is old. */
export function isLocked(layer: LayerFacts, field: ConfigurationField): boolean {
  return layer.locked.includes(field) && layer.values[field] !== undefined;
}

export interface LayerContent {
  readonly values: LayerValues;
  readonly locked: readonly string[];
}

export const EMPTY: LayerContent = { values: {}, locked: [] };

/** Every field of which either side says anything. */
export function diffOf(before: LayerContent, after: LayerContent): LayerDiff['fields'] {
  return FIELDS.flatMap((field): LayerDiff['fields'] => {
    const [old, now] = [before.values[field], after.values[field]];
    if (old === undefined && now === undefined) return [];
    const wasLocked = before.locked.includes(field);
    const isLocked = after.locked.includes(field);
    const lock = wasLocked === isLocked ? 'same' : isLocked ? 'locked' : 'unlocked';
    const change = changeOf(old, now);
    return [{ field, change, lock, before: old ?? null, after: now ?? null }];
  });
}

function changeOf(old: unknown, now: unknown): LayerDiff['fields'][number]['change'] {
  if (old === undefined) return 'given';
  if (now === undefined) return 'withdrawn';
  return same(old, now) ? 'same' : 'changed';
}

/** Fields in which two sets of values differ. */
export function differing(a: Configuration, b: Configuration): ConfigurationField[] {
  return FIELDS.filter((field) => !same(a[field], b[field]));
}

/** JSON with the names of every object in order: equal values give equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function same(a: unknown, b: unknown): boolean {
  return a === b || canonical(a) === canonical(b);
}
