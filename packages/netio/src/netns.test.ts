import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { NetError } from './errors.ts';
import { capabilities, readSysctl, sysctl } from './host.ts';
import { Rtnl } from './netlink/rtnl.ts';
import { closeNetns, createNetns, inNetns } from './netns.ts';
import { runInSandbox } from './testing/sandbox.ts';

if (runInSandbox(import.meta.url)) {
  const here = () => readlinkSync('/proc/thread-self/ns/net');

  test('inNetns goes there and comes back, also when the work throws', () => {
    const home = here();
    const netns = createNetns();
    assert.equal(here(), home);
    assert.notEqual(inNetns(netns, here), home);
    assert.throws(() =>
      inNetns(netns, () => {
        throw new Error('in there');
      }),
    );
    assert.equal(here(), home);
    closeNetns(netns);
  });

  test('a child joins through an inherited descriptor, and no other child has it', () => {
    const netns = createNetns();
    const there = inNetns(netns, here);
    const join = ['--net=/proc/self/fd/3', 'readlink', '/proc/self/ns/net'];
    const child = spawnSync('nsenter', join, {
      stdio: ['ignore', 'pipe', 'pipe', netns],
      encoding: 'utf8',
    });
    assert.equal(child.stdout.trim(), there, child.stderr);
    const other = spawnSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' });
    assert.ok(!other.stdout.includes(there), 'descriptors close on exec');
    closeNetns(netns);
  });

  test('sysctl below net/ is of the namespace that the thread is in', () => {
    const netns = createNetns();
    inNetns(netns, () => sysctl('net.ipv4.ip_forward', 1));
    assert.equal(
      inNetns(netns, () => readSysctl('net/ipv4/ip_forward')),
      '1',
    );
    assert.equal(readSysctl('net.ipv4.ip_forward'), '0');
    assert.throws(() => sysctl('net.ipv4.no_such', 1), NetError);
    assert.throws(() => sysctl('net/../kernel/panic', 1), NetError);
    closeNetns(netns);
  });

  test('a namespace starts with loopback down and ends with its devices', () => {
    const netns = createNetns();
    const rtnl = Rtnl.open();
    rtnl.createVeth('a0', 'b0', netns);
    const up = inNetns(netns, () => {
      const there = Rtnl.open();
      const link = there.link('lo');
      there.close();
      return link?.up;
    });
    assert.equal(up, false);
    closeNetns(netns);
    // The kernel takes namespaces down in its own time.
    const deadline = Date.now() + 5000;
    while (rtnl.link('a0') !== null) assert.ok(Date.now() < deadline, 'the pair goes');
    rtnl.close();
  });

  test('capabilities are those of the sandbox', () => {
    assert.deepEqual([capabilities().netAdmin, capabilities().sysAdmin], [true, true]);
  });
}
