import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { CONFIGURATION } from './api/configuration.ts';
import { CODES } from './codes.ts';
import { GATEWAY_CONFIG, UNIT_CONFIG } from './config.ts';
import { configurationPage } from './config-docs.ts';
import { crossCheckGateway, crossCheckUnit } from './cross-checks.ts';
import { describeFault, locate, parseSource } from './daemon/source.ts';
import { eventTable } from './events-docs.ts';
import { faultsOf } from './faults.ts';
import { fieldsOf, treeOf } from './schema-tree.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const UNIT = read('deploy/examples/unit.yaml');

function faultLines(text: string): string[] {
  const source = parseSource('unit.yaml', text);
  const parsed = UNIT_CONFIG.safeParse(source.value);
  const issues = parsed.success ? [] : parsed.error.issues;
  const faults = [...faultsOf(UNIT_CONFIG, source.value, issues), ...crossCheckUnit(source.value)];
  return faults.map((fault) => describeFault(locate(source, fault)));
}

test('docs/configuration.md is what the schemas say', () => {
  assert.equal(read('docs/configuration.md'), configurationPage());
});

test('every field has a description and says what it expects', () => {
  for (const schema of [UNIT_CONFIG, GATEWAY_CONFIG]) {
    for (const { path, node } of fieldsOf(treeOf(schema))) {
      assert.ok(node.description, `${path} has a description`);
      assert.ok(node.expected, `${path} says what it expects`);
    }
  }
});

test('docs/operations.md lists every event and every error code', () => {
  const page = read('docs/operations.md');
  assert.ok(page.endsWith(eventTable()), 'the event table is current');
  for (const code of Object.keys(CODES)) assert.ok(page.includes(`\`${code}\``), code);
});

test('the examples for units are valid', () => {
  for (const name of ['unit.yaml', 'unit-auto.yaml']) {
    assert.deepEqual(faultLines(read(`deploy/examples/${name}`)), [], name);
  }
});

test('a unit with the least fields gets the documented defaults', () => {
  const source = parseSource('u', read('deploy/examples/unit-auto.yaml'));
  const config = UNIT_CONFIG.parse(source.value);
  assert.equal(config.tun.name, 'rmh0');
  assert.equal(config.tun.mtu, 1340);
  assert.equal(config.log.level, 'info');
  assert.equal(config.gateways[0]?.multipath, true);
  assert.deepEqual(config.classes, []);
});

test('class rules come out as the data plane takes them', () => {
  const { value } = parseSource('u', UNIT);
  assert.deepEqual(UNIT_CONFIG.parse(value).classes[0], {
    class: 'critical',
    protocol: 6,
    destinationPrefix: '10.20.4.0/24',
    destinationPort: [6661, 6661],
  });
});

const MISTAKES: [claim: string, from: string, to: string, expected: string][] = [
  [
    'an unknown field',
    'mtu: 1340',
    'mtuu: 1340',
    ':7: tun.mtuu is not a field; did you mean "mtu"?',
  ],
  [
    'an unknown field that is near nothing',
    'mtu: 1340',
    'zebra: 1',
    ':7: tun.zebra is not a field; expected one of name, mtu, addresses',
  ],
  ['a number out of range', '1340', '9000', 'tun.mtu is 9000; expected a number from 1280 to 1420'],
  ['text for a number', '1340', 'big', 'tun.mtu is "big"; expected a number from 1280 to 1420'],
  ['a bad prefix', '10.81.12.1/24', '10.81.12.1/33', ':12: lan.addresses[0] is "10.81.12.1/33"; '],
  ['a DNS name', '192.0.2.10:51820', 'gw.example:51820', '(no DNS names)'],
  ['a link without device', 'device: wwan0', 'dev: wwan0', 'links[0].device is missing'],
  ['a bad class', 'class: realtime', 'class: video', 'expected critical, realtime, interactive or'],
  [
    'a range upside down',
    '50000, 50100',
    '50100, 50000',
    'destinationPort is a list of 2; expected',
  ],
  ['a missing name', 'name: amb-3-412', 'log2: 1', ':2: name is missing'],
  ['two links on a device', 'wwan1', 'wwan0', 'links[1].device is the same as in links[0]'],
  ['the tunnel as carrier', 'wwan1', 'rmh0', 'links[1].device is the tunnel device'],
  [
    'auto with a list of nothing',
    'device: lan0',
    'device: rmh0',
    'lan.device is the tunnel device',
  ],
];

for (const [claim, from, to, expected] of MISTAKES) {
  test(`${claim} is told with file, line, field and what is expected`, () => {
    const lines = faultLines(UNIT.replace(from, to));
    assert.ok(
      lines.some((line) => line.startsWith('unit.yaml:') && line.includes(expected)),
      `${expected} in\n${lines.join('\n')}`,
    );
  });
}

test('all faults are told at once', () => {
  const text = UNIT.replace('1340', '9000').replace('critical', 'urgent').replace('info', 'loud');
  assert.equal(faultLines(text).length, 3);
});

test('a wrong key is described by its length and never shown', () => {
  const lines = faultLines(UNIT.replace('GAjYJaAI8xUIN', 'GAjYJaAI8x!'));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /publicKey is not a key \(42 characters\)/);
  assert.ok(!lines.join().includes('TyY3Ymmh4'));
});

test('JSON is read as well', () => {
  const { value } = parseSource('u', UNIT);
  assert.deepEqual(faultLines(JSON.stringify(value)), []);
});

test('broken YAML is a fault with its line', () => {
  const { faults } = parseSource('unit.yaml', 'name: a\ntun: [1, 2\nlog: {}\n');
  assert.ok((faults[0]?.line ?? 0) >= 2);
  assert.equal(parseSource('u', 'a: 1\na: 2\n').faults.length, 1, 'a key given twice');
});

test('aliases that unfold without end are a fault, not a hang', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 12; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}]`);
  assert.equal(parseSource('u', lines.join('\n')).faults.length, 1);
});

test('one prefix for two units is refused, a prefix within another is not', () => {
  const units = (a: string, b: string) => ({
    units: [
      { name: 'a', allowedIps: [a] },
      { name: 'b', allowedIps: [b] },
    ],
  });
  assert.equal(crossCheckGateway(units('10.1.0.0/16', '10.1.2.0/24')).length, 0);
  const [fault] = crossCheckGateway(units('10.1.0.0/16', '10.1.2.3/16'));
  assert.deepEqual(fault?.path, ['units', 1, 'allowedIps', 0]);
});

test('the page says of every field that the platform sets from when it holds', () => {
  const { links, ...fields } = CONFIGURATION.shape;
  const ofLinks = Object.keys(links.element.shape).filter((name) => name !== 'link');
  for (const name of [...Object.keys(fields), ...ofLinks.map((one) => `links[].${one}`)]) {
    assert.ok(configurationPage().includes(`\n| \`${name}\` | `), name);
  }
});
