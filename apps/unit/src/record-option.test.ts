import { strict as assert } from 'node:assert';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { takeRecord } from './record-option.ts';

const CONFIG = ['--config', 'unit.yaml'];
const directory = resolve('drives');

for (const argv of [
  ['--record', 'drives', ...CONFIG],
  [...CONFIG, '--record', 'drives'],
  ['--record=drives', ...CONFIG],
]) {
  test(`"${argv.join(' ')}" records in the directory it names, from where one stands`, () => {
    assert.deepEqual(takeRecord(argv), { directory, others: CONFIG });
  });
}

test('without the option the configuration decides', () => {
  assert.deepEqual(takeRecord(CONFIG), { directory: null, others: CONFIG });
});

for (const argv of [['--record'], ['--record='], ['--record', '--config', 'unit.yaml']]) {
  test(`"${argv.join(' ')}" names no directory, and is left for the daemon to refuse`, () => {
    assert.deepEqual(takeRecord(argv), { directory: null, others: argv });
  });
}
