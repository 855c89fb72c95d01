import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Effective, Layer, LayerDiff, LayerVersion, Preview } from '@rmh/contract/api';
import { NATIONAL_FILE } from '@rmh/contract/daemon';
import { databases } from '../db/testing.ts';
import { makeUnit, Rig, user } from '../fleet/enrolment-testing.ts';
import { ProblemError } from '../http/problem.ts';
import { getEffective, previewLayer } from './effective.ts';
import { createLayer, getLayer, listLayers, writeLayer } from './layers.ts';
import { diffLayer, listVersions } from './layers-history.ts';

const WRITE = { values: {}, locked: [], note: '' };

async function refusal(asked: Promise<unknown>): Promise<ProblemError> {
  const error = await asked.then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(error instanceof ProblemError, String(error));
  return error;
}

for (const { kind, open } of databases()) {
  test(`Layers decide from the nation down to the unit, and locks hold (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const rig = await Rig.on(db);
    const { national, west, bergen, north } = rig.country;
    const nation = user('national-operator', national);
    const region = user('regional-coordinator', west);
    const unit = await makeUnit(rig, bergen, 1);
    const make = async (asker: typeof nation, body: object) => {
      const where = { vehicleKind: null, unitId: null, ...body };
      return (await rig.call<Layer>(createLayer, asker, { body: where })).body;
    };
    const write = async (asker: typeof nation, layer: Layer, body: object) => {
      const ifMatch = (await rig.call(getLayer, asker, { params: { layerId: layer.id } })).version;
      const call = { params: { layerId: layer.id }, body: { ...WRITE, ...body }, ifMatch };
      return (await rig.call<Layer>(writeLayer, asker, call as never)).body;
    };
    const effective = async () =>
      (await rig.call<Effective>(getEffective, region, { params: { unitId: unit.id } })).body;

    const top = await make(nation, { kind: 'national', organisationId: national });
    const rhf = await make(region, { kind: 'rhf', organisationId: west });
    const own = await make(region, { kind: 'unit', organisationId: bergen, unitId: unit.id });

    await t.test('each value tells where it comes from', async () => {
      await write(nation, top, { values: { recordMb: 100, logLevel: 'warn' } });
      await write(region, rhf, { values: { recordMb: 300 } });
      const { values, origins } = await effective();
      assert.deepEqual([values.recordMb, values.logLevel], [300, 'warn']);
      assert.equal(origins['recordMb']?.name, 'Helse Vest');
      assert.equal(origins['logLevel']?.name, 'Norge');
    });

    await t.test('a locked value is refused below with the field and who locked it', async () => {
      await write(nation, top, { values: { recordMb: 100 }, locked: ['recordMb'] });
      const error = await refusal(write(region, own, { values: { recordMb: 7 } }));
      assert.equal(error.problem, 'conflict');
      assert.deepEqual(error.fields, [{ field: 'recordMb', reason: 'locked by Norge' }]);
      assert.equal((await effective()).values.recordMb, 100, 'and the region is overruled');
    });

    await t.test('locks and the baseline are for the national operator', async () => {
      const lock = write(region, rhf, { values: { logLevel: 'info' }, locked: ['logLevel'] });
      assert.equal((await refusal(lock)).problem, 'forbidden');
      assert.equal((await refusal(write(region, top, {}))).problem, 'forbidden');
      const empty = write(nation, top, { locked: ['logLevel'] });
      assert.equal((await refusal(empty)).problem, 'bad-request');
    });

    await t.test('who writes over another version is told', async () => {
      const call = { params: { layerId: own.id }, body: WRITE, ifMatch: 77 };
      assert.equal(
        (await refusal(rig.call(writeLayer, region, call))).problem,
        'changed-meanwhile',
      );
    });

    await t.test('any two versions can be compared, with who wrote them and why', async () => {
      await write(region, own, { values: { sampleKeepDays: 5 }, note: 'short disk' });
      await write(region, own, { values: { sampleKeepDays: 9 }, note: 'new disk' });
      const params = { layerId: own.id };
      const versions = await rig.call<{ items: LayerVersion[] }>(listVersions, region, { params });
      assert.deepEqual(
        versions.body.items.map(({ version, note, author }) => [version, note, author]),
        [
          [2, 'new disk', 'regional-coordinator'],
          [1, 'short disk', 'regional-coordinator'],
        ],
      );
      const diff = async (from: number, to: number) =>
        (await rig.call<LayerDiff>(diffLayer, region, { params, query: { from, to } })).body.fields;
      const [field] = await diff(1, 2);
      assert.deepEqual([field?.before, field?.after, field?.change], [5, 9, 'changed']);
      assert.equal((await diff(2, 0))[0]?.change, 'withdrawn');
      assert.equal((await refusal(diff(1, 99))).problem, 'not-found');
    });

    await t.test('a preview counts units, and names what a lock would overrule', async () => {
      await makeUnit(rig, bergen, 2);
      await makeUnit(rig, north, 3);
      const call = {
        params: { layerId: top.id },
        body: { ...WRITE, values: { sampleKeepDays: 60 }, locked: ['sampleKeepDays'] },
      };
      const { body } = await rig.call<Preview>(previewLayer, nation, call);
      assert.deepEqual([body.units, body.unitsBelow], [3, 3]);
      assert.ok(body.fields.some(({ field, units }) => field === 'sampleKeepDays' && units === 3));
      assert.deepEqual(
        body.overruled.map(({ layerId, field }) => [layerId, field]),
        [[own.id, 'sampleKeepDays']],
      );
      const [row] = await rig.sql('SELECT given FROM configuration_layer WHERE id = $1', [top.id]);
      assert.deepEqual(row?.['given'], { recordMb: 100 }, 'and writes nothing');
    });

    await t.test('a region sees the layers above it, and none of another region', async () => {
      const stranger = user('regional-coordinator', north);
      const seen = await rig.call<{ items: Layer[] }>(listLayers, stranger);
      assert.deepEqual(
        seen.body.items.map(({ id }) => id),
        [top.id],
      );
      const params = { unitId: unit.id };
      assert.equal(
        (await refusal(rig.call(getEffective, stranger, { params }))).problem,
        'not-found',
      );
      const theirs = make(stranger, { kind: 'rhf', organisationId: west });
      assert.equal((await refusal(theirs)).problem, 'not-found');
    });

    await t.test('a policy that no unit would take is refused when it is written', async () => {
      const error = await refusal(write(region, rhf, { values: { policyText: 'name: x' } }));
      assert.equal(error.fields?.[0]?.field, 'policyText');
      const policyText = readFileSync(NATIONAL_FILE, 'utf8');
      await write(region, rhf, { values: { policyText } });
      assert.equal((await effective()).values.policyText, policyText);
    });

    await t.test('layers lie where their kind belongs, once', async () => {
      const wrong = make(region, { kind: 'hf', organisationId: west });
      assert.equal((await refusal(wrong)).problem, 'bad-request');
      const twice = make(region, { kind: 'rhf', organisationId: west });
      assert.equal((await refusal(twice)).problem, 'conflict');
      const boats = { kind: 'kind', organisationId: west, vehicleKind: 'boat' };
      assert.equal((await make(region, boats)).name, 'boat · Helse Vest');
    });
  });
}
