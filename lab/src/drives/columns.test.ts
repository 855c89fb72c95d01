import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Random } from '@rmh/base';
import { ColumnReader, DriveError } from './columns.ts';
import { Drive } from './drive.ts';
import { readDrive } from './read.ts';

function read(text: string): ReadonlyMap<string, { readonly tMs: number[]; rttMs: number[] }> {
  const reader = new ColumnReader('test.csv');
  for (const line of text.split('\n')) reader.push(line);
  return reader.finish();
}

const HEADER = 't_ms,carrier,down_kbps,up_kbps,rtt_ms,loss,rsrp_dbm,lat,lon';

test('columns are found by the header, in any order, with others passed over', () => {
  const samples = read('speed,carrier,rtt_ms,t_ms\n88,telenor,40.5,1000\n,telenor,,2000\n');
  assert.deepEqual(samples.get('telenor')?.tMs, [1000, 2000]);
  assert.deepEqual(samples.get('telenor')?.rttMs, [40.5, Number.NaN]);
});

test('rows out of order are sorted, and the first of two at one time stays', () => {
  const samples = read('t_ms,carrier,rtt_ms\n2000,a,2\n1000,a,1\n2000,a,3');
  assert.deepEqual(samples.get('a')?.tMs, [1000, 2000]);
  assert.deepEqual(samples.get('a')?.rttMs, [1, 2]);
});

test('what is wrong is named by file, line and column', () => {
  const cases: [string, RegExp][] = [
    ['', /^test.csv, line 1: has no column "t_ms"/],
    ['t_ms,rtt_ms', /no column "carrier"/],
    [HEADER, /a header and no rows/],
    [`${HEADER}\n0,a,1`, /line 2: has 3 fields; the header has 9/],
    [`${HEADER}\n0,a,,,,,,,\n1,a,x,,,,,,`, /line 3: column "down_kbps": "x" is no number/],
    [`${HEADER}\n,a,,,,,,,`, /line 2: column "t_ms" is empty/],
    [`${HEADER}\n0,a,,,,1.5,,,`, /column "loss": "1.5" is not within 0 … 1/],
    [`${HEADER}\n0,a,-4,,,,,,`, /column "down_kbps": "-4" is not within/],
    [`${HEADER}\n0,a b,,,,,,,`, /column "carrier": "a b" is no name/],
    [`${HEADER}\n0,a,${'9'.repeat(5000)},,,,,,`, /longer than/],
  ];
  for (const [text, words] of cases) {
    assert.throws(
      () => read(text),
      (error) => error instanceof DriveError && words.test(error.message),
      text.slice(0, 80),
    );
  }
});

test('any mutation of a drive file is read or refused with a DriveError', () => {
  const seed = Number(process.env['RMH_FUZZ_SEED'] ?? 20_261_123);
  const runs = Number(process.env['RMH_FUZZ_RUNS'] ?? 5000);
  const random = new Random(seed);
  const rows = Array.from({ length: 12 }, (_, i) => {
    const rtt = random.below(5) === 0 ? '' : String(random.below(4000));
    return `${1000 * i},${i % 2 ? 'a' : 'b'},100,,${rtt},${random.below(2)},-100,60,10`;
  });
  const sound = [HEADER, ...rows].join('\n');
  const spice = [',', '\n', '\0', '"', 'NaN', '1e99', '-', '.', 'Infinity', '0x1', '9'.repeat(20)];
  for (let run = 0; run < runs; run++) {
    let text = sound;
    for (let i = 1 + random.below(4); i > 0; i--) {
      const at = random.below(text.length + 1);
      const cut = random.below(3) === 0 ? random.below(30) : 0;
      text = text.slice(0, at) + (spice[random.below(spice.length)] ?? '') + text.slice(at + cut);
    }
    try {
      const reader = new ColumnReader('fuzz.csv');
      for (const line of text.split('\n')) reader.push(line);
      const drive = new Drive(reader.finish());
      for (const carrier of drive.carriers) {
        const { oneWayUs, loss, upKbps } = drive.sample(carrier, random.below(13_000));
        const isSound = oneWayUs >= 0 && upKbps >= 0 && loss >= 0 && loss <= 1;
        assert.ok(isSound, `seed ${seed}, run ${run}`);
      }
    } catch (error) {
      assert.ok(error instanceof DriveError, `seed ${seed}, run ${run}: ${String(error)}`);
    }
  }
});

test('files are read plain or compressed, with their probes, and refused clearly', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rmh-drives-'));
  try {
    const rows = Array.from({ length: 10 }, (_, i) => `${i * 1000},a,,,50,0,,,`);
    const text = [HEADER, ...rows].join('\n');
    await writeFile(join(folder, 'plain.csv'), text);
    await writeFile(join(folder, 'with.csv.gz'), gzipSync(text));
    const probes = Array.from({ length: 50 }, (_, i) => {
      return `${i * 200},a,${i >= 20 && i < 25 ? '' : '50'}`;
    });
    const probeText = ['t_ms,carrier,rtt_ms', ...probes].join('\n');
    await writeFile(join(folder, 'with.probe.csv.gz'), gzipSync(probeText));
    const plain = await readDrive(join(folder, 'plain.csv'));
    assert.equal(plain.sample('a', 4500).state, 'up');
    const probed = await readDrive(join(folder, 'with.csv.gz'));
    assert.equal(probed.sample('a', 4500).state, 'drops');
    assert.equal(probed.sample('a', 5000).state, 'up');

    await writeFile(join(folder, 'broken.csv.gz'), gzipSync(text).subarray(0, 40));
    await writeFile(join(folder, 'text.csv.gz'), text);
    await writeFile(join(folder, 'empty.csv'), '');
    const refused = (name: string, words: RegExp) =>
      assert.rejects(readDrive(join(folder, name)), words);
    await refused('none.csv', /no such file/);
    await refused('none.csv.gz', /no such file/);
    await refused('broken.csv.gz', /no sound gzip/);
    await refused('text.csv.gz', /no sound gzip/);
    await refused('empty.csv', /is empty/);
    await assert.rejects(readDrive(folder), /it is a directory/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
