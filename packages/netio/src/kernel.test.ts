import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { openKernel } from './kernel.ts';
import { Rtnl } from './netlink/rtnl.ts';
import { runInSandbox } from './testing/sandbox.ts';
import { waitForLinks } from './testing/wait.ts';

if (runInSandbox(import.meta.url)) {
  test('openKernel sets, keeps and removes addresses and routes of ours', () => {
    const [kernel, rtnl] = [openKernel(), Rtnl.open()];
    rtnl.createVeth('a0', 'b0');
    rtnl.setLink('b0', { up: true });
    kernel.setLink('a0', 1300);
    waitForLinks(['a0', 'b0']);
    for (const prefix of ['10.1.0.2/24', 'fd00::2/64']) {
      kernel.addAddress('a0', prefix);
      kernel.addAddress('a0', prefix);
    }
    const a0 = kernel.links().find(({ name }) => name === 'a0');
    assert.deepEqual(a0?.addresses, ['10.1.0.2/24', 'fd00::2/64'], 'fe80:: is not global');
    assert.deepEqual([a0?.up, a0?.carrier, rtnl.link('a0')?.mtu], [true, true, 1300]);
    assert.deepEqual(kernel.links().find(({ name }) => name === 'lo')?.addresses, []);

    const prefixes = ['10.9.0.0/16', 'fd09::/48', '0.0.0.0/0', '::/0'];
    rtnl.addRoute({ to: '10.8.0.0/16', device: 'a0' });
    for (const prefix of [...prefixes, ...prefixes]) kernel.replaceRoute({ prefix, device: 'a0' });
    const own = () =>
      kernel
        .ownRoutes()
        .map(({ prefix }) => prefix)
        .toSorted();
    assert.deepEqual(own(), prefixes.toSorted());
    for (const prefix of [...prefixes, ...prefixes]) kernel.removeRoute({ prefix, device: 'a0' });
    assert.deepEqual(own(), []);
    kernel.removeAddress('a0', '10.1.0.2/24');
    kernel.removeAddress('a0', '10.1.0.2/24');
    kernel.removeRoute({ prefix: '10.9.0.0/16', device: 'nowhere0' });
    assert.throws(() => kernel.setLink('nowhere0', 1300), { code: 'link.unknown' });
    rtnl.deleteLink('a0');
    rtnl.close();
    kernel.close();
  });

  test('openKernel watches links and addresses on the event loop, until told to stop', async () => {
    const [kernel, rtnl] = [openKernel(), Rtnl.open()];
    let changes = 0;
    let [heard, hear] = alarm();
    const stop = kernel.watch(() => {
      changes++;
      hear();
    });
    rtnl.createVeth('a0', 'b0');
    await heard;
    [heard, hear] = alarm();
    rtnl.addAddress('a0', '10.1.0.2/24');
    await heard;
    stop();
    stop();
    const before = changes;
    rtnl.deleteLink('a0');
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(changes, before);
    rtnl.close();
    kernel.close();
  });

  test('openKernel reads a setting, and null where there is none', () => {
    const kernel = openKernel();
    kernel.writeSysctl('net/ipv4/ip_forward', '1');
    assert.equal(kernel.readSysctl('net/ipv4/ip_forward'), '1');
    assert.equal(kernel.readSysctl('net/ipv4/no_such'), null);
    kernel.close();
  });
}

/** A promise that fails after two seconds, and what fulfils it. */
function alarm(): [heard: Promise<void>, hear: () => void] {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error('nothing was heard')), 2000);
  const hear = (): void => {
    clearTimeout(timer);
    resolve();
  };
  return [promise, hear];
}
