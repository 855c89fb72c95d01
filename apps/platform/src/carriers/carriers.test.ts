// The acceptance of "Operatører": sixty vehicles lose a carrier for ten minutes in one area, and
// what comes of it, from the units' words to the pack in the carrier's hands.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CarrierCase, Evidence, Role } from '@rmh/contract/api';
import { gridDisk } from 'h3-js';
import { Watch } from '../alarms/watch.ts';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { type Client, type TestServer, testServer, testServices } from '../http/testing.ts';
import { withKey } from '../orders/testing.ts';
import { plantFleet } from '../telemetry/testing.ts';
import { freezeDue } from './freeze.ts';
import { routes } from './index.ts';
import { verifyPack } from './pack.ts';
import {
  areaOutage,
  type Drive,
  deliver,
  elsewhere,
  LOST_LINK,
  plantCarriers,
  type Span,
  scatteredOutages,
  speak,
  unharmed,
} from './testing.ts';
import { openAreas } from './watch.ts';

const MINUTE_MS = 60_000;
// Whole tens of seconds, three hours ago: the day's partition is there.
const START_MS = Math.floor(Date.now() / 10_000) * 10_000 - 3 * 3_600_000;
const OUTAGE = { seed: 7, fromMs: START_MS + 2 * MINUTE_MS, lengthMs: 10 * MINUTE_MS };
const WHOLE: Span = { fromMs: START_MS, toMs: START_MS + 20 * MINUTE_MS };

/** The engine looks each five seconds, the units speak each ten; at the end come the cases. */
async function live(db: Database, drives: readonly Drive[], { fromMs, toMs }: Span) {
  const clock = { ms: fromMs };
  const services = { db, nowMs: () => clock.ms };
  const watch = new Watch();
  for (; clock.ms < toMs; clock.ms += 5_000) {
    if ((clock.ms - fromMs) % 10_000 === 0) await speak(db, drives, clock.ms, fromMs);
    await watch.run(services);
  }
  clock.ms = toMs;
  await openAreas(services);
}

/** The same figures by another way: plain sums over the raw rows. */
async function recount(db: Database, { from, to, cells }: Evidence) {
  const zone = [...new Set(cells.flatMap(({ cell }) => gridDisk(cell, 1)))];
  const [row] = await db.transaction(SYSTEM, (sql) =>
    sql.query<{ lost_ms: number; vehicles: number; from_at: Date; to_at: Date }>(
      `SELECT sum(p.down_ms)::bigint AS lost_ms, count(DISTINCT s.vehicle_id)::integer AS vehicles,
         min(s.at) AS from_at, max(s.at + s.span_ms * interval '1 ms') AS to_at
       FROM sample s, sample_path p
       WHERE p.unit_id = s.unit_id AND p.at = s.at AND p.link = $1 AND p.down_ms > 0
         AND to_hex(h3_parent(s.cell, 6)) = ANY ($2)
         AND s.at + s.span_ms * interval '1 ms' > $3 AND s.at < $4
         AND EXISTS (SELECT FROM sample_path o WHERE o.unit_id = s.unit_id AND o.at = s.at
           AND o.link <> $1 AND o.up_ms > 0)`,
      [LOST_LINK, zone, from, to],
    ),
  );
  assert(row !== undefined);
  return row;
}

const isNear = (value: number, wanted: number, share: number) =>
  assert.ok(Math.abs(value - wanted) <= share * wanted, `${value} is not near ${wanted}`);

interface Stage {
  readonly db: Database;
  readonly server: TestServer;
  readonly clock: { ms: number };
  readonly services: ReturnType<typeof testServices>;
  readonly struck: readonly Drive[];
  as(role: Role, organisationId: number): Promise<Client>;
  contact(carrierId: number): Promise<Client>;
  regions: readonly number[];
}

/** Three of the struck say what they measured only later. */
async function stage(db: Database): Promise<Stage> {
  const { units, regions } = await plantFleet(db, 104);
  await plantCarriers(db);
  const struck = areaOutage(units.slice(0, 60), OUTAGE);
  const drives = [...struck, ...elsewhere(units.slice(60, 100), 8), ...unharmed(units.slice(100))];
  const clock = { ms: WHOLE.toMs };
  await live(db, drives, { fromMs: START_MS, toMs: START_MS + 16 * MINUTE_MS });
  await deliver(db, drives.slice(3), WHOLE, WHOLE.toMs);
  const services = testServices(db, { nowMs: () => clock.ms });
  const server = await testServer(services, routes);
  return {
    db,
    server,
    clock,
    services,
    struck,
    regions,
    as: (role, organisationId) => server.user(organisationId, [{ role, organisationId }], role),
    contact: (carrierId) =>
      server.user(1, [{ role: 'carrier-contact', organisationId: 1, carrierId }], 'desk'),
  };
}

const itemsOf = (reply: { body: Record<string, unknown> }) =>
  reply.body['items'] as Record<string, never>[];

async function command(client: Client, what: string, reason: string | null = null) {
  const seen = (await client('GET /carrier-cases/1')).body as Partial<CarrierCase>;
  return await client('POST /carrier-cases/1/command', {
    body: { command: what, reason, reference: what === 'acknowledge' ? 'T-4711' : null },
    ...withKey({ 'if-match': `"${seen.version ?? 1}"` }),
  });
}

for (const { kind, open } of databases()) {
  test(`An area's outage becomes one case, proved and answered (${kind})`, async (t) => {
    const db = await open();
    const on = await stage(db);
    const national = await on.as('national-operator', 1);
    const evidenceOf = async (version: number, client = national) =>
      (await client(`GET /carrier-cases/1/evidence/${version}`)).body as unknown as Evidence;

    await t.test('exactly one alarm, and one case of it', async () => {
      const alarms = await db.transaction(SYSTEM, (sql) =>
        sql.query<{ kind: string }>('SELECT kind FROM alarm'),
      );
      assert.deepEqual(alarms, [{ kind: 'carrier-area' }]);
      assert.equal(await openAreas(on.services), 0, 'a second look opens none');
      const again = await national('POST /carrier-cases', { body: { alarmId: 1 }, ...withKey() });
      assert.equal(again.status, 409);
      assert.equal(itemsOf(await national('GET /carrier-cases')).length, 1);
      const early = await command(national, 'send');
      assert.equal(early.status, 409, 'nothing is sent without its evidence');
    });

    await t.test('late samples make a new version, and the frozen one stays', async () => {
      assert.equal(await freezeDue(on.services), 1);
      const first = await evidenceOf(1);
      assert.equal(first.vehiclesStruck, 57);
      await deliver(db, on.struck.slice(0, 3), WHOLE, on.clock.ms);
      on.clock.ms += 10 * MINUTE_MS;
      assert.equal(await freezeDue(on.services), 1);
      on.clock.ms += 10 * MINUTE_MS;
      assert.equal(await freezeDue(on.services), 0, 'nothing new is no version');
      assert.deepEqual(await evidenceOf(1), first);
      assert.equal(itemsOf(await national('GET /carrier-cases/1/evidence')).length, 2);
      await assert.rejects(
        db.transaction(SYSTEM, (sql) => sql.query(`UPDATE carrier_evidence SET content = '{}'`)),
      );
    });

    await t.test(
      'times within 30 s and vehicle-minutes within 2 % of what was planted',
      async () => {
        const evidence = await evidenceOf(2);
        const losses = on.struck.flatMap(({ lost }) => lost);
        const truthMs = losses.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
        isNear(evidence.lostMs, truthMs, 0.02);
        const offMs = (at: string | null, ms: number) => Math.abs(Date.parse(at ?? '') - ms);
        assert.ok(offMs(evidence.from, Math.min(...losses.map(({ fromMs }) => fromMs))) <= 30_000);
        assert.ok(offMs(evidence.to, Math.max(...losses.map(({ toMs }) => toMs))) <= 30_000);
        assert.equal(evidence.vehiclesStruck, 60);
        assert.equal(evidence.vehiclesServed, 60);
        assert.equal(evidence.vehiclesFine, 4);
        assert.deepEqual(evidence.held, [
          { carrier: 'ice', vehicles: 60 },
          { carrier: 'telenor', vehicles: 60 },
        ]);
        assert.equal(evidence.vehicles[0]?.rsrpDbm, -97.5);
        const raw = await recount(db, evidence);
        isNear(evidence.lostMs, raw.lost_ms, 0.005);
        assert.equal(raw.vehicles, 60);
        const cells = evidence.cells.reduce((sum, { lostMs }) => sum + lostMs, 0);
        assert.equal(cells, evidence.lostMs, 'the cells add up to the whole');
        const [shared] = await db.transaction(SYSTEM, (sql) =>
          sql.query<{ lost_ms: number }>(
            'SELECT sum(lost_ms)::bigint AS lost_ms FROM carrier_case_share',
          ),
        );
        assert.equal(shared?.lost_ms, evidence.lostMs, 'so do the organisations');
      },
    );

    await t.test('it names no vehicle and no place finer than a cell of 36 km²', async () => {
      const text = JSON.stringify(await evidenceOf(2));
      assert.doesNotMatch(text, /A-1\d\d\d|latitude|serial|unitId|vehicleId/);
      const resolutions = [...text.matchAll(/"8(\d)[0-9a-f]{13}"/g)].map(([, one]) => one);
      assert.deepEqual([...new Set(resolutions)], ['6']);
    });

    await t.test('the carrier sees it when it is sent, and no other carrier does', async () => {
      const telia = await on.contact(2);
      const telenor = await on.contact(1);
      assert.deepEqual(itemsOf(await telia('GET /carrier-cases')), []);
      assert.equal((await telia('GET /carrier-cases/1')).status, 404);
      assert.equal((await telia('GET /carrier-cases/1/evidence/2/pack.json')).status, 404);
      const sent = await command(national, 'send');
      assert.equal(sent.status, 200, sent.text);
      assert.equal(itemsOf(await telia('GET /carrier-cases')).length, 1);
      for (const path of ['', '/messages', '/changes', '/evidence', '/evidence/2']) {
        assert.equal((await telia(`GET /carrier-cases/1${path}`)).status, 200, path);
        assert.equal((await telenor(`GET /carrier-cases/1${path}`)).status, 404, path);
      }
      assert.equal((await command(telia, 'withdraw', 'nei')).status, 409);
      assert.equal((await command(telenor, 'acknowledge')).status, 404);
      on.clock.ms += 5 * MINUTE_MS;
      assert.equal((await command(telia, 'acknowledge')).body['reference'], 'T-4711');
      const said = await telia('POST /carrier-cases/1/messages', {
        body: { text: 'Fiberbrudd ved Lillestrøm.' },
        ...withKey(),
      });
      assert.equal(said.status, 201, said.text);
      assert.equal((await command(telia, 'resolve', 'Fiber skjøtet')).status, 200);
      assert.equal((await command(national, 'close')).status, 200);
      const states = itemsOf(await national('GET /carrier-cases/1/changes'));
      assert.deepEqual(
        states.map(({ side, to }) => [side, to]),
        [
          ['health', 'open'],
          ['health', 'sent'],
          ['carrier', 'acknowledged'],
          ['carrier', 'resolved'],
          ['health', 'closed'],
        ],
      );
      const closed = (await national('GET /carrier-cases/1')).body as unknown as CarrierCase;
      assert.equal(Date.parse(closed.answeredAt ?? '') - Date.parse(closed.sentAt ?? ''), 300_000);
    });

    await t.test('the struck regions read it, its owner alone handles it', async () => {
      const regional = await on.as('ict-operator', on.regions[0] ?? 0);
      const seen = (await regional('GET /carrier-cases/1')).body as unknown as CarrierCase;
      assert.deepEqual([seen.mayWrite, seen.commands], [false, []]);
      const said = await regional('POST /carrier-cases/1/messages', {
        body: { text: 'Hei' },
        ...withKey(),
      });
      assert.equal(said.status, 403);
      const auditor = await on.as('auditor', 1);
      assert.equal((await auditor('GET /carrier-cases/1/evidence/2')).status, 200);
      assert.equal((await command(auditor, 'reopen', 'x')).status, 403);
    });

    await t.test('anybody checks the pack with the public key', async () => {
      const { text } = await national('GET /carrier-cases/1/evidence/2/pack.json');
      const [key] = itemsOf(await on.server.nobody('GET /evidence-keys')) as unknown as [
        { publicKey: string },
      ];
      assert.equal(verifyPack(text, key.publicKey).kind, 'whole');
      const altered = text.replace('"vehiclesFine":4', '"vehiclesFine":5');
      assert.equal(verifyPack(altered, key.publicKey).kind, 'altered');
      const csv = await national('GET /carrier-cases/1/evidence/2/pack.csv');
      assert.equal(csv.text.trimEnd().split('\r\n').length, 61);
      assert.match(String(csv.headers['content-disposition']), /case-1-v2-[0-9a-f]{8}\.csv/);
      const parquet = await national('GET /carrier-cases/1/evidence/2/pack.parquet');
      assert.match(parquet.text, /^PAR1/);
      for (const language of ['nb', 'en']) {
        const pdf = await national(`GET /carrier-cases/1/evidence/2/pack.pdf?language=${language}`);
        assert.match(pdf.text, /^%PDF-/);
      }
    });
    await on.server.close();
    await db.close();
  });
}

// What the engine makes of it does not hang on the database.
for (const { kind, open } of databases().slice(-1)) {
  test(`Sixty scattered losses are no area and no case (${kind})`, async () => {
    const db = await open();
    const { units } = await plantFleet(db, 60);
    await plantCarriers(db);
    const drives = scatteredOutages(units, OUTAGE);
    await live(db, drives, { fromMs: START_MS, toMs: START_MS + 14 * MINUTE_MS });
    const [counted] = await db.transaction(SYSTEM, (sql) =>
      sql.query(`SELECT count(*) FILTER (WHERE kind = 'carrier-area')::integer AS areas,
        count(*) FILTER (WHERE kind = 'carrier-down')::integer AS single,
        (SELECT count(*)::integer FROM carrier_case) AS cases FROM alarm`),
    );
    // The control: they are alarms, each for itself, of those that lasted by then.
    const { areas, single, cases } = counted as Record<string, number>;
    assert.deepEqual([areas, cases], [0, 0]);
    assert.ok((single ?? 0) > 10);
    await db.close();
  });
}
