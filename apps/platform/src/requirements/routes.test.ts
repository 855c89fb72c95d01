import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import type {
  Compliance,
  ComplianceTrend,
  Page,
  RequirementCompliance,
  RequirementCreate,
  RequirementResult,
  Role,
} from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { testServer, testServices } from '../http/testing.ts';
import { chance, plantFleet } from '../telemetry/testing.ts';
import { evaluate } from './evaluate.ts';
import { routes } from './index.ts';

const NOW_MS = Date.parse('2026-11-25T12:00:00.000Z');
const DAY_MS = 86_400_000;
const grant = (role: Role, organisationId: number) => ({ role, organisationId });

const PRIORITY: RequirementCreate = {
  code: 'E-01',
  nb: { title: 'To med prioritet', text: 'Minst to abonnementer har prioritet.' },
  en: { title: 'Two with priority', text: 'At least two subscriptions have priority.' },
  area: 'experience',
  source: 'Erfaring 17',
  binds: 'vehicle',
  bindsFrom: '2026-11-01',
  bindsUntil: null,
  check: {
    need: 'all',
    comparisons: [{ fact: 'prioritySubscriptions', is: 'at-least', value: 2 }],
  },
  note: 'Etter utfallet i november.',
};

/** Vehicles with one to three subscriptions, some with priority, some made up. */
async function plant(db: Database, count: number) {
  const fleet = await plantFleet(db, count);
  const random = new Random(20_261_126);
  await db.transaction(SYSTEM, async (sql) => {
    await sql.query(`INSERT INTO carrier (key, name, colour)
      VALUES ('telenor', 'Telenor', 1), ('telia', 'Telia', 2), ('ice', 'Ice', 3)`);
    for (const { vehicleId, organisationId } of fleet.units) {
      const simulated = chance(random, 0.3);
      await sql.query('UPDATE vehicle SET simulated = $2 WHERE id = $1', [vehicleId, simulated]);
      for (let carrier = 1; carrier <= 1 + random.below(3); carrier++) {
        await sql.query(
          `INSERT INTO subscription (organisation_id, vehicle_id, carrier_id, iccid, priority)
           VALUES ($1, $2, $3, $4, $5)`,
          [organisationId, vehicleId, carrier, `${vehicleId}-${carrier}`, chance(random, 0.5)],
        );
      }
    }
  });
  return fleet;
}

async function allOf<T>(ask: (what: string) => Promise<{ body: unknown }>, path: string) {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = (await ask(`GET ${path}${more}`)).body as Page<T>;
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

for (const { kind, open } of databases()) {
  test(`The register: a national operator writes it, and all read it (${kind})`, async (t) => {
    const db = await open();
    const { regions } = await plantFleet(db, 2);
    await evaluate(db, NOW_MS);
    const server = await testServer(testServices(db, { nowMs: () => NOW_MS }), routes);
    const national = await server.user(1, [grant('national-operator', 1)], 'Kari');
    const regional = await server.user(regions[0] ?? 0, [
      grant('regional-coordinator', regions[0] ?? 0),
    ]);
    const token = await server.service(regions[0] ?? 0, ['requirement.write', 'requirement.read']);

    const made = await national('POST /requirements', { body: PRIORITY });
    await t.test('made once, from its day on', async () => {
      assert.equal(made.status, 201, made.text);
      assert.equal(made.body['versionInForce'], 1);
      assert.equal((await national('POST /requirements', { body: PRIORITY })).status, 409);
      assert.equal((await regional('POST /requirements', { body: PRIORITY })).status, 403);
    });
    const path = `/requirements/${String(made.body['id'])}`;
    const { code: _, ...content } = PRIORITY;
    const later = { ...content, bindsFrom: '2026-12-01', note: 'Fra desember.' };
    const headers = { 'if-match': '"1"' };

    await t.test('nobody below the nation changes it, whatever his token says', async () => {
      const call = { body: later, headers };
      assert.equal((await regional(`PUT ${path}`, call)).status, 403);
      assert.ok((await token(`PUT ${path}`, call)).status >= 400);
      assert.ok(
        (await token('POST /requirements', { body: { ...PRIORITY, code: 'E-02' } })).status >= 400,
      );
      assert.equal((await national(`GET ${path}`)).body['version'], 1);
    });

    await t.test('a change is a new version that waits for its day', async () => {
      assert.equal((await national(`PUT ${path}`, { body: later })).status, 428);
      const changed = await national(`PUT ${path}`, { body: later, headers });
      assert.equal(changed.status, 200, changed.text);
      assert.equal(changed.body['version'], 2);
      assert.equal(changed.body['versionInForce'], 1);
      assert.equal((await national(`PUT ${path}`, { body: later, headers })).status, 412);
      const history = (await regional(`GET ${path}/versions`)).body as unknown as Page<{
        version: number;
        author: string;
        note: string;
      }>;
      assert.deepEqual(
        history.items.map(({ version, author, note }) => [version, author, note]),
        [
          [2, 'Kari', 'Fra desember.'],
          [1, 'Kari', 'Etter utfallet i november.'],
        ],
      );
    });

    await t.test('a check that asks a vehicle of the nation is refused', async () => {
      const comparisons = [{ fact: 'gatewaySites', is: 'at-least', value: 2 }];
      const body = { ...PRIORITY, code: 'E-03', check: { need: 'all', comparisons } };
      assert.equal((await national('POST /requirements', { body })).status, 400);
      const backwards = { ...PRIORITY, code: 'E-03', bindsUntil: '2026-11-01' };
      assert.equal((await national('POST /requirements', { body: backwards })).status, 400);
    });

    await t.test('what people answer for counts at the next run', async () => {
      const organisationId = regions[0] ?? 0;
      const body = { organisationId, fact: 'riskAssessmentDays', doneOn: '2026-10-01', note: 'x' };
      const before = await regional('GET /compliance/items?state=unknown&limit=500');
      assert.match(before.text, /"riskAssessmentDays":null/);
      assert.equal((await regional('POST /attestations', { body })).status, 201);
      const other = { ...body, organisationId: regions[1] };
      assert.equal((await regional('POST /attestations', { body: other })).status, 404);
      const national_ = { ...body, fact: 'intrusionTestDays' };
      assert.equal((await regional('POST /attestations', { body: national_ })).status, 400);
      const future = { ...body, doneOn: '2026-11-26' };
      assert.equal((await regional('POST /attestations', { body: future })).status, 400);
      await evaluate(db, NOW_MS + 60_000);
      const after = await regional('GET /compliance/items?state=met&limit=500');
      assert.match(after.text, /"riskAssessmentDays":55/);
    });
    await server.close();
    await db.close();
  });

  test(`Compliance is what a slow loop over the facts counts (${kind})`, async (t) => {
    const db = await open();
    const { regions } = await plant(db, 40);
    await evaluate(db, NOW_MS);
    const server = await testServer(testServices(db, { nowMs: () => NOW_MS }), routes);
    const national = await server.user(1, [grant('national-operator', 1)]);
    const regional = await server.user(1, [grant('trust-user', regions[0] ?? 0)]);
    const known = await db.transaction(SYSTEM, async (sql) => ({
      vehicles: await sql.query<{ id: number; organisation_id: number; simulated: boolean }>(
        'SELECT * FROM vehicle',
      ),
      cards: await sql.query<{ vehicle_id: number; carrier_id: number; priority: boolean }>(
        'SELECT * FROM subscription',
      ),
      tree: await sql.query<{ id: number; parent_id: number | null }>('SELECT * FROM organisation'),
    }));
    const isBelow = (id: number, top: number): boolean => {
      for (let at: number | null = id; at !== null; ) {
        if (at === top) return true;
        at = known.tree.find((one) => one.id === at)?.parent_id ?? null;
      }
      return false;
    };
    /** By code: how many vehicles fail, counted from the subscriptions alone. */
    const slowly = (top: number, simulated: boolean) => {
      const failed = { 'T-01': 0, 'T-02': 0 };
      let vehicles = 0;
      for (const { id, organisation_id, simulated: made } of known.vehicles) {
        if (made !== simulated || !isBelow(organisation_id, top)) continue;
        vehicles++;
        const own = known.cards.filter(({ vehicle_id }) => vehicle_id === id);
        if (new Set(own.map(({ carrier_id }) => carrier_id)).size < 2) failed['T-01']++;
        if (!own.some(({ priority }) => priority)) failed['T-02']++;
      }
      return { vehicles, failed };
    };

    for (const simulated of [false, true]) {
      for (const top of [1, ...regions]) {
        await t.test(`of ${top}, ${simulated ? 'made up' : 'real'}`, async () => {
          const wanted = slowly(top, simulated);
          const where = `organisationId=${top}&simulated=${simulated}`;
          const per = await allOf<RequirementCompliance>(
            national,
            `/compliance/requirements?limit=7&${where}`,
          );
          for (const code of ['T-01', 'T-02'] as const) {
            const found = per.find(({ requirement }) => requirement.code === code)?.results;
            assert.equal(found?.failed, wanted.failed[code], code);
          }
          const failed = per.map(({ results }) => results.failed);
          assert.deepEqual(
            failed,
            failed.toSorted((a, b) => b - a),
            'the worst first',
          );
          const items = await allOf<RequirementResult>(
            national,
            `/compliance/items?limit=50&state=failed&${where}`,
          );
          assert.equal(
            items.length,
            failed.reduce((sum, n) => sum + n, 0),
          );
          const [own] = await allOf<Compliance>(national, `/compliance?limit=2&${where}`);
          assert.ok(own !== undefined);
          const { met, failed: some, unknown } = own.vehicles;
          assert.equal(met + some + unknown, wanted.vehicles);
          assert.equal(own.checks.failed + own.ownChecks.failed, items.length);
          const falling = new Set(items.flatMap(({ vehicleId }) => vehicleId ?? []));
          assert.equal(some, falling.size);
        });
      }
    }

    await t.test('each sees from his own organisation down', async () => {
      const seen = await allOf<Compliance>(regional, '/compliance?limit=10');
      assert.deepEqual(
        seen.map(({ kind: level }) => level),
        ['rhf', 'hf'],
      );
      assert.equal((await regional('GET /exports/compliance.csv')).status, 403);
    });

    await t.test('a vehicle is asked for alone, with the figure beside what is asked', async () => {
      const vehicleId = known.vehicles.find((one) => !one.simulated)?.id;
      const own = await allOf<RequirementResult>(
        national,
        `/compliance/items?limit=5&vehicleId=${vehicleId}`,
      );
      const carriers = own.find(({ code }) => code === 'T-01');
      const cards = known.cards.filter(({ vehicle_id }) => vehicle_id === vehicleId);
      assert.equal(carriers?.figures['carriersFitted'], cards.length);
      assert.equal(carriers?.check.comparisons[0]?.value, 2);
      assert.equal(carriers?.figures['carriersUsed'], null);
    });

    await t.test('CSV has a line for each', async () => {
      const items = await allOf(national, '/compliance/items?limit=500');
      const { text, status } = await national('GET /exports/compliance.csv');
      assert.equal(status, 200);
      assert.equal(text.trim().split('\r\n').length, items.length + 1);
    });

    await t.test('the days before are counted back from now', async () => {
      const sumOf = ({ met, failed, unknown }: ComplianceTrend['days'][number]) =>
        met + failed + unknown;
      const before = (await national('GET /compliance/trend?days=3'))
        .body as unknown as ComplianceTrend;
      assert.deepEqual(before.days.map(sumOf).slice(0, 2), [0, 0], 'nothing was judged before');
      await db.transaction(SYSTEM, (sql) =>
        sql.query('UPDATE subscription SET priority = true WHERE carrier_id = 1'),
      );
      await evaluate(db, NOW_MS + DAY_MS);
      const later = await testServer(testServices(db, { nowMs: () => NOW_MS + DAY_MS }), routes);
      const asker = await later.user(1, [grant('national-operator', 1)]);
      const after = (await asker('GET /compliance/trend?days=3'))
        .body as unknown as ComplianceTrend;
      assert.deepEqual(after.days[1], before.days[2], 'yesterday is as it was');
      const mended = slowly(1, false).failed['T-02'];
      assert.ok(mended > 0);
      assert.equal((after.days[1]?.failed ?? 0) - (after.days[2]?.failed ?? 0), mended);
      const history = await allOf<RequirementResult>(asker, '/compliance/history?limit=100');
      const ended = history.filter(({ to, code }) => to !== null && code === 'T-02');
      assert.equal(ended.length, mended);
      await later.close();
    });
    await server.close();
    await db.close();
  });
}
