import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '@rmh/base';
import {
  type AuditEntry,
  BATCH,
  type Page,
  type Series,
  type TrackPoint,
  type VehicleOutage,
} from '@rmh/contract/api';
import { routes as auditRoutes } from '../audit/index.ts';
import { SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { testServer, testServices } from '../http/testing.ts';
import { routes } from './index.ts';
import { given, plainCarrier, plainSample, plantFleet, randomDrive } from './testing.ts';

const NOW_MS = Math.floor(Date.now() / 60_000) * 60_000;
const HOUR_MS = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();
const span = `from=${iso(NOW_MS - HOUR_MS)}&to=${iso(NOW_MS)}`;

for (const database of databases()) {
  const { kind } = database;
  test(`A vehicle's samples become its series, its outages and its track (${kind})`, async (t) => {
    const db = await database.open();
    t.after(() => db.close());
    const { units, regions } = await plantFleet(db, 2);
    const { unitId, vehicleId } = given(units[0]);
    const server = await testServer(testServices(db), [...routes, ...auditRoutes]);
    t.after(() => server.app.close());
    const unit = await server.unit(unitId);
    const atMs = NOW_MS - HOUR_MS / 2;
    const outage = {
      ...{ number: 1, link: 'telia', movedTo: 'ice', movedAfterMs: 40, criticalLost: 0 },
      ...{ frozenMs: 0, fromMs: atMs + 12_000, toMs: atMs + 17_000 },
    };
    const place = { latitude: 69.65, longitude: 18.95, speedMs: 10, headingDeg: 0 };
    const batch = {
      journal: crypto.randomUUID(),
      samples: [
        plainSample(1, atMs, { place }),
        plainSample(2, atMs + 10_000, {
          place,
          outages: [outage],
          carriers: [plainCarrier('telia', { upMs: 5_000, downMs: 5_000 }), plainCarrier('ice')],
        }),
      ],
    };
    const first = await unit('POST /units/self/samples', { body: batch });
    assert.deepEqual([first.status, first.body], [200, { journal: batch.journal, through: 2 }]);
    const second = await unit('POST /units/self/samples', { body: batch });
    assert.deepEqual(second.body, { journal: batch.journal, through: 2 });

    const own = { role: 'ict-operator', organisationId: given(regions[0]) } as const;
    const operator = await server.user(own.organisationId, [own]);
    const series = await operator(`GET /vehicles/${vehicleId}/series?${span}`);
    const { carriers, service, stepSeconds } = series.body as unknown as Series;
    assert.equal(stepSeconds, 10);
    assert.equal(service.filter((share) => share === 1).length, 2);
    const telia = given(carriers.find(({ link }) => link === 'telia'));
    assert.deepEqual(
      telia.up.filter((share) => share !== null),
      [1, 0.5],
    );

    const outages = await operator(`GET /vehicles/${vehicleId}/outages`);
    const [told] = (outages.body as unknown as Page<VehicleOutage>).items;
    assert.deepEqual([told?.link, told?.seconds, told?.movedTo], ['telia', 5, 'ice']);
    assert.ok(
      told?.place !== null && told?.place?.latitude !== place.latitude,
      'the cell, no more',
    );

    const track = `GET /vehicles/${vehicleId}/track?${span}`;
    assert.equal((await operator(track)).status, 400);
    const told2 = await operator(`${track}&reason=Radio%20hole%20reported%20by%20crew`);
    assert.equal((told2.body as unknown as Page<TrackPoint>).items.length, 2);
    await operator(`GET /vehicles/${vehicleId}/outages`);
    const [{ callSign = '' } = {}] = await db.transaction(SYSTEM, (sql) =>
      sql.query<{ callSign: string }>(`SELECT call_sign AS "callSign" FROM vehicle WHERE id = $1`, [
        vehicleId,
      ]),
    );
    const looks = async (query: string) => {
      const auditor = await server.user(own.organisationId, [{ ...own, role: 'auditor' }]);
      const list = (await auditor(`GET /audit?${query}`)).body as unknown as Page<AuditEntry>;
      return list.items.map(({ action, reason }) => [action, reason]);
    };
    const seen = [
      ['track.read', 'Radio hole reported by crew'],
      ['vehicle.look', null],
    ];
    assert.deepEqual(await looks(`looks=true&vehicle=${callSign}`), seen, 'a look once an hour');
    assert.deepEqual(await looks('looks=true&vehicle=nobody'), []);

    const stranger = await server.user(given(regions[1]), [
      { ...own, organisationId: given(regions[1]) },
    ]);
    for (const path of [`series?${span}`, 'outages', `track?${span}&reason=curiosity`]) {
      assert.equal((await stranger(`GET /vehicles/${vehicleId}/${path}`)).status, 404, path);
    }
  });

  test(`Pages of outages neither repeat nor skip (${kind})`, async (t) => {
    const db = await database.open();
    t.after(() => db.close());
    const { units, regions } = await plantFleet(db, 1);
    const { unitId, vehicleId } = given(units[0]);
    const server = await testServer(testServices(db), routes);
    t.after(() => server.app.close());
    const unit = await server.unit(unitId);
    const samples = randomDrive(new Random(3), NOW_MS - 20 * HOUR_MS, 120);
    await unit('POST /units/self/samples', { body: { journal: crypto.randomUUID(), samples } });
    const organisationId = given(regions[0]);
    const user = await server.user(organisationId, [{ role: 'trust-user', organisationId }]);
    const ids: number[] = [];
    let cursor = '';
    do {
      const reply = await user(`GET /vehicles/${vehicleId}/outages?limit=3${cursor}`);
      const page = reply.body as unknown as Page<VehicleOutage>;
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    const numbers = samples.flatMap(({ outages }) => outages.map(({ number }) => number));
    assert.equal(ids.length, new Set(numbers).size);
    assert.equal(new Set(ids).size, ids.length);
  });
}

test('A full batch of three carriers stays below the limit of a batch', () => {
  const samples = randomDrive(new Random(1), NOW_MS - 20 * HOUR_MS, 500);
  const batch = BATCH.parse({ journal: crypto.randomUUID(), samples });
  const bytes = JSON.stringify(batch).length;
  assert.ok(bytes < 1_000_000, `${bytes} bytes`);
});
