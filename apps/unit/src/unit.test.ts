import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { RmhError, UNIT_CONFIG } from '@rmh/contract';
import { type LinkFact, ROUTE_PROTOCOL } from '@rmh/contract/daemon';
import { FakeDataplane, keepLog } from '@rmh/contract/fakes';
import { ClockFloor } from './clock-floor.ts';
import type { LoadedUnit } from './load.ts';
import { FakeCar } from './record.fake.ts';
import { HistoryFile } from './record-history.ts';
import { Witness } from './record-witness.ts';
import { Unit } from './unit.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-unit-'));
after(() => rmSync(folder, { recursive: true }));
const KEY = 'GAjYJaAI8xUIN/TyY3Ymmh4DTaOXvMTZAYhWoz0ajnw=';
const WWAN0: LinkFact = {
  index: 5,
  name: 'wwan0',
  up: true,
  carrier: true,
  addresses: ['10.9.0.2/30'],
};

function loaded(more: Record<string, unknown> = {}): LoadedUnit {
  const config = UNIT_CONFIG.parse({
    name: 'amb-1',
    privateKeyFile: 'k',
    tun: { addresses: ['10.80.1.1/32'] },
    lan: { device: 'lan0', addresses: ['10.81.1.1/24'] },
    gateways: [
      { name: 'oslo', publicKey: KEY, endpoint: '192.0.2.1:1', allowedIps: ['10.2.3.4/8'] },
    ],
    links: [{ name: 'telenor', device: 'wwan0' }],
    ...more,
  });
  const peers = config.gateways.map(({ name, endpoint, allowedIps, multipath }) => {
    const publicKey = new Uint8Array(32);
    return { name, publicKey, presharedKey: null, endpoint, allowedIps, multipath };
  });
  return {
    file: 'u',
    config,
    configHash: 'x',
    privateKey: new Uint8Array(32),
    peers,
    policy: null,
  };
}

function setup(reload: () => LoadedUnit = () => loaded()) {
  const log = keepLog();
  const clock = new ClockFloor(folder, log);
  const time = { nowMs: 1_000_000 };
  const unit = new Unit(loaded(), { log, clock, reload, nowMs: () => time.nowMs });
  const events = () => log.lines.map(({ event }) => event);
  return { unit, log, events, time };
}

test('routes are the networks of allowedIps, once each, into the tunnel', () => {
  const { unit } = setup();
  const routes = unit.wanted().filter(({ kind }) => kind === 'route');
  assert.deepEqual(routes, [{ kind: 'route', device: 'rmh0', prefix: '10.0.0.0/8' }]);
  assert.ok(ROUTE_PROTOCOL > 4 && ROUTE_PROTOCOL < 256);
});

test('no carrier at all is said once, and its end is said', () => {
  const { unit, events } = setup();
  unit.observe([]);
  unit.observe([]);
  unit.observe([WWAN0]);
  assert.deepEqual(events(), ['link.none', 'link.used', 'link.some']);
});

test('carriers get a loose reverse-path filter, and only lan and tunnel forward', () => {
  const { unit } = setup();
  unit.observe([WWAN0]);
  const keys = unit
    .wanted()
    .flatMap((item) => (item.kind === 'sysctl' ? [`${item.key}=${item.value}`] : []));
  assert.deepEqual(unit.wanted().at(-1), { kind: 'loose', device: 'wwan0' });
  assert.deepEqual(keys.toSorted(), [
    'net/ipv4/conf/lan0/forwarding=1',
    'net/ipv4/conf/rmh0/forwarding=1',
  ]);
});

test('an invalid new configuration is refused with its faults, and the old stays', () => {
  const { unit, log } = setup(() => {
    throw new RmhError('RMH_CONFIG_INVALID', 'u:1: a\nu:2: b');
  });
  assert.deepEqual(unit.reload(), []);
  assert.deepEqual(
    log.lines.map(({ event, fields }) => [event, fields['fault']]),
    [
      ['reload.refused', 'u:1: a'],
      ['reload.refused', 'u:2: b'],
    ],
  );
  assert.equal(unit.name(), 'amb-1');
});

test('a new configuration applies live, and what needs a restart is named', () => {
  const { unit, log } = setup(() =>
    loaded({ name: 'amb-2', tun: { addresses: ['10.80.9.9/32'] } }),
  );
  assert.deepEqual(
    unit.reload().map(({ kind }) => kind),
    ['peers.set', 'classes.set', 'policy.set'],
  );
  assert.equal(unit.name(), 'amb-2');
  assert.equal(log.lines[0]?.event, 'reload.restart_needed');
  assert.equal(log.lines[0]?.fields['field'], 'tun');
  const addresses = unit
    .wanted()
    .filter((item) => item.kind === 'address' && item.device === 'rmh0');
  assert.deepEqual(addresses, [{ kind: 'address', device: 'rmh0', prefix: '10.80.1.1/32' }]);
});

test('prefer takes the name of a known gateway only', () => {
  const { unit } = setup();
  const post = (gateway: string) =>
    unit.post({ method: 'POST', path: '/prefer', query: new URLSearchParams({ gateway }) }, null);
  assert.deepEqual(post('oslo'), { kind: 'gateway.prefer', name: 'oslo' });
  assert.equal((post('x') as { status: number }).status, 404);
});

test('a gateway that does not answer is gateway.silent with hints, after 15 s', async () => {
  const { unit, log, time } = setup();
  unit.observe([WWAN0]);
  const dataplane = new FakeDataplane();
  const classes = { paths: [], classes: [], multipath: true, active: false, draining: false };
  dataplane.peers = [
    { name: 'oslo', state: 'connecting', handshakes: 0, lastHandshakeAgeMs: null, ...classes },
  ];
  for (; time.nowMs < 1_020_000; time.nowMs += 5000) unit.tick(await dataplane.status());
  const silent = log.lines.filter(({ event }) => event === 'gateway.silent');
  assert.equal(silent.length, 1);
  assert.match(String(silent[0]?.fields['hints']), /UDP blocked/);
});

test('a unit with a witness answers for its history, and one without has none', async () => {
  const { unit, log, time } = setup();
  const history = (one: Unit) => {
    const query = new URLSearchParams({ from: '0', to: '2e12' });
    return one.get({ method: 'GET', path: '/history', query });
  };
  assert.equal(history(unit), null);
  const car = new FakeCar(['telenor']);
  const nowMs = () => time.nowMs;
  const ports = { name: 'amb-1', log, recorder: null, nowMs, steadyMs: nowMs };
  const witness = new Witness({ ...ports, file: new HistoryFile(folder, log) });
  const clock = new ClockFloor(folder, log);
  const seen = new Unit(loaded(), { log, clock, reload: () => loaded(), nowMs, witness });
  seen.observe([WWAN0]);
  for (let i = 0; i < 15; i++) {
    time.nowMs += 200;
    car.carry('telenor', 40);
    seen.look(car.status());
  }
  seen.event({ kind: 'log', event: 'gateway.switched', level: 'info', fields: { to: 'oslo' } });
  const answer = history(seen);
  assert.equal(answer?.status, 200);
  const body = JSON.stringify(answer?.body);
  assert.match(body, /"link":"telenor","state":"carrying","rttMs":40/);
  assert.match(body, /"event":"gateway.switched"/);
  assert.equal(seen.get({ method: 'GET', path: '/other', query: new URLSearchParams() }), null);
  await seen.ended();
});
