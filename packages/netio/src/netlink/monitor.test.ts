import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Poller } from '../poller.ts';
import { runInSandbox } from '../testing/sandbox.ts';
import { type LinkEvent, RtnlMonitor } from './monitor.ts';
import { Rtnl } from './rtnl.ts';

if (runInSandbox(import.meta.url)) {
  test('RtnlMonitor tells of links, addresses and routes that come, change and go', () => {
    const [rtnl, monitor, poller] = [Rtnl.open(), RtnlMonitor.open(), new Poller()];
    poller.add(monitor.fd);
    assert.deepEqual(monitor.read(), []);
    rtnl.createVeth('a0', 'b0');
    assert.equal(poller.wait(1e6), 1);
    assert.deepEqual(namesOf(monitor.read()).sort(), ['link.appeared a0', 'link.appeared b0']);

    rtnl.setLink('b0', { up: true });
    rtnl.setLink('a0', { up: true });
    const raised = collect(monitor, poller, (event) => {
      return event.kind === 'link.changed' && event.link.name === 'a0' && event.link.running;
    });
    assert.ok(raised.some((e) => e.kind === 'link.changed' && !e.before.up && e.link.up));

    rtnl.addAddress('a0', '10.1.0.2/24');
    rtnl.addRoute({ to: '10.9.0.0/16', via: '10.1.0.1' });
    const added = namesOf(monitor.read());
    assert.ok(added.includes('address.added 10.1.0.2/24 a0'), added.join());
    assert.ok(added.includes('route.added 10.9.0.0/16 a0'), added.join());
    rtnl.deleteRoute({ to: '10.9.0.0/16' });
    rtnl.deleteAddress('a0', '10.1.0.2/24');
    const removed = namesOf(monitor.read());
    assert.ok(removed.includes('address.removed 10.1.0.2/24 a0'), removed.join());
    assert.ok(removed.includes('route.removed 10.9.0.0/16 a0'), removed.join());

    rtnl.setLink('b0', { up: false });
    const lost = collect(monitor, poller, (event) => {
      return event.kind === 'link.changed' && event.link.name === 'a0' && !event.link.carrier;
    });
    assert.ok(lost.length > 0);
    rtnl.deleteLink('a0');
    const gone = namesOf(monitor.read());
    assert.ok(gone.includes('link.vanished a0') && gone.includes('link.vanished b0'), gone.join());
    monitor.close();
    rtnl.close();
  });

  test('RtnlMonitor reports an overrun once, and goes on with what is true now', () => {
    const [rtnl, monitor] = [Rtnl.open(), RtnlMonitor.open()];
    rtnl.createVeth('a0', 'b0');
    rtnl.setLink('a0', { up: true });
    rtnl.setLink('b0', { up: true });
    // The default buffer (208 KiB) holds a few hundred events.
    for (let i = 0; i < 5000; i++)
      rtnl.addRoute({ to: `10.${i >> 8}.${i & 255}.0/24`, device: 'a0' });
    rtnl.createVeth('c0', 'd0');
    const events = monitor.read();
    assert.equal(events.filter((event) => event.kind === 'overrun').length, 1);
    rtnl.deleteLink('c0');
    assert.ok(namesOf(monitor.read()).includes('link.vanished c0'));
    rtnl.deleteLink('a0');
    monitor.close();
    rtnl.close();
  });
}

/** Events until one is as wanted, or a second has passed. */
function collect(
  monitor: RtnlMonitor,
  poller: Poller,
  wanted: (event: LinkEvent) => boolean,
): LinkEvent[] {
  const all: LinkEvent[] = [];
  while (!all.some(wanted)) {
    assert.equal(poller.wait(1e6), 1, `only ${namesOf(all).join()}`);
    all.push(...monitor.read());
  }
  return all;
}

function namesOf(events: readonly LinkEvent[]): string[] {
  return events.map((event) => {
    if ('link' in event) return `${event.kind} ${event.link.name}`;
    if ('address' in event) return `${event.kind} ${event.address.prefix} ${event.address.device}`;
    if ('route' in event) return `${event.kind} ${event.route.to} ${event.route.device}`;
    return event.kind;
  });
}
