import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { CODES } from '../codes.ts';
import { RmhError } from '../error.ts';
import { requireTun, retrySeconds, startFailure } from './start-failure.ts';

const TABLE: [code: string, expected: keyof typeof CODES, heals: boolean][] = [
  ['EPERM', 'RMH_TUN_PERMISSION', false],
  ['tun.permission', 'RMH_TUN_PERMISSION', false],
  ['tun.missing', 'RMH_TUN_MISSING', false],
  ['EBUSY', 'RMH_TUN_BUSY', true],
  ['tun.name-in-use', 'RMH_TUN_BUSY', true],
  ['EADDRINUSE', 'RMH_PORT_IN_USE', true],
  ['port.in-use', 'RMH_PORT_IN_USE', true],
  ['address.unavailable', 'RMH_ADDRESS_ABSENT', true],
  ['RMH_PORT_IN_USE', 'RMH_PORT_IN_USE', true],
  ['toString', 'RMH_DATAPLANE_FAILED', true],
  ['', 'RMH_DATAPLANE_FAILED', true],
];

for (const [code, expected, heals] of TABLE) {
  test(`a start that fails with "${code}" is ${expected}`, () => {
    const thrown = startFailure(Object.assign(new Error('no'), { code }), null);
    assert.deepEqual([thrown.code, thrown.heals], [expected, heals]);
    const said = startFailure(new Error('worker ended'), { code, message: 'no', hint: 'do this' });
    assert.equal(said.code, expected);
  });
}

test('tries again at once first and patiently later, for ever', () => {
  assert.deepEqual([1, 2, 3, 6, 7, 1000].map(retrySeconds), [1, 2, 4, 30, 30, 30]);
});

const codeOf = (act: () => void) => {
  try {
    act();
  } catch (error) {
    return error instanceof RmhError ? error.code : error;
  }
  return null;
};

test('a missing capability or device is told before the start', () => {
  assert.equal(
    codeOf(() => requireTun('/dev/null', 0n)),
    'RMH_TUN_PERMISSION',
  );
  assert.equal(
    codeOf(() => requireTun('/nonexistent', 1n << 12n)),
    'RMH_TUN_MISSING',
  );
  assert.equal(
    codeOf(() => requireTun('/dev/null', 1n << 12n)),
    null,
  );
});

test('every code speaks both languages and gives a hint in both', () => {
  for (const [code, entry] of Object.entries(CODES)) {
    for (const text of [entry.en, entry.nb, entry.hint, entry.hintNb]) assert.ok(text, code);
  }
});
