import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Organisation, Vehicle } from '@rmh/contract/api';
import { costShares, vehiclesWithoutKit } from './order-costs.ts';

const at = (id: number, parentId: number | null, kind: Organisation['kind']): Organisation => ({
  id,
  parentId,
  kind,
  name: `o${id}`,
  shortName: `o${id}`,
  orgNumber: null,
  version: 1,
});
const TREE = [at(2, 1, 'rhf'), at(4, 2, 'hf'), at(5, 2, 'hf'), at(7, 4, 'station')];
const car = (callSign: string, organisationId: number) => ({
  vehicleId: null,
  callSign,
  organisationId,
});

test('A station’s vehicle is paid for by its trust, one of no trust by its own', () => {
  const items = [
    { onceOre: 33, monthlyOre: 1 },
    { onceOre: 0, monthlyOre: 19_937 },
  ];
  const shares = costShares(TREE, [car('a', 7), car('b', 5), car('c', 4), car('d', 2)], items);
  assert.deepEqual(
    shares.map((one) => [one.organisation, one.vehicles, one.onceOre, one.monthlyOre]),
    [
      ['o2', 1, 33, 19_938],
      ['o4', 2, 66, 39_876],
      ['o5', 1, 33, 19_938],
    ],
  );
});

test('A vehicle with a unit, or with a kit on its way, is not offered', () => {
  const vehicle = (id: number, unitId: number | null, stage: Vehicle['stage'] = 'planned') =>
    ({ id, unitId, stage }) as Vehicle;
  const found = vehiclesWithoutKit(
    [
      vehicle(1, null),
      vehicle(2, 9),
      vehicle(3, null),
      vehicle(4, null),
      vehicle(5, null, 'retired'),
    ],
    [
      { vehicleId: 3, state: 'ordered' },
      { vehicleId: 4, state: 'cancelled' },
    ],
  );
  assert.deepEqual(
    found.map(({ id }) => id),
    [1, 4],
  );
});
