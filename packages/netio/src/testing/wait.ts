import { strict as assert } from 'node:assert';
import { nowUs } from '../clock.ts';
import { RtnlMonitor } from '../netlink/monitor.ts';
import { Rtnl } from '../netlink/rtnl.ts';
import { Poller } from '../poller.ts';

/**
 * Blocks until the links of the current namespace are running. A veth end whose peer came up
 * later silently drops what is sent for up to a second, until the kernel has noticed.
 */
export function waitForLinks(names: readonly string[], waitMsMax = 5000): void {
  const [monitor, rtnl, poller] = [RtnlMonitor.open(), Rtnl.open(), new Poller()];
  const deadlineUs = nowUs() + waitMsMax * 1000;
  poller.add(monitor.fd);
  try {
    while (!names.every((name) => rtnl.link(name)?.running === true)) {
      const leftUs = deadlineUs - nowUs();
      assert.ok(leftUs > 0, `${names.join(', ')} run within ${waitMsMax} ms`);
      poller.wait(leftUs);
      monitor.read();
    }
  } finally {
    monitor.close();
    rtnl.close();
  }
}
