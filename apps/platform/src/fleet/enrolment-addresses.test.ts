import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { parsePrefix, prefixContains, present } from '@rmh/base';
import { blockOf } from './enrolment-addresses.ts';

test('A vehicle gets its own address and a network of eight, and no two share any', () => {
  assert.deepEqual(blockOf('10.64.0.0/10', 1), { address: '10.64.0.17/32', lan: '10.64.0.24/29' });
  const all = Array.from({ length: 5_000 }, (_, i) =>
    present(blockOf('10.64.0.0/10', i + 1), 'inside'),
  );
  const texts = new Set(all.flatMap(({ address, lan }) => [address, lan]));
  assert.equal(texts.size, 10_000);
  const pool = present(parsePrefix('10.64.0.0/10'), 'a prefix');
  for (const { address, lan } of all) {
    const [own, net] = [address, lan].map((text) => present(parsePrefix(text), 'a prefix'));
    assert.ok(own && net);
    assert.ok(prefixContains(pool, own.address) && prefixContains(pool, net.address));
    assert.ok(!prefixContains(net, own.address));
  }
});

test('A /10 holds 262,143 vehicles, and not one more', () => {
  assert.deepEqual(blockOf('10.64.0.0/10', 262_143)?.lan, '10.127.255.248/29');
  assert.equal(blockOf('10.64.0.0/10', 262_144), null);
});
