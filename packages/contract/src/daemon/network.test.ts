import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { RmhError } from '../error.ts';
import { FakeKernel } from './kernel.fake.ts';
import { keepLog } from './log.ts';
import { Network, type NetworkItem } from './network.ts';

const ADDRESS: NetworkItem = { kind: 'address', device: 'lan0', prefix: '10.1.0.1/24' };
const ROUTE: NetworkItem = { kind: 'route', device: 'rmh0', prefix: '10.0.0.0/8' };
const LINK: NetworkItem = { kind: 'link', device: 'rmh0', mtu: 1340 };
const KEY = 'net/ipv4/conf/lan0/forwarding';
const SETTING: NetworkItem = { kind: 'sysctl', device: 'lan0', key: KEY, value: '1' };

function setup() {
  const kernel = new FakeKernel();
  kernel.plug('rmh0');
  const log = keepLog();
  return { kernel, log, network: new Network(kernel, log) };
}

test('what is wanted is set once, and a second look does nothing', () => {
  const { kernel, network } = setup();
  kernel.plug('lan0');
  network.reconcile([LINK, ADDRESS, ROUTE]);
  network.reconcile([LINK, ADDRESS, ROUTE]);
  assert.deepEqual(kernel.calls, [
    'setLink rmh0 1340',
    'addAddress lan0 10.1.0.1/24',
    'replaceRoute rmh0 10.0.0.0/8',
  ]);
});

test('what is wanted no more is removed, the last first', () => {
  const { kernel, network } = setup();
  kernel.plug('lan0');
  network.reconcile([ADDRESS, ROUTE]);
  kernel.calls = [];
  network.removeAll();
  assert.deepEqual(kernel.calls, ['removeRoute rmh0 10.0.0.0/8', 'removeAddress lan0 10.1.0.1/24']);
  assert.deepEqual(kernel.ownRoutes(), []);
});

test('a missing device is a problem that heals when it is plugged in', () => {
  const { kernel, log, network } = setup();
  network.reconcile([ADDRESS]);
  network.reconcile([ADDRESS]);
  assert.equal(network.problems().length, 1);
  kernel.plug('lan0');
  network.reconcile([ADDRESS]);
  assert.deepEqual(network.problems(), []);
  assert.deepEqual(
    log.lines.map(({ event }) => event),
    ['net.failed', 'net.healed'],
    'each is said once',
  );
});

test('a device that was replugged gets its address again', () => {
  const { kernel, network } = setup();
  kernel.plug('lan0');
  network.reconcile([ADDRESS]);
  kernel.unplug('lan0');
  network.reconcile([ADDRESS]);
  kernel.plug('lan0');
  network.reconcile([ADDRESS]);
  assert.deepEqual(kernel.facts.get('lan0')?.addresses, ['10.1.0.1/24']);
});

test('an address that another program flushed is set again', () => {
  const { kernel, network } = setup();
  kernel.plug('lan0');
  network.reconcile([ADDRESS]);
  kernel.change('lan0', { addresses: [] });
  network.reconcile([ADDRESS]);
  assert.deepEqual(kernel.facts.get('lan0')?.addresses, ['10.1.0.1/24']);
});

test('routes are set again after their device was down', () => {
  const { kernel, network } = setup();
  network.reconcile([ROUTE]);
  kernel.routes.clear();
  kernel.change('rmh0', { up: false });
  network.reconcile([LINK, ROUTE]);
  assert.equal(kernel.ownRoutes().length, 1);
});

test('a setting is put back to what it was', () => {
  const { kernel, network } = setup();
  kernel.plug('lan0');
  kernel.sysctls.set(KEY, '0');
  network.reconcile([SETTING]);
  assert.equal(kernel.sysctls.get(KEY), '1');
  network.removeAll();
  assert.equal(kernel.sysctls.get(KEY), '0');
});

test('a setting that was right before is left alone', () => {
  const { kernel, network } = setup();
  kernel.plug('lan0');
  kernel.sysctls.set(KEY, '1');
  network.reconcile([SETTING]);
  network.removeAll();
  assert.deepEqual(kernel.calls, []);
});

test('a setting that cannot be written is a problem, not the end', () => {
  const { kernel, network } = setup();
  kernel.plug('lan0');
  kernel.sysctls.set(KEY, '0');
  kernel.refuse.set(`writeSysctl ${KEY}`, 'EACCES');
  network.reconcile([SETTING]);
  assert.match(network.problems()[0]?.message ?? '', /is 0, needs 1/);
});

test('no permission for routes is the end: RMH_NET_PERMISSION', () => {
  const { kernel, network } = setup();
  for (const errno of ['EPERM', 'permission.missing']) {
    kernel.refuse.set('replaceRoute rmh0', errno);
    assert.throws(
      () => network.reconcile([ROUTE]),
      (error) => error instanceof RmhError && error.code === 'RMH_NET_PERMISSION' && !error.heals,
    );
  }
});

test('routes of an earlier run on our device are removed, on others they stay', () => {
  const { kernel, log, network } = setup();
  kernel.replaceRoute({ prefix: '10.9.0.0/16', device: 'rmh0' });
  kernel.replaceRoute({ prefix: '10.9.0.0/16', device: 'rmh1' });
  network.removeLeftovers('rmh0');
  assert.deepEqual(kernel.ownRoutes(), [{ prefix: '10.9.0.0/16', device: 'rmh1' }]);
  assert.equal(log.lines[0]?.event, 'net.leftover_removed');
});

for (const [all, own, after] of [
  ['1', '0', '2'],
  ['0', '1', '2'],
  ['0', '0', '0'],
  ['2', '1', '1'],
] as const) {
  test(`rp_filter all=${all} device=${own} becomes device=${after}, and is put back`, () => {
    const { kernel, log, network } = setup();
    const key = 'net/ipv4/conf/rmh0/rp_filter';
    kernel.sysctls.set('net/ipv4/conf/all/rp_filter', all);
    kernel.sysctls.set(key, own);
    network.reconcile([{ kind: 'loose', device: 'rmh0' }]);
    assert.equal(kernel.sysctls.get(key), after);
    assert.equal(
      log.lines.some(({ event }) => event === 'sysctl.rp_filter'),
      own !== after,
    );
    network.removeAll();
    assert.equal(kernel.sysctls.get(key), own);
  });
}
