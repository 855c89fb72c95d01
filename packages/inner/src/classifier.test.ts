import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssertionFailed, parsePrefix, present, TRAFFIC_CLASS_NAMES } from '@rmh/base';
import { Classifier, type ClassRule, RULES_MAX } from './classifier.ts';
import { arenaOf, type Craft, craft } from './crafted.ts';
import { InnerPacket } from './packet.ts';

const UDP4: Craft = {
  version: 4,
  protocol: 'udp',
  payload: new Uint8Array(4),
  ports: [5000, 6000],
};
const UDP6: Craft = { ...UDP4, version: 6 };

function classOf(rules: readonly ClassRule[], bytes: Uint8Array): string | undefined {
  const packet = new InnerPacket();
  assert.equal(packet.read(arenaOf(bytes), 0, bytes.length), 0);
  return TRAFFIC_CLASS_NAMES[new Classifier(rules).classify(packet)];
}

test('[IN-5] without rules the DSCP decides, by the documented table', () => {
  const table: Record<number, string> = {
    48: 'critical',
    40: 'critical',
    46: 'realtime',
    44: 'realtime',
    34: 'realtime',
    36: 'realtime',
    38: 'realtime',
    32: 'realtime',
    8: 'bulk',
    1: 'bulk',
  };
  for (let dscp = 0; dscp < 64; dscp++) {
    const expected = table[dscp] ?? 'interactive';
    assert.equal(classOf([], craft({ ...UDP4, trafficClass: dscp * 4 + 3 })), expected);
    assert.equal(classOf([], craft({ ...UDP6, trafficClass: dscp * 4 })), expected);
  }
});

const prefix = (text: string) => present(parsePrefix(text), text);
const ICMP4 = craft(UDP4).fill(1, 9, 10);
const ICMP6 = craft(UDP6).fill(58, 6, 7);

// The rule's conditions, a packet that meets them, one that misses each.
const CASES: [string, Omit<ClassRule, 'class'>, Uint8Array[], Uint8Array[]][] = [
  ['nothing', {}, [craft(UDP4), craft(UDP6), ICMP4], []],
  [
    'dscp',
    { dscp: [10, 40] },
    [craft({ ...UDP4, trafficClass: 40 }), craft({ ...UDP6, trafficClass: 160 })],
    [craft({ ...UDP4, trafficClass: 44 }), craft(UDP6)],
  ],
  [
    'udp',
    { protocol: 'udp' },
    [craft(UDP4), craft(UDP6)],
    [craft({ ...UDP4, protocol: 'tcp' }), ICMP6],
  ],
  ['tcp', { protocol: 'tcp' }, [craft({ ...UDP6, protocol: 'tcp' })], [craft(UDP4)]],
  ['icmp', { protocol: 'icmp' }, [ICMP4, ICMP6], [craft(UDP4), craft(UDP4).fill(58, 9, 10)]],
  ['a number', { protocol: 58 }, [ICMP6], [ICMP4]],
  [
    'source',
    { sourcePrefix: prefix('10.1.0.0/16') },
    [craft(UDP4)],
    [craft(UDP6), craft({ ...UDP4, source: [10, 2, 0, 1] })],
  ],
  ['destination', { destinationPrefix: prefix('2001:db8::/32') }, [craft(UDP6)], [craft(UDP4)]],
  [
    'source port',
    { sourcePort: [4999, 5000] },
    [craft(UDP4)],
    [craft({ ...UDP4, ports: [5001, 6000] }), craft({ ...UDP4, ports: [4998, 6000] })],
  ],
  [
    'destination port',
    { destinationPort: [6000, 6000] },
    [craft(UDP6)],
    [craft({ ...UDP6, ports: [6000, 5000] }), ICMP4],
  ],
  [
    'any port: fragments and ICMP have none',
    { sourcePort: [0, 65_535] },
    [craft(UDP4)],
    [ICMP4, craft(UDP4).fill(0x20, 6, 7)],
  ],
  [
    'all at once',
    { dscp: [0], protocol: 'udp', sourcePrefix: prefix('10.0.0.0/8'), sourcePort: [5000, 5000] },
    [craft(UDP4)],
    [craft({ ...UDP4, trafficClass: 80 }), craft({ ...UDP4, ports: [1, 1] })],
  ],
];

for (const [name, conditions, hits, misses] of CASES) {
  test(`[IN-5] a rule on ${name} matches what it names and nothing else`, () => {
    const rules: ClassRule[] = [{ class: 'bulk', ...conditions }];
    for (const bytes of hits) assert.equal(classOf(rules, bytes), 'bulk');
    for (const bytes of misses) assert.notEqual(classOf(rules, bytes), 'bulk');
  });
}

test('[IN-5] the first rule that matches wins, and wins over the DSCP', () => {
  const rules: ClassRule[] = [
    { class: 'realtime', protocol: 'tcp' },
    { class: 'critical', destinationPort: [6000, 6000] },
    { class: 'bulk', protocol: 'udp' },
  ];
  assert.equal(classOf(rules, craft({ ...UDP4, trafficClass: 32 })), 'critical');
  assert.equal(classOf(rules.toReversed(), craft(UDP4)), 'bulk');
});

test('Classifier asserts rules that the configuration would have refused', () => {
  const bad: ClassRule[][] = [
    [{ class: 'bulk', dscp: [64] }],
    [{ class: 'bulk', sourcePort: [2, 1] }],
    [{ class: 'bulk', destinationPort: [0, 65_536] }],
    Array.from({ length: RULES_MAX + 1 }, (): ClassRule => ({ class: 'bulk' })),
  ];
  for (const rules of bad) assert.throws(() => new Classifier(rules), AssertionFailed);
});
