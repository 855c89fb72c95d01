// `./rmh lab` as a user runs it: real daemons, real sockets, one carrier that goes silent.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sandboxRefusal } from '../topology/sandbox.ts';
import type { LabReport } from './lab-report.ts';

const CLI = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));

function lab(...options: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'lab', ...options], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { status, stdout, stderr };
}

test('a carrier goes silent for 3 s: nothing is lost, the connection lives', (t) => {
  const refused = sandboxRefusal();
  if (refused !== null) {
    assert.notEqual(process.env['CI'], 'true', refused);
    return t.skip(refused);
  }
  const faults = ['--faults', '1:blackhole@2s+3s'];
  const { status, stdout, stderr } = lab(
    ...['--paths', '50mbit/15ms,30mbit/35ms', ...faults, '--seconds', '8', '--json', '-'],
  );
  assert.equal(status, 0, stderr);
  const report = JSON.parse(stdout) as LabReport; // and nothing else is on standard output
  assert.equal(report.seconds, 8);
  assert.deepEqual(report.mishaps, []);
  assertFlows(report);
  const { carrier1, carrier2 } = report.alone;
  assert.ok(carrier1 && carrier2, 'each carrier alone is reported');
  // 3 of 8 s of silence, and 300 ms of grace for a busy machine.
  assert.ok(carrier1.delivered < carrier1.sent * 0.7, `${carrier1.delivered} of ${carrier1.sent}`);
  assert.ok(carrier1.longestGapMs > 2700, `${carrier1.longestGapMs} ms`);
  // The other one carried on. Nothing repairs what its probe loses where the machine stumbles.
  assert.ok(carrier2.delivered > carrier2.sent * 0.97, `${carrier2.delivered} of ${carrier2.sent}`);
  assert.equal(report.reachable.sent, 320);
  assert.deepEqual(report.tcp, { established: true, survived: true });
  assert.deepEqual(
    report.paths.map(({ carrier }) => carrier),
    ['carrier1', 'carrier2'],
  );
  for (const path of report.paths) assert.ok(path.bytesSent > 0, path.carrier);
  assert.ok(report.handshakes >= 2);
});

function assertFlows({ flows }: LabReport): void {
  const names = flows.map(({ name }) => name);
  assert.ok(names.includes('dispatch-up') && names.includes('bulk'), names.join());
  for (const flow of flows) {
    assert.ok(flow.sent > 0, `${flow.name} was sent`);
    assert.ok(flow.delivered <= flow.sent, `${flow.name}: each packet is counted once`);
    if (flow.class !== 'critical') continue;
    assert.equal(flow.delivered, flow.sent, `${flow.name} lost nothing`);
    assert.ok(flow.longestGapMs < 1000, `${flow.name}: ${flow.longestGapMs} ms`);
  }
  const dispatch = flows.find(({ name }) => name === 'dispatch-up');
  assert.equal(dispatch?.sent, 160);
  assert.equal(dispatch?.nominalGapMs, 50);
}

test('what the command line asks wrongly is told, and the exit code is 2', () => {
  const wrong: [string[], RegExp][] = [
    [['--paths', '50mbit'], /--paths path 1: "50mbit" is not rate\/delay/],
    [['--paths', '5mbit/1ms', '--faults', '2:rebind@1s'], /no path "2"/],
    [['--paths', '5mbit/1ms', '--faults', '1:rebind@30s'], /after the end/],
    [['--drive', '/nope.csv'], /no such file/],
    [['--seconds', 'long', '--paths', '5mbit/1ms'], /--seconds "long" is not a number/],
    [['--flows', 'fax', '--paths', '5mbit/1ms'], /--flows "fax" is not one of dispatch/],
    [['--fautls', '1:rebind@1s'], /fautls/],
  ];
  for (const [options, message] of wrong) {
    const { status, stdout, stderr } = lab(...options);
    assert.equal(status, 2, options.join(' '));
    assert.match(stderr, message);
    assert.equal(stdout, '');
  }
});
