import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { BUILT_IN, type Configuration, type UnitTunnel } from '@rmh/contract/api';
import { gateway, loadedUnit } from '../load.fake.ts';
import type { LoadedUnit } from '../load.ts';
import { overlay } from './overlay.ts';

const KEYS = [1, 2, 3].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [
  string,
  string,
  string,
];
const BASE = loadedUnit({ lan: { device: 'lan0' }, gateways: [gateway('old')] });
const TUNNEL: UnitTunnel = {
  version: 4,
  addresses: ['10.64.0.9/32'],
  lan: '10.65.0.8/29',
  gateways: ['oslo', 'trondheim'].map((name, i) => ({
    name,
    publicKey: KEYS[0].replace('AQ', i === 0 ? 'AQ' : 'Ag'),
    presharedKey: KEYS[1],
    nextPresharedKey: i === 0 ? KEYS[2] : null,
    endpoint: `192.0.2.${i + 1}:51820`,
    allowedIps: ['10.0.0.0/8'],
  })),
};
const NOTHING = { tunnel: null, configuration: null, ahead: new Set<string>() };

function configured(values: Partial<Configuration>): LoadedUnit {
  const configuration = { version: 2, values: { ...BUILT_IN, ...values }, confirmWithinS: 60 };
  return overlay(BASE, { ...NOTHING, tunnel: TUNNEL, configuration });
}

test('Gateways, keys and addresses are the platform’s; the machine’s own stays', () => {
  const { config, peers } = overlay(BASE, { ...NOTHING, tunnel: TUNNEL });
  assert.deepEqual(
    peers.map(({ name, endpoint }) => [name, endpoint]),
    [
      ['oslo', '192.0.2.1:51820'],
      ['trondheim', '192.0.2.2:51820'],
    ],
  );
  assert.deepEqual(Buffer.from(peers[0]?.presharedKey ?? []), Buffer.alloc(32, 2));
  assert.deepEqual(config.tun.addresses, ['10.64.0.9/32']);
  assert.deepEqual(config.lan?.addresses, ['10.65.0.9/29']);
  assert.equal(config.lan?.device, 'lan0');
  assert.equal(config.links, BASE.config.links);
});

test('A gateway that is ahead is met with its next preshared key', () => {
  const ahead = new Set(['oslo', 'trondheim']);
  const { peers } = overlay(BASE, { ...NOTHING, tunnel: TUNNEL, ahead });
  assert.deepEqual(Buffer.from(peers[0]?.presharedKey ?? []), Buffer.alloc(32, 3));
  assert.deepEqual(Buffer.from(peers[1]?.presharedKey ?? []), Buffer.alloc(32, 2));
});

test('A tunnel without gateways, and an endpoint that is none, are refused', () => {
  const without = { ...TUNNEL, gateways: [] };
  assert.throws(() => overlay(BASE, { ...NOTHING, tunnel: without }), /RMH_CONFIG|gateways/);
  const [first] = TUNNEL.gateways;
  assert.ok(first);
  const odd = { ...TUNNEL, gateways: [{ ...first, endpoint: 'oslo.example:1' }] };
  assert.throws(() => overlay(BASE, { ...NOTHING, tunnel: odd }), /gateways/);
});

test('A link that is switched off is left out, and the last one never is', () => {
  const off = (link: string) => ({ link, enabled: false, monthlyMb: null });
  assert.deepEqual(configured({ links: [off('telia')] }).config.links, [
    { name: 'telenor', device: 'wwan0' },
  ]);
  assert.throws(() => configured({ links: [off('telia'), off('telenor')] }), /every link/);
});

test('Level, drives and preferred gateway follow; an unknown gateway is nobody’s wish', () => {
  const { config, prefer } = configured({
    logLevel: 'debug',
    recordMb: 50,
    preferGateway: 'trondheim',
  });
  assert.equal(config.log.level, 'debug');
  assert.deepEqual(config.record, { directory: '/var/lib/rmh-unit/drives', mostMb: 50 });
  assert.equal(prefer, 'trondheim');
  assert.equal(configured({ recordMb: 0 }).config.record, undefined);
  assert.equal(configured({ preferGateway: 'bergen' }).prefer, null);
});

test('The baseline is no policy; another share makes one, and a bad text is refused', () => {
  assert.equal(configured({}).policy, null);
  assert.equal(configured({ duplicateShareMost: 0.4 }).policy?.duplicateShareMost, 0.4);
  assert.throws(() => configured({ policyText: 'name: x' }), /policy/);
});
