import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatPrefix,
  type IpAddress,
  type IpPrefix,
  networkOf,
  parseIp,
  parsePrefix,
  prefixContains,
  present,
} from '@rmh/base';
import * as fc from 'fast-check';
import { arenaOf, craft } from './crafted.ts';
import { destinationIn, sourceIn } from './prefix.ts';
import { PrefixTable } from './prefix-table.ts';

/** The twin: a list, searched whole. */
class LinearTable {
  readonly entries = new Map<string, { prefix: IpPrefix; value: number }>();

  add(prefix: IpPrefix, value: number): void {
    this.entries.set(formatPrefix(networkOf(prefix)), { prefix, value });
  }

  remove(prefix: IpPrefix): boolean {
    return this.entries.delete(formatPrefix(networkOf(prefix)));
  }

  lookup(address: IpAddress): number | undefined {
    let best: { prefix: IpPrefix; value: number } | undefined;
    for (const entry of this.entries.values()) {
      if (!prefixContains(entry.prefix, address)) continue;
      if (best === undefined || entry.prefix.length > best.prefix.length) best = entry;
    }
    return best?.value;
  }
}

// Few distinct bytes, so that prefixes nest and addresses hit them.
const addresses: fc.Arbitrary<IpAddress> = fc
  .tuple(
    fc.constantFrom(4 as const, 6 as const),
    fc.array(fc.constantFrom(0, 1, 128, 255), { minLength: 16, maxLength: 16 }),
  )
  .map(([family, bytes]) => ({
    family,
    bytes: Uint8Array.from(bytes.slice(0, family === 4 ? 4 : 16)),
  }));

const prefixes = fc
  .tuple(addresses, fc.nat(128))
  .map(
    ([address, length]): IpPrefix => ({ address, length: length % (address.bytes.length * 8 + 1) }),
  );

const commands = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('add' as const), prefix: prefixes, value: fc.nat(5) }),
    fc.record({ kind: fc.constant('remove' as const), nth: fc.nat(20) }),
    fc.record({ kind: fc.constant('removeValue' as const), value: fc.nat(5) }),
  ),
  { maxLength: 60 },
);

test('[IN-4] PrefixTable equals a linear search after any adding and removing', () => {
  fc.assert(
    fc.property(commands, fc.array(addresses, { minLength: 20, maxLength: 20 }), (steps, asked) => {
      const table = new PrefixTable<number>(64);
      const twin = new LinearTable();
      for (const step of steps) {
        if (step.kind === 'add') {
          assert.equal(table.add(step.prefix, step.value), true);
          twin.add(step.prefix, step.value);
        } else if (step.kind === 'remove') {
          const prefix = [...twin.entries.values()][step.nth]?.prefix;
          if (prefix !== undefined) assert.equal(table.remove(prefix), twin.remove(prefix));
        } else {
          const theirs = [...twin.entries.values()].filter((entry) => entry.value === step.value);
          assert.equal(table.removeValue(step.value), theirs.length);
          for (const { prefix } of theirs) twin.remove(prefix);
        }
        assert.equal(table.size, twin.entries.size);
      }
      for (const { prefix } of twin.entries.values()) asked.push(prefix.address);
      for (const address of asked) assert.equal(table.lookup(address), twin.lookup(address));
    }),
    { numRuns: 300 },
  );
});

const prefix = (text: string): IpPrefix => present(parsePrefix(text), text);
const address = (text: string): IpAddress => present(parseIp(text), text);

test('[IN-4] a table that is full of dead nodes rebuilds itself and goes on', () => {
  const table = new PrefixTable<number>(4);
  assert.equal(table.add(prefix('0.0.0.0/0'), 99), true);
  for (let i = 0; i < 1000; i++) {
    assert.equal(table.add(prefix(`10.${i >> 8}.${i & 255}.0/24`), i), true);
    assert.equal(table.lookup(address(`10.${i >> 8}.${i & 255}.7`)), i);
    assert.equal(table.remove(prefix(`10.${i >> 8}.${i & 255}.0/24`)), true);
    assert.equal(table.lookup(address(`10.${i >> 8}.${i & 255}.7`)), 99);
  }
});

test('PrefixTable refuses one prefix too many and keeps what it has', () => {
  const table = new PrefixTable<string>(2);
  assert.equal(table.add(prefix('10.0.0.0/8'), 'a'), true);
  assert.equal(table.add(prefix('fd00::/8'), 'b'), true);
  assert.equal(table.add(prefix('10.1.0.0/16'), 'c'), false);
  assert.equal(table.add(prefix('10.9.9.9/8'), 'd'), true, 'the same network again');
  assert.equal(table.lookup(address('10.1.2.3')), 'd');
  const three = ['1.0.0.0/8', '2.0.0.0/8', '3.0.0.0/8'].map(
    (text) => [prefix(text), text] as const,
  );
  assert.equal(table.replaceAll(three), false);
  assert.equal(table.size, 2);
  assert.equal(table.replaceAll(three.slice(1)), true);
  assert.deepEqual(
    [...table.entries()].map(([found]) => formatPrefix(found)),
    ['2.0.0.0/8', '3.0.0.0/8'],
  );
  assert.deepEqual(
    [table.lookup(address('10.1.2.3')), table.lookup(address('fd00::1'))],
    [undefined, undefined],
  );
});

test('[IN-4] source and destination of a packet are looked up where they lie', () => {
  const table = new PrefixTable<string>(8);
  table.add(prefix('10.1.0.0/16'), 'unit');
  table.add(prefix('192.0.2.7'), 'hospital');
  table.add(prefix('fd01::/16'), 'unit6');
  table.add(prefix('2001:db8::/32'), 'hospital6');
  const payload = new Uint8Array(0);
  for (const [version, suffix] of [
    [4, ''],
    [6, '6'],
  ] as const) {
    const arena = arenaOf([0, 0, 0, ...craft({ version, protocol: 'udp', payload })]);
    assert.equal(table.source(arena, 3), `unit${suffix}`);
    assert.equal(table.destination(arena, 3), `hospital${suffix}`);
  }
});

test('sourceIn and destinationIn equal prefixContains', () => {
  fc.assert(
    fc.property(prefixes, addresses, addresses, (prefix, from, to) => {
      if (from.family !== to.family) return;
      const [source, destination] = [[...from.bytes], [...to.bytes]];
      const payload = new Uint8Array(0);
      const packet = craft({ version: from.family, protocol: 'udp', payload, source, destination });
      const arena = arenaOf(packet);
      assert.equal(sourceIn(arena, 0, prefix), prefixContains(prefix, from));
      assert.equal(destinationIn(arena, 0, prefix), prefixContains(prefix, to));
    }),
    { numRuns: 500 },
  );
});
