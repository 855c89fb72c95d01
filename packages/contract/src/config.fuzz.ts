/** RMH_FUZZ_RUNS sets the number of runs, RMH_FUZZ_SEED repeats one. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import { GATEWAY_CONFIG, UNIT_CONFIG } from './config.ts';
import { crossCheckGateway, crossCheckUnit } from './cross-checks.ts';
import { describeFault, locate, parseSource } from './daemon/source.ts';
import { faultsOf } from './faults.ts';

const RUNS = Number(process.env['RMH_FUZZ_RUNS'] ?? 300);
const SEED = Number(process.env['RMH_FUZZ_SEED'] ?? Date.now());
const EXAMPLES = resolve(import.meta.dirname, '../../../deploy/examples');
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ':',
  '- ',
  '\n',
  '  ',
  '"',
  "'",
  '&a ',
  '*a',
  '!!set ',
  '? ',
  '|',
  '>',
  'null',
  'true',
  '-1',
  '1e99',
  '.nan',
  '0x7f',
  '__proto__: ',
  'constructor: ',
  '<<: *a',
  '%',
  'name: ',
  'links: ',
  'auto: true',
  'units: ',
  '\0',
  '\u2028',
  'æ',
  '🚑',
  '---\n',
  '...\n',
];

test('any damaged configuration is valid or has faults at lines that exist', (context) => {
  context.diagnostic(`seed ${SEED}, ${RUNS} runs`);
  const random = new Random(SEED);
  const texts = ['unit.yaml', 'gateway.yaml'].map((n) => readFileSync(`${EXAMPLES}/${n}`, 'utf8'));
  let [refused, accepted] = [0, 0];
  for (let run = 0; run < RUNS; run++) {
    const text = damaged(texts[run % 2] ?? '', random);
    const source = parseSource('f', text);
    const [schema, check] =
      run % 2 === 0
        ? ([UNIT_CONFIG, crossCheckUnit] as const)
        : ([GATEWAY_CONFIG, crossCheckGateway] as const);
    const parsed = schema.safeParse(source.value);
    const faults = parsed.success ? [] : faultsOf(schema, source.value, parsed.error.issues);
    if (!parsed.success) assert.ok(faults.length > 0, `a refusal has a reason:\n${text}`);
    for (const fault of [...faults, ...check(source.value)]) {
      const located = locate(source, fault);
      assert.ok(located.line >= 1 && located.line <= text.split(/\r\n?|\n/).length, text);
      assert.ok(describeFault(located).length < 2000, text);
    }
    if (parsed.success) accepted++;
    else refused++;
  }
  assert.equal(({} as Record<string, unknown>)['name'], undefined, 'no prototype was changed');
  assert.ok(RUNS < 100 || (refused > 0 && accepted > 0), 'both outcomes were met');
});

function damaged(text: string, random: Random): string {
  let result = text;
  for (let i = random.below(3); i >= 0; i--) {
    const at = random.below(result.length + 1);
    const cut = random.below(4) === 0 ? random.below(40) : random.below(3);
    const piece = random.below(3) === 0 ? '' : (PIECES[random.below(PIECES.length)] ?? '');
    result = result.slice(0, at) + piece + result.slice(at + cut);
  }
  return result;
}
