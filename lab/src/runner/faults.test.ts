import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CARRIER_FAULTS, type Fault, formatFault, parseFaults } from './faults.ts';

const CARRIERS = ['telenor', 'telia', 'ice'];

function faultsOf(text: string): Fault[] {
  const verdict = parseFaults(text, CARRIERS);
  assert.equal(verdict.kind, 'faults', JSON.stringify(verdict));
  return verdict.kind === 'faults' ? verdict.faults : [];
}

function whyNot(text: string): string {
  const verdict = parseFaults(text, CARRIERS);
  assert.equal(verdict.kind, 'error', text);
  return verdict.kind === 'error' ? verdict.why : '';
}

test('the line of the issue is understood, in order of time', () => {
  const faults = faultsOf('1:blackhole@3s+8s, 2:linkdown@500ms+2s, gateway1:kill@5s');
  assert.deepEqual(faults, [
    { target: 'carrier', carrier: 1, kind: 'linkdown', atMs: 500, forMs: 2000 },
    { target: 'carrier', carrier: 0, kind: 'blackhole', atMs: 3000, forMs: 8000 },
    { target: 'gateway', gateway: 1, kind: 'kill', atMs: 5000, forMs: null },
  ]);
});

test('a carrier may be named, and a killed gateway may start again', () => {
  assert.deepEqual(faultsOf('ice:rebind@4'), [
    { target: 'carrier', carrier: 2, kind: 'rebind', atMs: 4000, forMs: null },
  ]);
  const killed = { target: 'gateway', gateway: 2, kind: 'kill', atMs: 5000, forMs: 3000 };
  assert.deepEqual(faultsOf('gateway2:kill@5s+3s'), [killed]);
  assert.deepEqual(faultsOf('gateway2:kill@5s+3s restart'), [killed]);
});

test('what is wrong is told with the words of the user', () => {
  assert.match(whyNot('4:blackhole@3s+8s'), /no path "4"; there are 1 \(telenor\)/);
  assert.match(whyNot('1:blackhole@3s'), /needs a duration, as in blackhole@3s\+8s/);
  assert.match(whyNot('1:rebind@3s+1s'), /in an instant/);
  assert.match(whyNot('1:explode@3s'), /a path knows blackhole, .*, not "explode"/);
  assert.match(whyNot('gateway1:rebind@3s'), /a gateway knows kill and drain/);
  assert.match(whyNot('gateway3:kill@3s'), /gateway1 and gateway2/);
  assert.match(whyNot('1:blackhole@soon+8s'), /"soon" is no time/);
  assert.match(whyNot('1:blackhole@3s+0s'), /"0s" is no duration/);
  assert.match(whyNot('1:blackhole'), /expected TARGET:KIND@TIME/);
  assert.match(whyNot('1:blackhole@1s+1s,,'), /expected TARGET/);
  assert.match(whyNot('gateway1:drain@5s+2s'), /no duration/);
});

const times = fc.integer({ min: 0, max: 9_999_999 });
const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    target: fc.constant('carrier' as const),
    carrier: fc.integer({ min: 0, max: 2 }),
    kind: fc.constantFrom(...CARRIER_FAULTS.slice(0, 4)),
    atMs: times,
    forMs: fc.integer({ min: 1, max: 9_999_999 }),
  }),
  fc.record({
    target: fc.constant('carrier' as const),
    carrier: fc.integer({ min: 0, max: 2 }),
    kind: fc.constantFrom(...CARRIER_FAULTS.slice(4)),
    atMs: times,
    forMs: fc.constant(null),
  }),
  fc.record({
    target: fc.constant('gateway' as const),
    gateway: fc.integer({ min: 1, max: 2 }),
    kind: fc.constant('kill' as const),
    atMs: times,
    forMs: fc.option(fc.integer({ min: 1, max: 9_999_999 })),
  }),
);

test('every fault is read back from its text', () => {
  fc.assert(
    fc.property(fc.array(anyFault, { minLength: 1, maxLength: 20 }), (faults) => {
      const sorted = faults.map((f) => ({ ...f })).sort((a, b) => a.atMs - b.atMs);
      assert.deepEqual(faultsOf(faults.map(formatFault).join(' , ')), sorted);
    }),
  );
});

test('no text crashes the reader, and each refusal has a reason', () => {
  const pieces = fc.constantFrom('1', ':', '@', '+', '3s', 'blackhole', ',', ' ', 'gateway1', 'é');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((p) => p.join('')),
      ),
      (text) => {
        const verdict = parseFaults(text, CARRIERS);
        assert.ok(verdict.kind === 'faults' || verdict.why.length > 0);
      },
    ),
  );
});
