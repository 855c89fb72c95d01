// What no single field can know: two entries that may not be alike. Works on the raw value, so
// that these faults are told together with those of the fields.
import { formatPrefix, networkOf, parsePrefix } from '@rmh/base';
import { type Fault, valueAt } from './faults.ts';
import { type FieldPath, formatPath } from './schema-tree.ts';

interface Unique {
  readonly list: string;
  readonly field: string;
  readonly why: string;
}

const UNIT_UNIQUE: readonly Unique[] = [
  { list: 'gateways', field: 'name', why: 'a name of its own for each gateway' },
  { list: 'gateways', field: 'publicKey', why: 'a key of its own for each gateway' },
  { list: 'gateways', field: 'endpoint', why: 'an endpoint of its own for each gateway' },
  { list: 'links', field: 'name', why: 'a name of its own for each link' },
  { list: 'links', field: 'device', why: 'a device of its own for each link' },
];

const GATEWAY_UNIQUE: readonly Unique[] = [
  { list: 'units', field: 'name', why: 'a name of its own for each unit' },
  { list: 'units', field: 'publicKey', why: 'a key of its own for each unit' },
];

export function crossCheckUnit(value: unknown): Fault[] {
  const faults = UNIT_UNIQUE.flatMap((rule) => repeated(value, rule));
  const tun = valueAt(value, ['tun', 'name']) ?? 'rmh0';
  const lan = valueAt(value, ['lan', 'device']);
  if (lan !== undefined && lan === tun) {
    faults.push(fault(['lan', 'device'], 'is the tunnel device', 'another device'));
  }
  for (const [i, link] of entries(valueAt(value, ['links']))) {
    const device = valueAt(link, ['device']);
    if (device === undefined || (device !== tun && device !== lan)) continue;
    const role = device === tun ? 'tunnel device' : 'device of the car (lan)';
    faults.push(fault(['links', i, 'device'], `is the ${role}`, 'a device of a carrier'));
  }
  return faults;
}

/** Where an entry of a list is written: its index, or for a unit perhaps a file of its own. */
export type PlaceOf = (list: string, index: number) => string;

const placeInList: PlaceOf = (list, index) => formatPath([list, index]);

export function crossCheckGateway(value: unknown, placeOf: PlaceOf = placeInList): Fault[] {
  const repeats = GATEWAY_UNIQUE.flatMap((rule) => repeated(value, rule, placeOf));
  return [...repeats, ...sharedPrefixes(value, placeOf)];
}

function repeated(value: unknown, unique: Unique, placeOf: PlaceOf = placeInList): Fault[] {
  const { list, field, why } = unique;
  const first = new Map<string, number>();
  const faults: Fault[] = [];
  for (const [i, entry] of entries(valueAt(value, [list]))) {
    const text = valueAt(entry, [field]);
    if (typeof text !== 'string') continue;
    const before = first.get(text);
    if (before === undefined) first.set(text, i);
    else {
      const wrong = `is the same as in ${placeOf(list, before)}`;
      faults.push(fault([list, i, field], wrong, why));
    }
  }
  return faults;
}

// A prefix of two units would give the traffic of one to the other. Nested prefixes are fine:
// the longest decides.
function sharedPrefixes(value: unknown, placeOf: PlaceOf): Fault[] {
  const owner = new Map<string, number>();
  const faults: Fault[] = [];
  for (const [i, unit] of entries(valueAt(value, ['units']))) {
    for (const [j, text] of entries(valueAt(unit, ['allowedIps']))) {
      const prefix = typeof text === 'string' ? parsePrefix(text) : null;
      if (prefix === null) continue;
      const network = formatPrefix(networkOf(prefix));
      const path = ['units', i, 'allowedIps', j];
      const before = owner.get(network);
      if (before === undefined) owner.set(network, i);
      else if (before !== i) {
        const wrong = `is a network of ${placeOf('units', before)} too`;
        faults.push(fault(path, wrong, 'a prefix that belongs to one unit'));
      }
    }
  }
  return faults;
}

function entries(value: unknown): [number, unknown][] {
  return Array.isArray(value) ? [...value.entries()] : [];
}

function fault(path: FieldPath, wrong: string, expected: string): Fault {
  return { path, at: 'value', wrong, expected };
}
