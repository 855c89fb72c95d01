import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { CarrierCase } from '@rmh/contract/api';
import { SMTPServer } from 'smtp-server';
import { TRIES_MOST } from '../alarms/notify/deliver.ts';
import { MAIL_SETTINGS } from '../alarms/notify/settings.ts';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { type Client, testServer, testServices } from '../http/testing.ts';
import { withKey } from '../orders/testing.ts';
import { plantFleet } from '../telemetry/testing.ts';
import { mailDesks } from './desk-mail.ts';
import { routes } from './index.ts';
import { plantCarriers } from './testing.ts';

const START_MS = Date.parse('2026-11-25T12:00:00.000Z');

/** A mail server; `isShut`: it takes nothing. */
async function postOffice() {
  const office = { isShut: false, letters: [] as string[], port: 0, close: () => {} };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) => done(office.isShut ? new Error('later') : null),
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        office.letters.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  office.port = (server.server.address() as AddressInfo).port;
  office.close = () => server.close();
  return office;
}

const run = (db: Database, text: string) => db.transaction(SYSTEM, (sql) => sql.query(text));

async function command(client: Client, what: string) {
  const seen = (await client('GET /carrier-cases/1')).body as Partial<CarrierCase>;
  return await client('POST /carrier-cases/1/command', {
    body: { command: what, reason: 'derfor', reference: null },
    ...withKey({ 'if-match': `"${seen.version ?? 1}"` }),
  });
}

const say = (client: Client, text: string) =>
  client('POST /carrier-cases/1/messages', { body: { text }, ...withKey() });

for (const { kind, open } of databases()) {
  test(`Contacts are told by mail of what health does with their cases (${kind})`, async (t) => {
    const db = await open();
    const office = await postOffice();
    await plantFleet(db, 1);
    await plantCarriers(db);
    const clock = { ms: START_MS };
    const given = { host: '127.0.0.1', port: office.port, requireTls: false, from: 'rmh@helse.no' };
    const notify = { webhooksAlsoTo: [], mail: MAIL_SETTINGS.parse(given) };
    const services = testServices(db, { nowMs: () => clock.ms, notify });
    const server = await testServer(services, routes);
    const contact = (carrierId: number, name: string) =>
      server.user(1, [{ role: 'carrier-contact', organisationId: 1, carrierId }], name);
    const national = await server.user(1, [{ role: 'national-operator', organisationId: 1 }], 'o');
    const telia = await contact(2, 'a');
    await contact(2, 'b');
    await contact(2, 'gone');
    await contact(1, 'telenor');
    await run(db, `UPDATE app_user SET email = name || '@telia.example', active = name <> 'gone'`);
    await run(
      db,
      `INSERT INTO carrier_case (organisation_id, carrier_id, kind, state, simulated, from_at,
         cells, vehicles, evidence, opened_at, opened_by)
       VALUES (1, 2, 'area', 'open', false, '2026-11-25T11:00:00Z', '{}', 20, 1, now(), 'it')`,
    );
    /** Those that came by this turn. */
    const lettersOf = async () => {
      await mailDesks.run(services);
      return office.letters.splice(0);
    };

    await t.test('not before it is sent; then all contacts of this carrier', async () => {
      assert.equal((await say(national, 'Først oss imellom')).status, 201);
      assert.deepEqual(await lettersOf(), []);
      assert.equal((await command(national, 'send')).status, 200);
      const [letter = '', ...more] = await lettersOf();
      assert.deepEqual(more, []);
      assert.match(letter, /^To: a@telia\.example, b@telia\.example\r$/m);
      assert.match(letter, /^Subject: Sak 1, Telia: Ny sak\r$/m);
      assert.match(letter, /http:\/\/localhost:8080\/carriers\/1/);
      assert.deepEqual(await lettersOf(), [], 'once');
    });

    await t.test('a message waits for a mail server that is away; what it says stays', async () => {
      office.isShut = true;
      assert.equal((await say(national, 'Hvordan går det?')).status, 201);
      assert.deepEqual(await lettersOf(), []);
      office.isShut = false;
      assert.deepEqual(await lettersOf(), [], 'not at once');
      clock.ms += 5_000;
      const [letter = ''] = await lettersOf();
      assert.match(letter, /^Subject: Sak 1, Telia: Ny melding\r$/m);
      assert.doesNotMatch(letter, /Hvordan/);
    });

    await t.test('a mail that is given up leaves a line in the log', async () => {
      const { lines } = services.log as unknown as { lines: { event: string }[] };
      const givenUp = () => lines.filter(({ event }) => event === 'mail.given_up');
      office.isShut = true;
      assert.equal((await say(national, 'Er dere der?')).status, 201);
      await run(db, `UPDATE carrier_case_mail SET tries = ${TRIES_MOST - 2}`);
      await lettersOf();
      assert.deepEqual(givenUp(), [], 'one try is left');
      await run(db, `UPDATE carrier_case_mail SET due_at = 'epoch'`);
      await lettersOf();
      assert.equal(givenUp().length, 1);
      office.isShut = false;
      assert.deepEqual(await lettersOf(), []);
    });

    await t.test('what the carrier says and does itself is no news to it', async () => {
      await say(telia, 'Vi ser på det');
      assert.equal((await command(telia, 'resolve')).status, 200);
      assert.deepEqual(await lettersOf(), []);
      assert.equal((await command(national, 'reopen')).status, 200);
      assert.equal((await lettersOf()).length, 1);
    });

    await t.test('without a contact who has an address nothing waits', async () => {
      await run(db, 'UPDATE app_user SET email = NULL');
      assert.equal((await command(national, 'withdraw')).status, 200);
      assert.deepEqual(await lettersOf(), []);
      assert.deepEqual(await run(db, 'SELECT FROM carrier_case_mail'), []);
    });
    office.close();
    await server.close();
    await db.close();
  });
}
