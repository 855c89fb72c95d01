// TMF641 v4 with payloads in the form of the specification's own example ("BSS747"): its fields
// and nesting, also those that mean nothing here.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type Order, type OrderState, TMF641_BASE, type TmfOrder } from '@rmh/contract/api';
import { databases } from '../db/testing.ts';
import { routes as orders } from './index.ts';
import { cast, ifMatch, plantCatalogue, plantNation, withKey } from './testing.ts';
import { filterFor, tmfStateOf } from './tmf641.ts';

const PATH = `${TMF641_BASE}/serviceOrder`;

/** As in the specification: one add of a "vCPE", with everything around it. */
const EXAMPLE = {
  externalId: 'BSS747',
  priority: '1',
  description: 'Service order description',
  category: 'TMF resource illustration',
  requestedStartDate: '2026-12-15T09:37:40.508Z',
  requestedCompletionDate: '2026-12-15T09:37:40.508+01:00',
  '@type': 'ServiceOrder',
  note: [{ date: '2026-11-26T09:37:40.508Z', id: '1', author: 'Harvey Poupon', text: 'Some text' }],
  orderRelationship: [
    {
      id: '44',
      href: 'http://serverlocation:port/serviceOrdering/v4/serviceOrder/44',
      relationshipType: 'dependency',
      '@referredType': 'ServiceOrder',
    },
  ],
  relatedParty: [
    {
      href: 'http://serverlocation:port/partyManagement/v4/party/456-dd-df45',
      id: '456-dd-df45',
      name: 'Joe Doe',
      role: 'Seller',
      '@type': 'RelatedParty',
      '@referredType': 'Individual',
    },
  ],
  serviceOrderItem: [
    {
      id: '1',
      action: 'add',
      '@type': 'ServiceOrderItem',
      service: {
        '@type': 'Service',
        state: 'active',
        serviceType: 'CFS',
        serviceCharacteristic: [
          {
            name: 'vCPE_IP',
            valueType: 'Object',
            value: {
              '@type': 'IPAddress',
              '@schemaLocation': 'http://my.schemas/IPAddress.schema.json',
              IPAddress: '193.218.236.21',
            },
          },
        ],
        serviceSpecification: {
          '@type': 'ServiceSpecificationRef',
          id: '12',
          href: 'http://serverlocation:port/serviceCatalogManagement/v4/serviceSpecification/12',
          name: 'vCPE',
          version: '1',
        },
      },
      serviceOrderItemRelationship: [],
    },
  ],
};

const item = (id: string, specification: string, vehicle: unknown, action = 'add') => ({
  id,
  action,
  service: {
    serviceSpecification: { id: specification },
    serviceCharacteristic: [{ name: 'vehicle', valueType: 'string', value: vehicle }],
  },
});

test('Every state of ours has one of theirs, and is found by it', () => {
  const order = (state: OrderState, itemsCompleted: number) =>
    ({ state, items: 2, itemsCompleted }) as Order;
  const told = (
    [
      ['placed', 0, 'acknowledged'],
      ['acknowledged', 0, 'acknowledged'],
      ['in-progress', 0, 'inProgress'],
      ['partial', 1, 'inProgress'],
      ['held', 0, 'held'],
      ['completed', 2, 'completed'],
      ['completed', 1, 'partial'],
      ['rejected', 0, 'rejected'],
      ['cancelled', 0, 'cancelled'],
    ] as const
  ).map(([state, completed, theirs]) => {
    assert.equal(tmfStateOf(order(state, completed)), theirs);
    const { states, wholly } = filterFor(theirs);
    return states.includes(state) && (wholly ?? completed === 2) === (completed === 2);
  });
  assert.ok(told.every(Boolean));
});

for (const { kind, open } of databases()) {
  test(`A procurement system orders and follows by TMF641 (${kind})`, async (t) => {
    const db = await open();
    await plantNation(db);
    const { server, national, coordinator } = await cast(db, orders);
    await plantCatalogue(national);
    const system = await server.service(2, ['order.read', 'order.write']);
    const post = (body: object, client = system) => client(`POST ${PATH}`, { body });
    const real = {
      ...EXAMPLE,
      serviceOrderItem: [
        item('1', 'KIT-1', 'A-1'),
        item('2', 'SIM-TN', 'A-1'),
        item('3', 'SIM-TN', 'A-3'),
      ],
    };

    await t.test(
      "the specification's example is read; only its service is not sold here",
      async () => {
        const refused = await post(EXAMPLE);
        assert.equal(refused.status, 400);
        assert.deepEqual(refused.body['fields'], [
          {
            field: 'serviceOrderItem.0.service.serviceCharacteristic',
            reason: 'expected `vehicle`, a call sign',
          },
        ]);
        const wrong = await post({ ...EXAMPLE, serviceOrderItem: [item('1', '12', 'B-9')] });
        assert.deepEqual(
          (wrong.body['fields'] as { reason: string }[]).map(({ reason }) => reason),
          ['not in the catalogue', 'the buyer has no vehicle of this call sign'],
        );
        const change = { ...EXAMPLE, serviceOrderItem: [item('1', 'KIT-1', 'A-1', 'modify')] };
        assert.match((await post(change)).text, /serviceOrderItem\.0\.action/);
      },
    );

    await t.test('with services of the catalogue it is an order like any other', async () => {
      const made = await post(real);
      assert.equal(made.status, 201, made.text);
      const order = made.body as TmfOrder;
      assert.equal(made.headers['location'], `${PATH}/${order.id}`);
      assert.equal(order.state, 'acknowledged');
      assert.equal(order.externalId, 'BSS747');
      assert.equal(order.requestedCompletionDate, '2026-12-15T00:00:00.000Z');
      assert.deepEqual(
        order.serviceOrderItem.map(({ service, state }) => [
          service.serviceSpecification.id,
          service.serviceCharacteristic[0]?.value,
          state,
        ]),
        [
          ['KIT-1', 'A-1', 'acknowledged'],
          ['SIM-TN', 'A-1', 'acknowledged'],
          ['SIM-TN', 'A-3', 'acknowledged'],
        ],
      );
      assert.equal((await post(real)).status, 409, 'an externalId orders once');
      const seen = (await coordinator(`GET /orders/${order.id}`)).body as Order;
      assert.equal(seen.onceOre, 4_870_033 + 2 * 9_900);
    });

    await t.test('it is followed, and found by state and externalId', async () => {
      const order = (await coordinator('GET /orders/1')).body as Order;
      let version = order.version;
      for (const command of ['acknowledge', 'start']) {
        const body = { command, reason: null, itemIds: null };
        const call = { body, ...withKey(ifMatch(version)) };
        version = (await national('POST /orders/1/command', call)).body['version'] as number;
      }
      const got = (await system(`GET ${PATH}/1`)).body as TmfOrder;
      assert.equal(got.state, 'inProgress');
      const found = async (query: string) => {
        const reply = await system(`GET ${PATH}?${query}`);
        return [JSON.parse(reply.text).length, reply.headers['x-total-count']];
      };
      await post({ ...real, externalId: 'BSS748', serviceOrderItem: [item('1', 'SIM-TE', 'A-4')] });
      assert.deepEqual(await found('limit=1'), [1, '2']);
      assert.deepEqual(await found('offset=2'), [0, '2']);
      assert.deepEqual(await found('state=inProgress'), [1, '1']);
      assert.deepEqual(await found('state=acknowledged&externalId=BSS748'), [1, '1']);
      assert.deepEqual(await found('state=partial'), [0, '0']);
      const reading = await server.service(2, ['order.read']);
      assert.equal((await post(real, reading)).status, 403);
      const elsewhere = await server.service(3, ['order.read', 'order.write']);
      assert.equal((await elsewhere(`GET ${PATH}/1`)).status, 404);
    });

    await t.test('who may order for several says for whom', async () => {
      const nation = await server.service(1, ['order.read', 'order.write']);
      const buyer = { id: '3', role: 'buyer' };
      const body = {
        relatedParty: [buyer],
        serviceOrderItem: [item('1', 'SIM-TE', 'B-9')],
      };
      const made = await post(body, nation);
      assert.equal(made.status, 201, made.text);
      assert.equal((made.body as TmfOrder).relatedParty[0]?.id, '3');
      const named = { ...body, relatedParty: [{ id: 'x', role: 'buyer' }] };
      assert.equal((await post(named, nation)).status, 400);
    });
    await server.close();
    await db.close();
  });
}
