/** RMH_FUZZ_RUNS sets the number of runs, RMH_FUZZ_SEED repeats one. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import { PLACE } from '@rmh/contract/api';
import { LINE_CHARACTERS_MAX, Lines } from './lines.ts';
import { placeOf } from './tpv.ts';

const RUNS = Number(process.env['RMH_FUZZ_RUNS'] ?? 2000);
const SEED = Number(process.env['RMH_FUZZ_SEED'] ?? Date.now());
const REPORT =
  '{"class":"TPV","mode":3,"lat":59.913868,"lon":10.752245,"speed":3.1,"track":12.5}\n';
const PIECES = [
  '{',
  '}',
  '[',
  ']'.repeat(500),
  '['.repeat(5_000),
  '"',
  ':',
  ',',
  '\\u0000',
  '\n',
  '\r',
  '-',
  '1e999',
  '-1e-400',
  '0',
  '9'.repeat(400),
  'null',
  'true',
  '"__proto__":{"lat":1},',
  '"lat":91,',
  '"speed":-1,',
  '"mode":2,',
  '🚑',
  'x'.repeat(LINE_CHARACTERS_MAX),
];

test('any damaged stream gives places of the contract or none, in bounded lines', (context) => {
  context.diagnostic(`seed ${SEED}, ${RUNS} runs`);
  const random = new Random(SEED);
  const lines = new Lines();
  let [places, none] = [0, 0];
  for (let run = 0; run < RUNS; run++) {
    for (const line of lines.take(damaged(REPORT, random))) {
      assert.ok(line.length <= LINE_CHARACTERS_MAX);
      const place = placeOf(line);
      if (place === null) none++;
      else {
        assert.deepEqual(PLACE.parse(place), place);
        places++;
      }
    }
  }
  lines.take('\n');
  assert.notEqual(placeOf(lines.take(REPORT)[0] ?? ''), null, 'heard again after all that');
  assert.equal(({} as Record<string, unknown>)['lat'], undefined, 'no prototype was changed');
  assert.ok(RUNS < 100 || (places > 0 && none > 0), 'both outcomes were met');
});

function damaged(text: string, random: Random): string {
  let result = text;
  for (let i = random.below(4); i > 0; i--) {
    const at = random.below(result.length + 1);
    const piece = random.below(3) === 0 ? '' : (PIECES[random.below(PIECES.length)] ?? '');
    result = result.slice(0, at) + piece + result.slice(at + random.below(4));
  }
  return result;
}
