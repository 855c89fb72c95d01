import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

const FOLDER = resolve(import.meta.dirname, '../../../deploy/systemd');
/** What each may do that an ordinary process may not. */
const CAPABILITIES = {
  'rmh-unit': 'CAP_NET_ADMIN CAP_NET_RAW CAP_NET_BIND_SERVICE',
  'rmh-gateway': 'CAP_NET_ADMIN',
  'rmh-platform': 'CAP_NET_BIND_SERVICE',
} as const;

// A unit in Debian without any of this stands at 9.6 ("UNSAFE"); ours at 2.3.
const EXPOSURE_MAX = 3;

function settings(name: string): Map<string, string> {
  const lines = readFileSync(`${FOLDER}/${name}.service`, 'utf8').split('\n');
  const pairs = lines.filter((line) => /^[A-Z]\w*=/.test(line));
  return new Map(
    pairs.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

for (const [name, wanted] of Object.entries(CAPABILITIES)) {
  const hasTunnel = name !== 'rmh-platform';

  test(`${name}.service has the least rights it can run with`, () => {
    const unit = settings(name);
    assert.equal(unit.get('AmbientCapabilities'), wanted);
    assert.equal(unit.get('CapabilityBoundingSet'), wanted);
    assert.equal(unit.get('User'), 'rmh');
    assert.equal(unit.get('NoNewPrivileges'), 'yes');
    assert.equal(unit.get('ProtectSystem'), 'strict');
    assert.equal(unit.get('DeviceAllow'), hasTunnel ? '/dev/net/tun rw' : undefined);
    const families = `AF_UNIX AF_INET AF_INET6${hasTunnel ? ' AF_NETLINK' : ''}`;
    assert.equal(unit.get('RestrictAddressFamilies'), families);
    // These would stop the daemon.
    const ofTunnel = hasTunnel ? ['PrivateDevices', 'ProtectKernelTunables'] : [];
    for (const key of ['MemoryDenyWriteExecute', ...ofTunnel]) {
      assert.equal(unit.get(key), undefined, key);
    }
  });

  test(`${name}.service starts a crash again, and leaves exit code 2 alone`, () => {
    const unit = settings(name);
    assert.equal(unit.get('Restart'), 'on-failure');
    assert.equal(unit.get('RestartPreventExitStatus'), '2');
    assert.ok(Number(unit.get('RestartSec')) >= 1);
    if (hasTunnel) assert.match(unit.get('ExecReload') ?? '', /-HUP \$MAINPID/);
  });

  test(`systemd itself finds no fault with ${name}.service`, (context) => {
    const run = (...args: string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    if (run('--version').status !== 0) return context.skip('systemd-analyze is not installed');
    const { stderr } = run('verify', `${FOLDER}/${name}.service`);
    const faults = stderr.split('\n').filter((line) => line.includes(name));
    // The program is not installed on the machine that tests.
    assert.deepEqual(
      faults.filter((line) => !line.includes('/opt/rmh/rmh is not executable')),
      [],
    );
    const { stdout } = run('security', '--offline=true', `${FOLDER}/${name}.service`);
    const exposure = /Overall exposure level.*: ([\d.]+)/.exec(stdout)?.[1];
    if (exposure === undefined) return context.skip('systemd-analyze knows no offline security');
    assert.ok(Number(exposure) <= EXPOSURE_MAX, `exposure ${exposure}`);
  });
}
