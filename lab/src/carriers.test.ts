import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inNetns, Rtnl } from '@rmh/netio';
import { runInSandbox } from '@rmh/netio/testing';
import { twoNamespaces, UdpEnd } from './carriers/testing.ts';

const MODULE = new URL('./carriers.ts', import.meta.url).href;
const CODE = `import { run } from '${MODULE}';
process.exitCode = await run(process.argv.slice(1));`;

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(args: string[]) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', CODE, '--', ...args], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...output }));
  const isUp = async () => {
    while (!output.stderr.includes('carriers are up')) {
      assert.equal(child.exitCode, null, output.stderr);
      await Promise.race([once(child.stderr, 'data'), ended]);
    }
  };
  return { child, isUp, ended };
}

function deviceCount(netnsFd: number): number {
  return inNetns(netnsFd, () => {
    const rtnl = Rtnl.open();
    const { length } = rtnl.links();
    rtnl.close();
    return length;
  });
}

test('wrong orders end with 2 and say what is wrong; a missing namespace ends with 1', async () => {
  const cases: [string[], number, RegExp][] = [
    [[], 2, /--a and --b/],
    [['--a', 'x', '--b', 'y'], 2, /give --link, --paths or --drive/],
    [['--a', 'x', '--b', 'y', '--link', 'telenor:5/3'], 2, /rate "5"/],
    [['--a', 'x', '--b', 'y', '--paths', '5mbit/3ms', '--from', '3'], 2, /parts of a --drive/],
    [['--nothing'], 2, /--nothing/],
    [['--a', 'x', '--b', 'y', '--drive', '/no/where.csv'], 1, /no such file/],
    [['--a', 'x', '--b', 'y', '--drive', 'oslo', '--link', 'netcom'], 1, /no carrier "netcom"/],
    [['--a', '/no/ns', '--b', 'y', '--paths', '5mbit/3ms'], 1, /no network namespace at \/no\/ns/],
  ];
  await Promise.all(
    cases.map(async ([args, code, words]) => {
      const ended = await start(args).ended;
      assert.equal(ended.code, code, `${args.join(' ')}: ${ended.stderr}`);
      assert.match(ended.stderr, words);
      assert.doesNotMatch(ended.stderr, /\n\s+at /, 'no stack trace');
    }),
  );
});

if (runInSandbox(import.meta.url, { tun: true })) {
  const { unit, internet } = twoNamespaces();
  const where = [
    '--a',
    `/proc/${process.pid}/fd/${unit}`,
    '--b',
    `/proc/${process.pid}/fd/${internet}`,
  ];

  test('the command carries packets between two namespaces and removes all at Ctrl-C', async () => {
    const running = start([...where, '--link', 'telenor:20mbit/5ms', '--link', 'telia:5mbit/20ms']);
    await running.isUp();
    assert.equal(deviceCount(unit), 3);
    const server = new UdpEnd(internet, 7000);
    const vehicle = new UdpEnd(unit, 0, 'telia0');
    vehicle.send('hello', '192.0.2.1:7000');
    const [asked] = server.receive(1, 2000);
    assert.equal(asked?.text, 'hello');
    vehicle.close();
    server.close();
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    assert.equal(code, 0);
    assert.match(stdout, /telia +up 0\.00 MB, 1 delivered/);
    assert.equal(deviceCount(unit), 1);
    assert.equal(deviceCount(internet), 1);
  });

  test('a shipped drive is played with all its carriers and ends by itself', async () => {
    const { code, stdout, stderr } = await start([...where, '--drive', 'valley', '--seconds', '1'])
      .ended;
    assert.equal(code, 0, stderr);
    for (const name of ['telenor', 'telia', 'ice'])
      assert.match(stdout, new RegExp(`^${name}`, 'm'));
  });

  test('killed without warning, it leaves no device behind', async () => {
    const running = start([...where, '--paths', '20mbit/5ms']);
    await running.isUp();
    running.child.kill('SIGKILL');
    await running.ended;
    assert.equal(deviceCount(unit), 1);
    assert.equal(deviceCount(internet), 1);
  });
}
