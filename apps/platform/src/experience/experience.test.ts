import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type {
  Note,
  NoteComment,
  NotePromotion,
  NoteRevision,
  NoteWrite,
  Page,
  RequirementCreate,
} from '@rmh/contract/api';
import { latLngToCell } from 'h3-js';
import { routes as audit } from '../audit/index.ts';
import { routes as configuration } from '../configuration/index.ts';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import type { Client } from '../http/testing.ts';
import { cast, ifMatch, plantNation, withKey } from '../orders/testing.ts';
import { evaluate } from '../requirements/evaluate.ts';
import { routes as requirements } from '../requirements/index.ts';
import { routes as experience } from './index.ts';

const NOW_MS = Date.parse('2026-11-26T12:00:00Z');
const TUNNEL = { latitude: 59.66, longitude: 10.61 };

const noteWith = (more: Partial<NoteWrite> = {}): NoteWrite => ({
  ...{ title: 'Hull i dekningen', text: 'Første avsnitt.\n\nAndre avsnitt.', state: 'open' },
  ...{ place: null, deviceModel: null, carrierId: null, vehicleKind: null },
  ...{ layerId: null, field: null, ...more },
});

const itemsOf = async <T>(client: Client, path: string): Promise<readonly T[]> => {
  const reply = await client(`GET ${path}`);
  assert.equal(reply.status, 200, reply.text);
  return (reply.body as unknown as Page<T>).items;
};
const titles = async (client: Client, query: string) =>
  (await itemsOf<Note>(client, `/experience?${query}`)).map(({ title }) => title);

async function made(client: Client, body: NoteWrite): Promise<Note> {
  const reply = await client('POST /experience', { body, ...withKey() });
  assert.equal(reply.status, 201, reply.text);
  return reply.body as unknown as Note;
}

const fitVehicle = (db: Database) =>
  db.transaction(SYSTEM, (sql) =>
    sql.query(`INSERT INTO subscription (organisation_id, vehicle_id, carrier_id, iccid)
        VALUES (7, 1, 1, '894708000000000001');
      INSERT INTO unit (organisation_id, vehicle_id, serial, model, state)
        VALUES (7, 1, 'S-1', 'RUTX50', 'enrolled');
      UPDATE vehicle SET stage = 'in-operation' WHERE id = 1`),
  );

for (const { kind, open } of databases()) {
  test(`Regions learn from each other's notes (${kind})`, async (t) => {
    const db = await open();
    await plantNation(db);
    let nowMs = NOW_MS;
    const routes = [...experience, ...requirements, ...configuration, ...audit];
    const people = await cast(db, routes, () => nowMs++);
    const { server, national, coordinator, ict, auditor, elsewhere } = people;
    const carrierDesk = await server.user(1, [{ role: 'carrier-contact', organisationId: 1 }]);

    await t.test(
      'a note is its author’s organisation’s, and all but carriers read it',
      async () => {
        const note = await made(coordinator, noteWith({ place: { name: null, point: TUNNEL } }));
        assert.equal(note.organisation, 'Helse Nord');
        assert.equal(note.cell, latLngToCell(TUNNEL.latitude, TUNNEL.longitude, 8));
        for (const client of [elsewhere, national, ict, auditor]) {
          assert.deepEqual(await titles(client, ''), ['Hull i dekningen']);
        }
        assert.equal((await carrierDesk('GET /experience')).status, 403);
        assert.equal((await server.nobody('GET /experience')).status, 401);
        const refused = await auditor('POST /experience', { body: noteWith(), ...withKey() });
        assert.equal(refused.status, 403);
        const path = `PUT /experience/${note.id}`;
        const body = noteWith({ title: 'Annet' });
        assert.equal((await elsewhere(path, { body, headers: ifMatch(1) })).status, 403);
        assert.equal(
          (await national(path, { body, headers: ifMatch(1) })).status,
          200,
          'from above',
        );
      },
    );

    await t.test('text is paragraphs: no other control character, and no end', async () => {
      const post = (text: string) =>
        coordinator('POST /experience', { body: noteWith({ text }), ...withKey() });
      assert.equal((await post('<b>a</b>\n\u0000')).status, 400);
      assert.equal((await post('x'.repeat(8_001))).status, 400);
      assert.equal((await post(' \n ')).status, 400);
      const kept = await made(coordinator, noteWith({ title: 'Tegn', text: '<b>a</b>\nb' }));
      assert.equal(kept.text, '<b>a</b>\nb');
    });

    await t.test('revisions are kept, and a change asks for the newest', async () => {
      const note = await made(ict, noteWith({ title: 'Modem henger' }));
      const put = (version: number, more: Partial<NoteWrite>) => {
        const body = noteWith({ title: 'Modem henger', ...more });
        return ict(`PUT /experience/${note.id}`, { body, headers: ifMatch(version) });
      };
      assert.equal((await put(1, { state: 'known-problem' })).status, 200);
      assert.equal((await put(1, { state: 'solved' })).status, 412);
      assert.equal((await put(2, { state: 'solved' })).status, 200);
      const all = await itemsOf<NoteRevision>(elsewhere, `/experience/${note.id}/revisions`);
      assert.deepEqual(
        all.map(({ version, state }) => [version, state]),
        [
          [3, 'solved'],
          [2, 'known-problem'],
          [1, 'open'],
        ],
      );
    });

    await t.test('others comment, and mark it as useful once each', async () => {
      const note = await made(coordinator, noteWith({ title: 'Nyttig' }));
      const post = (client: Client, text: string) =>
        client(`POST /experience/${note.id}/comments`, { body: { text }, ...withKey() });
      const comment = (await post(elsewhere, 'Samme hos oss')).body as unknown as NoteComment;
      assert.equal(comment.organisation, 'Helse Vest');
      const own = `DELETE /experience/${note.id}/comments/${comment.id}`;
      assert.equal((await coordinator(own)).status, 404, 'another organisation’s comment');
      const mark = (client: Client, useful: boolean) =>
        client(`POST /experience/${note.id}/useful`, { body: { useful } });
      await mark(elsewhere, true);
      await mark(ict, true);
      const twice = (await mark(elsewhere, true)).body as unknown as Note;
      assert.deepEqual([twice.useful, twice.usefulToMe, twice.comments], [2, true, 1]);
      const less = (await mark(elsewhere, false)).body as unknown as Note;
      assert.deepEqual([less.useful, less.usefulToMe], [1, false]);
      assert.equal((await elsewhere(own)).status, 204);
    });

    await t.test('what names a person goes, whole, and the audit log never had it', async () => {
      const text = 'Ola Nordmann kjørte';
      const note = await made(coordinator, noteWith({ title: 'Ola Nordmann', text }));
      const path = `DELETE /experience/${note.id}`;
      assert.equal((await elsewhere(path, { headers: ifMatch(1) })).status, 403);
      assert.equal((await coordinator(path, { headers: ifMatch(1) })).status, 204);
      assert.equal((await coordinator(`GET /experience/${note.id}`)).status, 404);
      const log = await auditor('GET /audit?action=experience.');
      assert.match(log.text, /experience\.remove/);
      assert.doesNotMatch(log.text, /Nordmann/);
    });

    await t.test(
      'what it is about finds it: model, kind, carrier, cell, and a vehicle',
      async () => {
        await fitVehicle(db);
        await made(
          coordinator,
          noteWith({ title: 'Om RUTX50 hos Telenor', deviceModel: 'rutx50' }),
        );
        await made(coordinator, noteWith({ title: 'Om Telia', carrierId: 2 }));
        await made(coordinator, noteWith({ title: 'Om båter', vehicleKind: 'boat' }));
        const place = { name: 'Oslofjordtunnelen', point: TUNNEL };
        await made(coordinator, noteWith({ title: 'Telenor der', carrierId: 1, place }));
        assert.deepEqual(await titles(elsewhere, 'deviceModel=RUTX50'), ['Om RUTX50 hos Telenor']);
        assert.deepEqual(await titles(elsewhere, 'vehicleKind=boat'), ['Om båter']);
        assert.deepEqual(await titles(elsewhere, 'carrierId=2'), ['Om Telia']);
        for (const resolution of [6, 7, 8]) {
          const cell = latLngToCell(TUNNEL.latitude, TUNNEL.longitude, resolution);
          assert.ok((await titles(elsewhere, `cell=${cell}`)).includes('Telenor der'));
        }
        const far = latLngToCell(69.65, 18.95, 6);
        assert.deepEqual(await titles(elsewhere, `cell=${far}`), []);
        assert.deepEqual(await titles(coordinator, 'vehicleId=1'), ['Om RUTX50 hos Telenor']);
        assert.deepEqual(await titles(elsewhere, 'vehicleId=1'), [], 'not his vehicle');
      },
    );

    await t.test('a note becomes a requirement, and a vehicle fails it', async () => {
      const note = await made(ict, noteWith({ title: 'To abonnementer trengs' }));
      const words = { title: 'To operatører', text: 'Kjøretøyet har to abonnementer.' };
      const body: RequirementCreate = {
        ...{ code: 'E-01', nb: words, en: words, area: 'service', source: 'Erfaring' },
        ...{ binds: 'vehicle', bindsFrom: '2026-11-01', bindsUntil: null, note: 'av erfaring' },
        check: {
          need: 'all',
          comparisons: [{ fact: 'carriersFitted', is: 'at-least', value: 2 }],
        },
        noteId: note.id,
      };
      assert.equal((await coordinator('POST /requirements', { body })).status, 403);
      const missing = await national('POST /requirements', { body: { ...body, noteId: 99_999 } });
      assert.equal(missing.status, 404);
      const made_ = await national('POST /requirements', { body });
      assert.equal(made_.status, 201, made_.text);
      const requirementId = Number(made_.body['id']);
      const path = `/experience/${note.id}/promotions`;
      const [promotion] = await itemsOf<NotePromotion>(elsewhere, path);
      assert.deepEqual(
        [promotion?.kind, promotion?.targetId, promotion?.name, promotion?.version],
        ['requirement', requirementId, 'E-01', 1],
      );
      assert.deepEqual(await titles(elsewhere, `requirementId=${requirementId}`), [note.title]);
      await evaluate(db, NOW_MS);
      const results = await db.transaction(SYSTEM, (sql) =>
        sql.query<{ state: string }>(
          `SELECT state FROM requirement_result WHERE requirement_id = $1 AND vehicle_id = 1`,
          [requirementId],
        ),
      );
      assert.deepEqual(results, [{ state: 'failed' }]);
      const { note: _, ...rest } = { ...body, code: undefined, noteId: note.id };
      const again = { ...rest, note: 'strengere' };
      delete (again as { code?: unknown }).code;
      const changed = await national(`PUT /requirements/${requirementId}`, {
        body: again,
        headers: ifMatch(1),
      });
      assert.equal(changed.status, 200, changed.text);
      const history = await itemsOf<NotePromotion>(elsewhere, path);
      assert.deepEqual(
        history.map(({ version }) => version),
        [1, 2],
      );
    });

    await t.test('a note becomes a change of a layer, which a rollout brings out', async () => {
      const note = await made(coordinator, noteWith({ title: 'Mindre opptak' }));
      const where = { kind: 'rhf', organisationId: 2, vehicleKind: null, unitId: null };
      const layer = (await coordinator('POST /configuration/layers', { body: where })).body;
      const layerId = Number(layer['id']);
      const body = { values: { recordMb: 100 }, locked: [], note: '', noteId: note.id };
      const headers = ifMatch(layer['version']);
      const wrote = await coordinator(`PUT /configuration/layers/${layerId}`, { body, headers });
      assert.equal(wrote.status, 200, wrote.text);
      const path = `/experience/${note.id}/promotions`;
      const [own] = await itemsOf<NotePromotion>(coordinator, path);
      assert.deepEqual([own?.kind, own?.targetId, own?.name], ['baseline', layerId, 'Nord']);
      const [others] = await itemsOf<NotePromotion>(elsewhere, path);
      assert.equal(others?.name, null, 'a layer of another region has no name here');
      assert.deepEqual(await titles(coordinator, `changedLayerId=${layerId}`), [note.title]);
      const about = noteWith({ title: 'Om laget', layerId, field: 'recordMb' });
      await made(coordinator, about);
      const strange = await elsewhere('POST /experience', { body: about, ...withKey() });
      assert.equal(strange.status, 404);
    });
    await server.close();
    await db.close();
  });
}
