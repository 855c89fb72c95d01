// TMF621 v5 with payloads of the specification's own shape: its fields and nesting, also those that
// mean nothing here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CASE_STATES, TMF621_BASE, type TmfTicket } from '@rmh/contract/api';
import { SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { testServer, testServices } from '../http/testing.ts';
import { plantFleet } from '../telemetry/testing.ts';
import { routes } from './index.ts';
import { move } from './states.ts';
import { plantCarriers } from './testing.ts';
import { commandFor, statesFor } from './tmf621.ts';

const PATH = `${TMF621_BASE}/troubleTicket`;

const EXAMPLE = {
  '@type': 'TroubleTicket',
  name: 'Compliant over last bill',
  description: 'Complaint for incorrect billing',
  severity: 'Urgent',
  priority: 'High',
  ticketType: 'Bills, charges or payment',
  requestedResolutionDate: '2026-12-15T09:37:40.508Z',
  channel: { '@type': 'ChannelRef', id: '8774', name: 'Self Service' },
  externalIdentifier: [
    {
      '@type': 'ExternalIdentifier',
      id: '213432435',
      owner: 'Telia',
      externalIdentifierType: 'troubleTicket',
    },
  ],
  relatedEntity: [
    {
      '@type': 'RelatedEntity',
      role: 'bill',
      entity: { '@type': 'EntityRef', id: '3472', '@referredType': 'CustomerBill' },
    },
  ],
  relatedParty: [
    {
      '@type': 'RelatedPartyRefOrPartyRoleRef',
      role: 'member',
      partyOrPartyRole: {
        '@type': 'PartyRef',
        id: '3472',
        name: 'John Doe',
        '@referredType': 'Individual',
      },
    },
  ],
  note: [{ '@type': 'Note', id: '77456', author: 'Arthur Evans', text: 'This is quite important' }],
};
const ABOUT_ALARM = {
  ...EXAMPLE,
  relatedEntity: [
    ...EXAMPLE.relatedEntity,
    {
      '@type': 'RelatedEntity',
      role: 'cause',
      entity: { '@type': 'EntityRef', id: '5', '@referredType': 'Alarm' },
    },
  ],
};

test('Every state of ours has one status of theirs, from which it is found', () => {
  const found = ['pending', 'acknowledged', 'inProgress', 'resolved', 'closed', 'cancelled'];
  const states = found.flatMap((status) => statesFor(status as 'pending'));
  assert.deepEqual(states.toSorted(), [...CASE_STATES].toSorted());
  assert.deepEqual([...statesFor('held'), ...statesFor('rejected')], []);
  const leads = commandFor('open', 'acknowledged') ?? 'close';
  assert.equal(move('open', leads, 'health'), 'sent');
});

for (const { kind, open } of databases().slice(-1)) {
  test(`A ticket system makes and follows a case by TMF621 (${kind})`, async () => {
    const db = await open();
    const { regions } = await plantFleet(db, 1);
    await plantCarriers(db);
    await db.transaction(SYSTEM, (sql) =>
      sql.query(`INSERT INTO alarm (id, key, organisation_id, kind, severity, simulated, carrier,
        cells, vehicles, since, raised_at, updated_at) VALUES (5, 'area', 1, 'carrier-area',
        'major', false, 'telia', '{8609990dfffffff}', 9, now(), now(), now())`),
    );
    const server = await testServer(testServices(db), routes);
    const system = await server.service(1, ['case.read', 'case.write']);
    const refused = await system(`POST ${PATH}`, { body: EXAMPLE });
    assert.match(refused.text, /expected an Alarm/);
    const made = await system(`POST ${PATH}`, { body: ABOUT_ALARM });
    assert.equal(made.status, 201, made.text);
    const ticket = made.body as unknown as TmfTicket;
    assert.equal(made.headers['location'], `${PATH}/${ticket.id}`);
    assert.equal(ticket.status, 'pending');
    assert.equal(ticket.relatedParty[1]?.partyOrPartyRole.name, 'Telia');
    assert.deepEqual(
      ticket.note.map(({ text }) => text),
      ['This is quite important'],
    );
    assert.equal((await system(`POST ${PATH}`, { body: ABOUT_ALARM })).status, 409);

    const patch = (body: object) => system(`PATCH ${PATH}/${ticket.id}`, { body });
    assert.equal((await patch({ status: 'acknowledged' })).status, 409, 'no evidence yet');
    await db.transaction(SYSTEM, (sql) => sql.query('UPDATE carrier_case SET evidence = 1'));
    for (const status of ['acknowledged', 'acknowledged', 'inProgress', 'resolved']) {
      assert.equal((await patch({ status })).body['status'], status);
    }
    const note = [...ticket.note, { text: 'Takk' }];
    const said = (await patch({ note })).body as unknown as TmfTicket;
    assert.deepEqual(
      said.note.map(({ text }) => text),
      ['This is quite important', 'Takk'],
    );
    assert.equal((await patch({ status: 'held' })).status, 400);
    const closed = (await patch({ status: 'closed' })).body as unknown as TmfTicket;
    assert.equal(closed.status, 'closed');

    const counted = async (query: string) => {
      const reply = await system(`GET ${PATH}?${query}`);
      return [JSON.parse(reply.text).length, reply.headers['x-total-count']];
    };
    assert.deepEqual(await counted('limit=1'), [1, '1']);
    assert.deepEqual(await counted('status=closed'), [1, '1']);
    assert.deepEqual(await counted('status=rejected'), [0, '0']);
    const elsewhere = await server.service(regions[0] ?? 0, ['case.read', 'case.write']);
    assert.equal((await elsewhere(`GET ${PATH}/${ticket.id}`)).status, 404);
    await server.close();
    await db.close();
  });
}
