import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { NetError } from '../errors.ts';
import { closeNetns, createNetns, inNetns } from '../netns.ts';
import { runInSandbox } from '../testing/sandbox.ts';
import { Rtnl } from './rtnl.ts';

if (runInSandbox(import.meta.url)) {
  const rtnl = Rtnl.open();

  test('links: loopback is there; a veth pair appears, changes and goes', () => {
    assert.equal(rtnl.link('lo')?.loopback, true);
    rtnl.createVeth('a0', 'b0');
    assert.deepEqual(
      rtnl
        .links()
        .map((link) => link.name)
        .sort(),
      ['a0', 'b0', 'lo'],
    );
    assert.equal(rtnl.link('a0')?.kind, 'veth');
    assert.match(rtnl.link('a0')?.hardwareAddress ?? '', /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
    rtnl.setLink('a0', { rename: 'c0', mtu: 1300 });
    rtnl.setLink('c0', { up: true });
    assert.deepEqual(pick(rtnl.link('c0')), { up: true, carrier: false, mtu: 1300 });
    rtnl.setLink('b0', { up: true });
    assert.deepEqual(pick(rtnl.link('c0')), { up: true, carrier: true, mtu: 1300 });
    rtnl.setLink('c0', { up: false });
    assert.equal(rtnl.link('b0')?.running, false);
    rtnl.deleteLink('c0');
    assert.equal(rtnl.link('b0'), null);
  });

  test('a link moves to another namespace, or is born there', () => {
    const netns = createNetns();
    rtnl.createVeth('a0', 'b0', netns);
    assert.equal(rtnl.link('b0'), null);
    rtnl.createVeth('x0', 'y0');
    rtnl.setLink('y0', { netnsFd: netns });
    const there = inNetns(netns, () => Rtnl.open());
    assert.deepEqual(
      there
        .links()
        .map((link) => link.name)
        .sort(),
      ['b0', 'lo', 'y0'],
    );
    there.close();
    rtnl.deleteLink('a0');
    rtnl.deleteLink('x0');
    closeNetns(netns);
  });

  test('addresses of both families, as ip prints them', () => {
    rtnl.createVeth('a0', 'b0');
    rtnl.addAddress('a0', '10.1.0.2/24');
    rtnl.addAddress('a0', '10.2.0.1/32', { peer: '10.2.0.9' });
    rtnl.addAddress('a0', 'fd00::2/64', { noDad: true, noPrefixRoute: true });
    assert.deepEqual(
      rtnl.addresses('a0').map(({ prefix, peer }) => [prefix, peer]),
      [
        ['10.1.0.2/24', null],
        ['10.2.0.1/32', '10.2.0.9'],
        ['fd00::2/64', null],
      ],
    );
    assert.throws(() => rtnl.addAddress('a0', '10.1.0.2/24'), hasCode('address.exists'));
    rtnl.deleteAddress('a0', '10.1.0.2/24');
    rtnl.deleteAddress('a0', 'fd00::2/64');
    assert.throws(() => rtnl.deleteAddress('a0', '10.1.0.2/24'), hasCode('address.unknown'));
    assert.throws(() => rtnl.addAddress('a0', '10.1.0/24'), hasCode('netlink.invalid'));
    assert.equal(rtnl.addresses('a0').length, 1);
    rtnl.deleteLink('a0');
  });

  test('routes of both families: add, refuse a second, replace, delete', () => {
    raisePair();
    for (const [to, via, other] of [
      ['10.9.0.0/16', '10.1.0.1', '10.1.0.7'],
      ['fd09::/48', 'fd00::1', 'fd00::7'],
      ['default', '10.1.0.1', '10.1.0.7'],
      ['default', 'fd00::1', 'fd00::7'],
    ] as const) {
      const route = { to, via, device: 'a0', metric: 50, table: 1000, protocol: 99 };
      const found = () => rtnl.routes().filter((record) => record.table === 1000);
      rtnl.addRoute(route);
      const family = via.includes(':') ? 6 : 4;
      assert.deepEqual(found(), [{ ...route, family, kind: 'unicast', source: null }]);
      assert.throws(() => rtnl.addRoute(route), hasCode('route.exists'));
      rtnl.addRoute({ ...route, via: other }, { replace: true });
      assert.deepEqual(
        found().map((record) => record.via),
        [other],
      );
      rtnl.deleteRoute({ to, table: 1000, family });
      assert.deepEqual(found(), []);
      assert.throws(() => rtnl.deleteRoute({ to, table: 1000, family }), hasCode('route.unknown'));
    }
    rtnl.deleteLink('a0');
  });

  test('routes: by device alone, with a source, and black holes', () => {
    raisePair();
    rtnl.addRoute({ to: '10.20.0.0/24', device: 'a0', source: '10.1.0.2' });
    rtnl.addRoute({ to: 'fd20::/64', device: 'a0' });
    rtnl.addRoute({ to: '10.30.0.0/24', kind: 'blackhole' });
    rtnl.addRoute({ to: 'fd30::/64', kind: 'unreachable' });
    const find = (to: string) => rtnl.routes().find((record) => record.to === to);
    assert.deepEqual(
      [find('10.20.0.0/24')?.source, find('10.20.0.0/24')?.protocol],
      ['10.1.0.2', 4],
    );
    assert.equal(find('fd20::/64')?.device, 'a0');
    assert.equal(find('10.30.0.0/24')?.kind, 'blackhole');
    assert.equal(find('fd30::/64')?.kind, 'unreachable');
    rtnl.deleteRoute({ to: '10.30.0.0/24', kind: 'blackhole' });
    rtnl.deleteRoute({ to: 'fd30::/64' });
    assert.throws(
      () => rtnl.addRoute({ to: '10.40.0.0/24', via: '192.0.2.1' }),
      hasCode('route.unreachable'),
    );
    rtnl.deleteLink('a0');
  });

  test('rules choose a table by source', () => {
    const rule = { from: '10.1.0.2/32', table: 1001, priority: 100 };
    rtnl.addRule(rule);
    rtnl.addRule({ to: 'fd09::/48', table: 1001, priority: 101 });
    assert.throws(() => rtnl.addRule(rule), hasCode('rule.exists'));
    const ours = rtnl.rules().filter(({ table }) => table === 1001);
    assert.deepEqual(
      ours.map(({ family, priority, from, to }) => [family, priority, from, to]),
      [
        [4, 100, '10.1.0.2/32', 'all'],
        [6, 101, 'all', 'fd09::/48'],
      ],
    );
    rtnl.deleteRule(rule);
    rtnl.deleteRule({ to: 'fd09::/48', table: 1001, priority: 101 });
    assert.throws(() => rtnl.deleteRule(rule), hasCode('rule.unknown'));
  });

  test('errors name the link and the reason', () => {
    assert.throws(() => rtnl.setLink('nowhere0', { up: true }), hasCode('link.unknown'));
    assert.throws(() => rtnl.createVeth('lo', 'b0'), hasCode('link.exists'));
    assert.throws(() => rtnl.createVeth('bad name', 'b0'), hasCode('netlink.invalid'));
    assert.throws(() => rtnl.addRoute({ to: '10.0.0.0/8', device: 'nowhere0' }), /nowhere0/);
    rtnl.createVeth('a0', 'b0');
    assert.throws(
      () => rtnl.setLink('a0', { mtu: 10 }),
      (error: Error) => {
        return /change link a0.*EINVAL.*mtu/i.test(error.message);
      },
    );
    rtnl.deleteLink('a0');
  });

  test('ten thousand routes list whole', () => {
    raisePair();
    for (let i = 0; i < 10_000; i++) {
      rtnl.addRoute({ to: `10.${100 + (i >> 8)}.${i & 255}.0/24`, device: 'a0', table: 1002 });
    }
    assert.equal(rtnl.routes().filter(({ table }) => table === 1002).length, 10_000);
    rtnl.deleteLink('a0');
    assert.equal(rtnl.routes().filter(({ table }) => table === 1002).length, 0);
  });

  function raisePair(): void {
    rtnl.createVeth('a0', 'b0');
    rtnl.setLink('a0', { up: true });
    rtnl.setLink('b0', { up: true });
    rtnl.addAddress('a0', '10.1.0.2/24');
    rtnl.addAddress('a0', 'fd00::2/64', { noDad: true });
  }
}

function pick(link: ReturnType<Rtnl['link']>) {
  return link && { up: link.up, carrier: link.carrier, mtu: link.mtu };
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof NetError && error.code === code;
}
