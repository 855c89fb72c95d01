import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { parseForesightOptions } from './options.ts';

const options = (...more: string[]) => parseForesightOptions(['--drives', 'train.csv', ...more]);

test('Drives are enough: a learned hint, squares of 200 m, one other pass', () => {
  const { hint, cellM, passesLeast, mix, seeds } = options() ?? {};
  assert.deepEqual([hint, cellM, passesLeast, mix, seeds], ['learned', 200, 1, 'standard', 1]);
  assert.equal(parseForesightOptions(['--help']), null);
});

test('A wrong option is refused with what is right', () => {
  const wrong: [string[], RegExp][] = [
    [['--hint', 'lucky'], /--hint is learned or perfect, not "lucky"/],
    [['--cell', '5'], /--cell is a number from 20 to 5000/],
    [['--passes', '1.5'], /--passes is a whole number from 1 to 100/],
    [['--seeds', '0'], /--seeds is a whole number from 1 to 256/],
    [['--mix', 'audio'], /--mix is standard/],
  ];
  for (const [argv, message] of wrong) assert.throws(() => options(...argv), message);
  assert.throws(() => parseForesightOptions([]), /--drives LIST is missing/);
});
