import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { LINE_CHARACTERS_MAX, Lines } from './lines.ts';
import { placeOf } from './tpv.ts';

/** As gpsd 3.22 says it of a receiver that speaks NMEA. */
const REPORT = `{"class":"TPV","device":"/dev/ttyUSB1","mode":3,"time":"2026-11-25T23:07:13.000Z",\
"ept":0.005,"lat":69.649233333,"lon":18.955323333,"altHAE":80.3000,"altMSL":45.1000,"alt":45.1000,\
"track":271.4000,"magtrack":280.6824,"magvar":9.3,"speed":13.890,"climb":0.000,"geoidSep":35.200,\
"eph":17.100}`;
const NOT_SAID = { speedMs: null, headingDeg: null };

const changed = (change: object) => JSON.stringify({ ...JSON.parse(REPORT), ...change });

test('A report of a fix is a place, no finer than a receiver knows it', () => {
  const place = { latitude: 69.64923, longitude: 18.95532, speedMs: 13.9, headingDeg: 271 };
  assert.deepEqual(placeOf(REPORT), place);
  assert.deepEqual(placeOf(`${REPORT}\r`), place);
  assert.deepEqual(placeOf(changed({ mode: 2 })), place);
});

test('What gpsd does not know, or cannot be so, is null, and the place stays', () => {
  const { latitude, longitude } = placeOf(REPORT) ?? assert.fail();
  const here = { latitude, longitude, ...NOT_SAID };
  assert.deepEqual(placeOf(changed({ speed: undefined, track: undefined })), here);
  assert.deepEqual(placeOf(changed({ speed: 900, track: -1 })), here);
  assert.deepEqual(placeOf(changed({ speed: '13', track: null })), here);
});

const NONE: Record<string, string> = {
  'no fix': changed({ mode: 1 }),
  'mode of no kind': changed({ mode: 4 }),
  'north of the pole': changed({ lat: 90.1 }),
  'no longitude': changed({ lon: undefined }),
  'a latitude in words': changed({ lat: '69.6' }),
  'another class': changed({ class: 'SKY' }),
  'a number too large for one': REPORT.replace('69.649233333', '1e999'),
  'half a line': REPORT.slice(0, 200),
  'a list': `[${REPORT}]`,
  null: 'null',
  NMEA: '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47',
  nothing: '',
};

for (const [what, line] of Object.entries(NONE)) {
  test(`No place: ${what}`, () => assert.equal(placeOf(line), null));
}

test('Lines come out whole, however the stream was cut', () => {
  const text = 'one\n\ntwo\nthree\n';
  for (const length of [1, 2, 3, 5, text.length]) {
    const lines = new Lines();
    const out: string[] = [];
    for (let at = 0; at < text.length; at += length) {
      out.push(...lines.take(text.slice(at, at + length)));
    }
    assert.deepEqual(out, ['one', '', 'two', 'three'], `pieces of ${length}`);
  }
});

test('A line that is too long is dropped whole, and the next one is heard', () => {
  const lines = new Lines();
  const longest = 'x'.repeat(LINE_CHARACTERS_MAX);
  assert.deepEqual(lines.take(`${longest}\n`), [longest]);
  assert.deepEqual(lines.take(`${longest}x\nnext\n`), ['next']);
  for (let i = 0; i < 100; i++) assert.deepEqual(lines.take(longest), []);
  assert.deepEqual(lines.take('the rest\nnext\nbegun'), ['next']);
  assert.deepEqual(lines.take('\n'), ['begun']);
});
