import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Announcements } from './announcements.ts';

test('the newest announcement is believed', () => {
  const table = new Announcements();
  assert.deepEqual(table.announce('gw1', 'a'), { prefix: 'a', via: 'gw1' });
  assert.deepEqual(table.announce('gw2', 'a'), { prefix: 'a', via: 'gw2' });
  assert.equal(table.viaOf('a'), 'gw2');
});

test('saying the same again changes nothing, and does not make it newer', () => {
  const table = new Announcements();
  table.announce('gw1', 'a');
  table.announce('gw2', 'a');
  assert.equal(table.announce('gw1', 'a'), null);
  assert.equal(table.viaOf('a'), 'gw2');
});

test('when the believed one leaves, the one before is believed again', () => {
  const table = new Announcements();
  table.announce('gw1', 'a');
  table.announce('gw2', 'a');
  assert.deepEqual(table.withdraw('gw2', 'a'), { prefix: 'a', via: 'gw1' });
  assert.deepEqual(table.withdraw('gw1', 'a'), { prefix: 'a', via: null });
  assert.equal(table.withdraw('gw1', 'a'), null);
});

test('an older announcer changes nothing by leaving', () => {
  const table = new Announcements();
  table.announce('gw1', 'a');
  table.announce('gw2', 'a');
  assert.equal(table.withdraw('gw1', 'a'), null);
  assert.equal(table.viaOf('a'), 'gw2');
});

test('a gateway that dies takes all its prefixes along', () => {
  const table = new Announcements();
  table.announce('gw2', 'a');
  for (const prefix of ['a', 'b']) table.announce('gw1', prefix);
  assert.deepEqual(table.withdrawAll('gw1'), [
    { prefix: 'a', via: 'gw2' },
    { prefix: 'b', via: null },
  ]);
});

test('the changes, applied in order, are always the table', () => {
  const events = fc.array(
    fc.record({
      kind: fc.constantFrom('announce', 'announce', 'withdraw', 'die'),
      via: fc.constantFrom('gw1', 'gw2', 'gw3'),
      prefix: fc.constantFrom('a', 'b'),
    }),
  );
  fc.assert(
    fc.property(events, (all) => {
      const table = new Announcements();
      const routes = new Map<string, string>();
      for (const { kind, via, prefix } of all) {
        const changes =
          kind === 'die'
            ? table.withdrawAll(via)
            : [kind === 'announce' ? table.announce(via, prefix) : table.withdraw(via, prefix)];
        for (const change of changes) {
          if (change === null) continue;
          if (change.via === null) assert.ok(routes.delete(change.prefix), 'it was there');
          else routes.set(change.prefix, change.via);
        }
        for (const name of ['a', 'b']) assert.equal(routes.get(name) ?? null, table.viaOf(name));
      }
    }),
  );
});
